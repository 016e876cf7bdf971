/** Exact numbers as the events write them: a decimal text, or `p/q` in lowest terms (R-SCORE-01). */

export interface Fraction {
  readonly n: bigint
  readonly d: bigint
}

export const ZERO: Fraction = { n: 0n, d: 1n }

/** RangeError for any other text. */
export function fraction(text: string): Fraction {
  const [, sign, whole = '', digits = '', below] = /^(-?)(\d+)(?:\.(\d+)|\/([1-9]\d*))?$/.exec(text) ?? []
  if (whole === '') throw new RangeError(`no number: ${text}`)
  const n = BigInt(`${whole}${digits}`) * (sign === '-' ? -1n : 1n)
  return { n, d: below === undefined ? 10n ** BigInt(digits.length) : BigInt(below) }
}

export function plus(left: Fraction, right: Fraction): Fraction {
  return { n: left.n * right.d + right.n * left.d, d: left.d * right.d }
}

export function sum(all: readonly Fraction[]): Fraction {
  return all.reduce(plus, ZERO)
}

/** Below 0, 0 or above it, as `left` is to `right`. */
export function compare(left: Fraction, right: Fraction): number {
  const difference = left.n * right.d - right.n * left.d
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** Whether they differ by no more than one unit of the last of `digits`: as much as rounding once may take. */
export function near(left: Fraction, right: Fraction, digits: number): boolean {
  const difference = plus(left, { n: -right.n, d: right.d })
  const size = difference.n < 0n ? -difference.n : difference.n
  return size * 10n ** BigInt(digits) <= difference.d
}
