/** Registering a party or a further device, and the printed recovery code. */

import * as v from 'valibot'

import { giveAt } from '@/api/command'
import { b64, fromUtf8, unb64, utf8 } from '@/crypto/bytes'
import { Bytes32, Bytes64, Name, One, parseCanonical, text, canonical } from '@/crypto/canonical'
import { recoveryCode } from '@/crypto/recovery'
import { sign as signDocument, verify } from '@/crypto/signing'
import { newPrivateOf, openingPublic } from '@/crypto/suite'

import { enrolled, publicKeys, sign, signerOf, type Device } from './device'

const ENROL = 'registration/enrol'
const BIND = 'registration/bind'

export interface Registration {
  readonly kind: 'organisation' | 'person'
  readonly name: string
  readonly uscc: string
  readonly requested_roles: readonly string[]
  readonly contact: { readonly person: string; readonly phone: string; readonly email: string; readonly address: string }
}

/** Register a party with this its first device. Throws `Problem`. */
export async function enrol(device: Device, registration: Registration, bootstrap = ''): Promise<void> {
  const body = { ...registration, label: device.label, ...publicKeys(device) }
  const more = bootstrap === '' ? {} : { bootstrap_code: bootstrap }
  // The code stands outside the statement, which is kept for ever.
  const signing = async (act: string, lot: string | null, said: object) => ({ ...(await signerOf(device)(act, lot, said)), ...more })
  await giveAt('/parties', body, { sign: signing, act: ENROL })
  await enrolled(device)
}

/** The request of a further device, to be carried to one that is enrolled: shown there, copied or scanned. */
export const EnrolmentRequest = v.strictObject({ party: Name, device: Name, signing: Bytes32, opening: Bytes32, v: One })
const Carried = v.strictObject({ request: text(1, 2000), signature: Bytes64 })

/** What this new device asks for, as one word to carry over. */
export async function bindingRequest(device: Device): Promise<string> {
  const keys = publicKeys(device)
  const request = { party: device.party, device: device.label, signing: keys.signing_key, opening: keys.opening_key, v: 1 as const }
  const signed = await signDocument('bidding/enrolment/v1', request, EnrolmentRequest, device.signing)
  return b64(canonical({ request: fromUtf8(signed.payload), signature: b64(signed.signature) }))
}

/** What a carried word asks for. CanonicalError, SignatureError if it is not one or was altered on the way. */
export async function readRequest(word: string): Promise<{ request: v.InferOutput<typeof EnrolmentRequest>; signature: string }> {
  const carried = parseCanonical(unb64(word.replace(/\s/g, '')), Carried)
  const signed = { payload: utf8(carried.request), signature: unb64(carried.signature) }
  const unchecked = parseCanonical(signed.payload, EnrolmentRequest)
  const request = await verify('bidding/enrolment/v1', signed, unb64(unchecked.signing), EnrolmentRequest)
  return { request, signature: carried.signature }
}

/** Let the device of this request speak for the party that is logged in here. Throws `Problem`. */
export async function bind({ request, signature }: Awaited<ReturnType<typeof readRequest>>): Promise<void> {
  const body = {
    signing_key: request.signing,
    opening_key: request.opening,
    label: request.device,
    recovery: false,
    possession: signature,
  }
  await giveAt('/parties/me/credentials', body, { sign, act: BIND })
}

/** A new recovery key of the suite: its code, to be printed, and its public half. The private half is kept nowhere. */
export async function newRecovery(suite: string): Promise<{ code: string; opening_key: string }> {
  const seed = await newPrivateOf(suite)
  return { code: await recoveryCode(seed), opening_key: b64(await openingPublic(seed, suite)) }
}

/** Make the code's key a recipient of this party's bids. Throws `Problem`. */
export async function bindRecovery(openingKey: string, label: string, suite: string): Promise<void> {
  const body = { signing_key: null, opening_key: openingKey, suite, label, recovery: true, possession: '' }
  await giveAt('/parties/me/credentials', body, { sign, act: BIND })
}

export async function revoke(credential: string, reason: string): Promise<void> {
  await giveAt('/parties/me/credentials/revoke', { credential, reason }, { sign, act: 'registration/revoke' })
}
