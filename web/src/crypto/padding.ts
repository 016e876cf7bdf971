/**
 * Padding inside the seal, so that a body's size tells little about its content.
 *
 *     padded = length (8 bytes, big-endian) ‖ content ‖ zeros
 *
 * The opening form is padded to 4096 bytes, so all forms are equally long; other envelopes follow Padmé
 * (PURBs, PETS 2019: at most 12 % more). Sizes are numbers up to 2⁵³, so no bit operator may touch them.
 */

import { FormTooLongError } from './errors'

export const FORM = 'form'
export const FORM_SIZE = 4096
export const LENGTH_SIZE = 8
export const MAX_FORM = FORM_SIZE - LENGTH_SIZE

/** The smallest Padmé size not below `length`. */
export function padme(length: number): number {
  if (length < 2) return length
  const exponent = floorLog2(length)
  const step = 2 ** (exponent - (floorLog2(exponent) + 1))
  return Math.ceil(length / step) * step
}

/** Bytes of the padded plaintext. FormTooLongError if an opening form does not fit. */
export function paddedSize(envelope: string, contentLength: number): number {
  if (envelope !== FORM) return padme(LENGTH_SIZE + contentLength)
  if (contentLength > MAX_FORM) throw new FormTooLongError(contentLength, MAX_FORM)
  return FORM_SIZE
}

/** Whether any content is padded to `padded` bytes in this envelope. */
export function possibleSize(envelope: string, padded: number): boolean {
  if (envelope === FORM) return padded === FORM_SIZE
  return padded >= LENGTH_SIZE && padme(padded) === padded
}

/** ⌊log₂ n⌋ for n ≥ 1, exactly: Math.log2 rounds just below powers of two. */
function floorLog2(n: number): number {
  let exponent = 0
  while (2 ** (exponent + 1) <= n) exponent += 1
  return exponent
}
