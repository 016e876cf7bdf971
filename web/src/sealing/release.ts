/** Releasing a bid's keys to an opening's two offices, from the device that can open it or with the recovery code. */

import { give, type Done } from '@/api/command'
import type { Schemas } from '@/api/types'
import { b64, fromUtf8, utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import { OpeningError, SessionKeyError } from '@/crypto/errors'
import { Manifest, unwrapCek } from '@/crypto/manifest'
import { seedOfCode } from '@/crypto/recovery'
import { makeRelease, signRelease } from '@/crypto/release'
import { SessionPublic, type Office } from '@/crypto/session'
import { keyId, openingKey } from '@/crypto/suite'
import { current, sign } from '@/device/device'
import { heldOpening } from '@/device/opening'

type OfficeKeys = Schemas['Opening']['office_keys']

/** Whether one of the keys that the bid was sealed for is on this device. */
export async function opensHere(manifest: string): Promise<boolean> {
  const bid = parseCanonical(utf8(manifest), Manifest)
  const own = await heldOpening(await current(), bid.suite)
  const id = own && (await keyId(own.publicRaw))
  return bid.recipients.some(({ key }) => key === id)
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
  const opening = code === '' ? await heldOpening(device, bid.suite) : await openingKey(await seedOfCode(code), bid.suite)
  if (opening === null) throw new OpeningError('manifest', 'this device has no key of the suite')
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
