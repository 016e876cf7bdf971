/** The whole way of an opening with a dummy: sealed, released and opened by the platform, with keys that everybody has. */

import { send } from '@/api/http'
import { address, read } from '@/api/read'
import type { Schemas } from '@/api/types'
import { b64, fromUtf8, utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import { SessionKeyError } from '@/crypto/errors'
import { newDrawNonce, type OpeningForm } from '@/crypto/form'
import { POLICY_P1 } from '@/crypto/choices'
import { signManifest, unwrapCek } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'
import { makeRelease, signRelease } from '@/crypto/release'
import { SessionPublic, type Office } from '@/crypto/session'
import { newPrivateOf, openingKey } from '@/crypto/suite'
import type { Device } from '@/device/device'
import { heldOpening } from '@/device/opening'

import { sealBid } from './bid'
import type { Engine } from './engine'

/** Whose values give themselves away as a dummy's. */
export const DUMMY: Omit<OpeningForm, 'draw_nonce'> = {
  price_fen: 12_345_600, duration_days: 1, quality: '演练', project_lead: '演练', extras: {}, note: '试解密',
}
const DOCUMENT = '0'.repeat(64)
const nothing = (): void => undefined

/**
 * True if the platform read in the dummy what was sealed here. It keeps nothing, so this may be done as often as liked.
 *
 * Throws `Problem` (the room is not open, or the first layer that fails), SealingError, OpeningError.
 */
export async function tryOpening(engine: Engine, device: Device, lot: string, party: string): Promise<boolean> {
  const keys = await read('/lots/{lot_id}/bid/trial-opening', { path: { lot_id: lot } })
  const form: OpeningForm = { ...DUMMY, draw_nonce: newDrawNonce() }
  const [agency, supervisor] = [office(keys, 'agency'), office(keys, 'supervisor')]
  const { suite } = agency
  const opening = (await heldOpening(device, suite)) ?? (await openingKey(await newPrivateOf(suite), suite))
  const named = { lot: keys.lot, bidder: party, document_hash: DOCUMENT, document_version: 1, bid_version: 1, supersedes: null }
  const dummy = { ...named, suite, policy: POLICY_P1, trustees: new Map() }
  const { manifest, sealed } = await sealBid(engine, dummy, form, new Map(), [opening.publicRaw], () => ({ kind: 'memory' }), nothing)
  const cek = await unwrapCek(manifest, FORM, opening)
  const made = await makeRelease(manifest, new Map([[FORM, cek]]), agency, supervisor)
  const [signed, released] = await Promise.all([signManifest(device.signing, manifest), signRelease(device.signing, made)])
  const body = await sealed.get(FORM)?.arrayBuffer()
  const answer = await send({
    method: 'POST',
    path: `${address('/lots/{lot}', { lot })}/bid/trial-opening`,
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({
      manifest: fromUtf8(signed.payload),
      manifest_signature: b64(signed.signature),
      sealed: b64(new Uint8Array(body ?? new ArrayBuffer())),
      release: fromUtf8(released.payload),
      release_signature: b64(released.signature),
    }),
  })
  const opened = (await answer.json()) as Schemas['AnnouncedForm']
  return opened.price_fen === form.price_fen && opened.quality === form.quality && opened.draw_nonce === form.draw_nonce
}

function office(keys: Schemas['TrialKeys'], name: Office): SessionPublic {
  const found = keys.offices.find((one) => one.office === name)
  if (found === undefined) throw new SessionKeyError({ reason: `no trial keys of the ${name}` })
  return parseCanonical(utf8(found.announcement), SessionPublic)
}
