/** The opening form: what is announced at the opening. Canonical JSON, sealed at a fixed size. */

import * as v from 'valibot'

import { b64, concat, digest, random, unb64, utf8, type Bytes } from './bytes'
import { Bytes32, canonical, conform, integer, parseCanonical, text } from './canonical'
import { CanonicalError, FormTooLongError, OpeningError } from './errors'
import { FORM, MAX_FORM } from './padding'

const NONCE_LABEL = utf8('bidding/draw/commit/v1\0')
const NONCE_SIZE = 32

/** What would steer whatever shows it: controls, separators of lines, controls of the direction of writing (UAX 9). */
const STEERING = '\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069'
/** What shows nothing, so that a text of it alone says nothing. */
const BLANK = ' \\u00a0\\u1680\\u2000-\\u200d\\u202f\\u205f\\u2060\\u3000\\ufeff'
/** One line that says something, and a value that may say nothing: both are read out beside those of others. */
export const Line = v.pipe(text(1, 200), v.regex(new RegExp(`^[^${STEERING}]*[^${STEERING}${BLANK}][^${STEERING}]*$`)))
const Value = v.pipe(text(0, 500), v.regex(new RegExp(`^[^${STEERING}]*$`)))
/** Any labels, `__proto__` and `constructor` among them: valibot's own record would leave these out. */
const Extras = v.custom<Record<string, string>>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value) && Object.entries(value).every(([label, said]) => v.is(Line, label) && v.is(Value, said)),
  'labels of 1 to 200 characters, values of at most 500',
)

/** What is typed, as one line. */
export function oneLine(typed: string): string {
  return typed.replace(new RegExp(`[${STEERING}]+`, 'g'), ' ').trim()
}

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
  quality: Line,
  project_lead: Line,
  draw_nonce: Bytes32,
  extras: Extras,
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
