/** Canonical JSON (RFC 8785) and the shapes of values inside it: one value, one sequence of bytes. */

import canonicalize from 'canonicalize'
import * as v from 'valibot'

import { fromUtf8, utf8, type Bytes } from './bytes'
import { CanonicalError } from './errors'

/** `$` without the m flag matches at the end only, unlike Python's. */
const TWO_SPARE_BITS = '[AEIMQUYcgkosw048]'
const FOUR_SPARE_BITS = '[AQgw]'

export const Digest = v.pipe(v.string(), v.regex(/^[0-9a-f]{64}$/))
export const Bytes32 = v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{42}${TWO_SPARE_BITS}$`)))
export const Bytes56 = v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{74}${TWO_SPARE_BITS}$`)))
export const Bytes64 = v.pipe(v.string(), v.regex(new RegExp(`^[A-Za-z0-9_-]{85}${FOUR_SPARE_BITS}$`)))
/** A public key of one of the suites: 32, 64 or 1216 bytes. */
export const PublicKey = v.pipe(
  v.string(),
  v.regex(new RegExp(`^([A-Za-z0-9_-]{42}${TWO_SPARE_BITS}|[A-Za-z0-9_-]{85}([A-Za-z0-9_-]{1536})?${FOUR_SPARE_BITS})$`)),
)
/** A 32-byte key as one of the suites wraps it: 80, 160 or 1168 bytes. */
export const WrappedKey = v.pipe(
  v.string(),
  v.regex(new RegExp(`^([A-Za-z0-9_-]{106}${TWO_SPARE_BITS}|[A-Za-z0-9_-]{213}([A-Za-z0-9_-]{1344})?${FOUR_SPARE_BITS})$`)),
)

/** Text of `least` to `most` characters: code points, as every other implementation counts them. */
export function text(least: number, most: number) {
  return v.pipe(
    v.string(),
    v.check((value) => {
      const length = [...value].length
      return least <= length && length <= most
    }, `${least} to ${most} characters`),
  )
}

/** An identifier given by the platform: lot, party, session. Opaque here. */
export const Name = text(1, 200)

/** An integer that every JSON reader keeps exact. */
export function integer(least: number, most: number = Number.MAX_SAFE_INTEGER) {
  return v.pipe(v.number(), v.safeInteger(), v.minValue(least), v.maxValue(most))
}

export const Version = integer(1)
export const Length = integer(0)
export const Suite = Name
export const One = v.literal(1)

/** The RFC 8785 bytes of `value`. CanonicalError for what has no canonical form here: a fraction, a lone surrogate. */
export function canonical(value: unknown): Bytes {
  return utf8(canonicalText(value))
}

export function canonicalText(value: unknown): string {
  requireExact(value)
  try {
    const made = canonicalize(value)
    if (made === undefined) throw new CanonicalError('no canonical form')
    return made
  } catch (error) {
    throw error instanceof CanonicalError ? error : new CanonicalError('no canonical form')
  }
}

/** Decode `data` as `shape`, refusing every spelling but the canonical one. CanonicalError with the path of the fault. */
export function parseCanonical<T extends v.GenericSchema>(data: Bytes, shape: T): v.InferOutput<T> {
  const written = fromUtf8(data)
  let value: unknown
  try {
    value = JSON.parse(written)
  } catch {
    throw new CanonicalError('not JSON')
  }
  const shaped = conform(value, shape)
  // Also finds what JSON.parse lets pass: a key twice, 1.0, 1e2, spaces, needless escapes.
  if (canonicalText(value) !== written) throw new CanonicalError('not the canonical form (RFC 8785) of its value')
  return shaped
}

/** `value` if it has this shape; CanonicalError names the first fault. */
export function conform<T extends v.GenericSchema>(value: unknown, shape: T): v.InferOutput<T> {
  const result = v.safeParse(shape, value)
  if (result.success) return result.output
  const [issue] = result.issues
  throw new CanonicalError(`expected ${issue.expected ?? issue.message}`, `$${pathOf(issue)}`)
}

function pathOf(issue: v.BaseIssue<unknown>): string {
  return (issue.path ?? []).map((item) => `.${String(item.key)}`).join('')
}

/** No document here contains a fraction, and integers stay within ±(2⁵³ − 1). */
function requireExact(value: unknown): void {
  if (typeof value === 'number' && !Number.isSafeInteger(value)) throw new CanonicalError('not a safe integer')
  if (typeof value === 'object' && value !== null) Object.values(value).forEach(requireExact)
}
