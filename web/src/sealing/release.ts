/** Releasing a bid's keys to an opening's two offices, from the device that can open it or with the recovery code. */

import { give, type Done } from '@/api/command'
import type { Schemas } from '@/api/types'
import { b64, fromUtf8, utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import { SessionKeyError } from '@/crypto/errors'
import { Manifest, unwrapCek } from '@/crypto/manifest'
import { seedOfCode } from '@/crypto/recovery'
import { makeRelease, signRelease } from '@/crypto/release'
import { SessionPublic, type Office } from '@/crypto/session'
import { keyId, ownKey, type OwnKey } from '@/crypto/suite'
import { current, sign } from '@/device/device'

type OfficeKeys = Schemas['Opening']['office_keys']

/** Whether one of the keys that the bid was sealed for is on this device. */
export async function opensHere(manifest: string): Promise<boolean> {
  const device = await current()
  const id = await keyId(device.opening.publicRaw)
  return parseCanonical(utf8(manifest), Manifest).recipients.some(({ key }) => key === id)
}

/**
 * Release every content key of the bid. `code`: the recovery code, or empty to use this device's own key.
 *
 * May be repeated inside the window. Throws `Problem`, KeyError for a code that is none, OpeningError if the key is not
 * one of the bid's, SessionKeyError if the offices' announcements do not belong together.
 */
export async function release(lot: string, manifest: string, announced: OfficeKeys, code = ''): Promise<Done> {
  const device = await current()
  const bid = parseCanonical(utf8(manifest), Manifest)
  const opening: OwnKey = code === '' ? device.opening : await ownKey(await seedOfCode(code), 'X25519')
  const ceks = await Promise.all(bid.envelopes.map(async ({ name }) => [name, await unwrapCek(bid, name, opening)] as const))
  const made = await makeRelease(bid, new Map(ceks), office(announced, 'agency'), office(announced, 'supervisor'))
  const signed = await signRelease(device.signing, made)
  const body = { release: fromUtf8(signed.payload), release_signature: b64(signed.signature) }
  return give('opening/release', lot, body, { sign })
}

function office(announced: OfficeKeys, name: Office): SessionPublic {
  const found = announced.find((keys) => keys.office === name)
  if (found === undefined) throw new SessionKeyError({ reason: `the ${name} has announced no keys` })
  return parseCanonical(utf8(found.announcement), SessionPublic)
}
