/** The opening form: what is announced at the opening. Canonical JSON, sealed at a fixed size. */

import * as v from 'valibot'

import { b64, concat, digest, random, unb64, utf8, type Bytes } from './bytes'
import { Bytes32, canonical, conform, integer, parseCanonical, text } from './canonical'
import { CanonicalError, FormTooLongError, OpeningError } from './errors'
import { FORM, MAX_FORM } from './padding'

const NONCE_LABEL = utf8('bidding/draw/commit/v1\0')
const NONCE_SIZE = 32

/** An electronic guarantee as its issuer hands it over; whether it is worth anything, the opening tells. */
export const SignedGuarantee = v.strictObject({
  letter: text(2, 1600),
  signature: text(0, 700),
  certificate: text(0, 2200),
  reference: text(0, 200),
})
export type SignedGuarantee = v.InferOutput<typeof SignedGuarantee>

/**
 * `price_fen` in 分, `duration_days` in calendar days, `draw_nonce` 32 random bytes.
 *
 * `extras` are the further values that this tender announces (its labels are the tender document's). `guarantee` is
 * absent where the bidder gives none.
 */
export const OpeningForm = v.strictObject({
  price_fen: integer(0),
  duration_days: integer(0, 100_000),
  quality: text(1, 200),
  project_lead: text(1, 200),
  draw_nonce: Bytes32,
  extras: v.record(text(1, 200), text(0, 500)),
  note: text(0, 1000),
  guarantee: v.exactOptional(SignedGuarantee),
})
export type OpeningForm = v.InferOutput<typeof OpeningForm>

export function newDrawNonce(): string {
  return b64(random(NONCE_SIZE))
}

/** What is sealed: the canonical JSON. CanonicalError's path names the field, FormTooLongError the 4088 bytes. */
export function formBytes(form: OpeningForm): Bytes {
  const data = canonical(conform(form, OpeningForm))
  if (data.length > MAX_FORM) throw new FormTooLongError(data.length, MAX_FORM)
  return data
}

/** The form inside an opened envelope. OpeningError of the layer `form` with the path of the first fault. */
export function parseForm(data: Bytes): OpeningForm {
  try {
    return parseCanonical(data, OpeningForm)
  } catch (error) {
    if (error instanceof CanonicalError) throw new OpeningError('form', `${error.path}: ${error.reason}`, FORM)
    throw error
  }
}

/** The commitment to the draw nonce that stands in the manifest: another bidder cannot copy it. */
export function drawNonceHash(lot: string, bidder: string, drawNonce: string): Promise<string> {
  return digest(concat(NONCE_LABEL, canonical([lot, bidder]), unb64(drawNonce)))
}
