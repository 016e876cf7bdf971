/**
 * One-time keys of an opening: agency and supervisor each make a pair for the forms and one for the rest.
 *
 * The forms' private keys are published when the window has closed; the others go to the evaluation only.
 */

import * as v from 'valibot'

import { concat, equal, utf8, unb64, type Bytes } from './bytes'
import { canonical, Name, One, PublicKey, Suite } from './canonical'
import { SessionKeyError } from './errors'
import { FORM } from './padding'
import { sign, verify, type Signed } from './signing'
import { unwrap, wrap, type OpeningKey, type OwnKey } from './suite'

const POSSESSION_LABEL = utf8('bidding/session/v1/possession\0')
const TRANSFER_LABEL = utf8('bidding/session/v1/transfer\0')

/** What an office publishes at SessionOpen: its two public keys for this lot's opening. */
export const SessionPublic = v.strictObject({
  lot: Name,
  session: Name,
  office: v.picklist(['agency', 'supervisor']),
  forms: PublicKey,
  evaluation: PublicKey,
  suite: Suite,
  v: One,
})
export type SessionPublic = v.InferOutput<typeof SessionPublic>
export type Office = SessionPublic['office']

/** The raw public key to which shares of this envelope's content key are addressed. */
export function keyFor(announced: SessionPublic, envelope: string): Bytes {
  return unb64(envelope === FORM ? announced.forms : announced.evaluation)
}

/** The office's announcement, by the Ed25519 key of the officer's device. */
export function signSession(signing: OwnKey, announced: SessionPublic): Promise<Signed> {
  return sign('bidding/session/v1', announced, SessionPublic, signing)
}

/** The announcement, signed by that raw Ed25519 key. SignatureError, CanonicalError. */
export function verifySession(signed: Signed, publicRaw: Bytes): Promise<SessionPublic> {
  return verify('bidding/session/v1', signed, publicRaw, SessionPublic)
}

/**
 * SessionKeyError unless the two announcements belong together and no key occurs twice.
 *
 * Two offices announcing one key would let its holder read both shares alone.
 */
export function requirePair(agency: SessionPublic, supervisor: SessionPublic): void {
  if (agency.office !== 'agency' || supervisor.office !== 'supervisor') {
    throw new SessionKeyError({ reason: 'needs one announcement of each office' })
  }
  for (const field of ['lot', 'session', 'suite'] as const) {
    if (agency[field] !== supervisor[field]) throw new SessionKeyError({ reason: 'announced for different openings' })
  }
  if (new Set([agency.forms, agency.evaluation, supervisor.forms, supervisor.evaluation]).size !== 4) {
    throw new SessionKeyError({ reason: 'a key is announced twice' })
  }
}

/** The nonce of the platform's two challenges. SessionKeyError if either was not made for these keys. */
export async function answerPossession(
  keys: { readonly forms: OpeningKey; readonly evaluation: OpeningKey },
  announced: SessionPublic,
  challenges: { readonly forms: Bytes; readonly evaluation: Bytes },
): Promise<Bytes> {
  const info = concat(POSSESSION_LABEL, canonical(announced))
  const first = await unwrap(challenges.forms, keys.forms, info)
  const second = await unwrap(challenges.evaluation, keys.evaluation, info)
  if (first === null || second === null || !equal(first, second)) {
    throw new SessionKeyError({ reason: 'the challenge is not for these keys' })
  }
  return first
}

/** An evaluation session key (raw private, 32 bytes) on its way to the evaluation, wrapped for its key of the suite. */
export function sealToPlatform(privateRaw: Bytes, platformPublic: Bytes, announced: SessionPublic): Promise<Bytes> {
  return wrap(privateRaw, platformPublic, concat(TRANSFER_LABEL, canonical(announced)), announced.suite)
}
