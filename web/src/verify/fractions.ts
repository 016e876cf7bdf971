/** Exact numbers: rationals throughout, one declared rounding at the end (R-SCORE-01, R-SCORE-02). */

/** `d` is positive; not always in lowest terms. */
export interface Fraction {
  readonly n: bigint
  readonly d: bigint
}

export type RoundingMode = 'HALF_UP' | 'HALF_DOWN' | 'HALF_EVEN' | 'UP' | 'DOWN' | 'CEILING' | 'FLOOR'

/** `digits` after the point. HALF_UP takes halves away from zero, as school rounding does. */
export interface Rounding {
  readonly digits: number
  readonly mode: RoundingMode
}

export const ZERO: Fraction = { n: 0n, d: 1n }
export const ONE: Fraction = { n: 1n, d: 1n }

/** Of a decimal text or `p/q`, as the events write them. RangeError for any other text. */
export function fraction(text: string): Fraction {
  const [, sign, whole = '', digits = '', below] = /^(-?)(\d+)(?:\.(\d+)|\/([1-9]\d*))?$/.exec(text) ?? []
  if (whole === '') throw new RangeError(`no number: ${text}`)
  const n = BigInt(`${whole}${digits}`) * (sign === '-' ? -1n : 1n)
  return { n, d: below === undefined ? 10n ** BigInt(digits.length) : BigInt(below) }
}

export function integer(value: number): Fraction {
  return { n: BigInt(value), d: 1n }
}

export function plus(left: Fraction, right: Fraction): Fraction {
  return lowest(left.n * right.d + right.n * left.d, left.d * right.d)
}

export function minus(left: Fraction, right: Fraction): Fraction {
  return lowest(left.n * right.d - right.n * left.d, left.d * right.d)
}

export function times(left: Fraction, right: Fraction): Fraction {
  return lowest(left.n * right.n, left.d * right.d)
}

/** RangeError by zero. */
export function over(left: Fraction, right: Fraction): Fraction {
  const sign = right.n < 0n ? -1n : 1n
  return lowest(left.n * right.d * sign, left.d * right.n * sign)
}

export function magnitude(value: Fraction): Fraction {
  return value.n < 0n ? { n: -value.n, d: value.d } : value
}

export function sum(all: readonly Fraction[]): Fraction {
  return all.reduce(plus, ZERO)
}

/** The arithmetic mean. RangeError of nothing. */
export function mean(all: readonly Fraction[]): Fraction {
  return over(sum(all), integer(all.length))
}

/** Below 0, 0 or above it, as `left` is to `right`. */
export function compare(left: Fraction, right: Fraction): number {
  const difference = left.n * right.d - right.n * left.d
  return difference < 0n ? -1 : difference > 0n ? 1 : 0
}

/** `value` rounded, with exactly `digits` digits; never "-0.00". */
export function rounded(value: Fraction, { digits, mode }: Rounding): string {
  const scale = 10n ** BigInt(digits)
  const units = unitsOf(value.n * scale, value.d, mode)
  const size = units < 0n ? -units : units
  const part = digits > 0 ? `.${String(size % scale).padStart(digits, '0')}` : ''
  return `${units < 0n ? '-' : ''}${String(size / scale)}${part}`
}

/** A decimal if it terminates, with no more zeros at its end than `least` digits ask for; else `p/q` in lowest terms. */
export function exactText(value: Fraction, least = 0): string {
  const { n, d } = lowest(value.n, value.d)
  let [rest, digits] = [d, least]
  for (const prime of [2n, 5n]) {
    let power = 0
    while (rest % prime === 0n) {
      rest /= prime
      power += 1
    }
    digits = Math.max(digits, power)
  }
  return rest === 1n ? rounded({ n, d }, { digits, mode: 'HALF_UP' }) : `${String(n)}/${String(d)}`
}

function unitsOf(n: bigint, d: bigint, mode: RoundingMode): bigint {
  const cut = n / d
  const floor = n < 0n && cut * d !== n ? cut - 1n : cut
  const rest = n - floor * d
  if (rest === 0n) return floor
  const [away, toward] = n > 0n ? [floor + 1n, floor] : [floor, floor + 1n]
  switch (mode) {
    case 'FLOOR':
      return floor
    case 'CEILING':
      return floor + 1n
    case 'UP':
      return away
    case 'DOWN':
      return toward
  }
  if (2n * rest !== d) return 2n * rest > d ? floor + 1n : floor
  if (mode === 'HALF_EVEN') return floor % 2n === 0n ? floor : floor + 1n
  return mode === 'HALF_UP' ? away : toward
}

function lowest(n: bigint, d: bigint): Fraction {
  if (d === 0n) throw new RangeError('divided by zero')
  let [one, other] = [n < 0n ? -n : n, d]
  while (other !== 0n) [one, other] = [other, one % other]
  return { n: n / one, d: d / one }
}
