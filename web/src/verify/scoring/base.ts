/** The base price (评标基准价): mean, trimmed mean, floating, mixed (R-SCORE-11…14). */

import { compare, exactText, fraction, mean, minus, ONE, plus, rounded, times, type Fraction, type Rounding } from '../fractions'
import type { Base, Mean, Mixed, Trim } from './formula'

/** One line of a derivation: what was computed, and the exact value (a decimal, or `p/q`). */
export interface Line {
  readonly text: string
  readonly value: string
}

/** The coefficients drawn at the opening, as far as the formula asks for any. */
export type Draws = Readonly<Partial<Record<'k' | 'alpha' | 'beta', string>>>

/** `exact` before, `value` after the declared rounding (the same if none is declared). */
export interface BasePrice {
  readonly exact: Fraction
  readonly value: Fraction
  readonly steps: readonly Line[]
}

/** What cannot be scored. `code`: as the platform's refusals have it. */
export class Unscorable extends Error {
  constructor(
    readonly code: string,
    where = '',
  ) {
    super(where === '' ? code : `${code} (${where})`)
  }
}

/** The base over the valid `prices`: those above the limit have left before (R-SCORE-14). Unscorable, RangeError. */
export function basePrice(base: Base, prices: readonly Fraction[], limit: Fraction | null, draws: Draws): BasePrice {
  switch (base.kind) {
    case 'given': {
      const value = fraction(base.value)
      return { exact: value, value, steps: [{ text: '招标文件给定的评标基准价', value: base.value }] }
    }
    case 'mean':
      return meanBase(base, prices, draws)
    case 'mixed':
      if (limit === null) throw new Unscorable('limit-missing')
      return mixedBase(base, prices, limit, draws)
  }
}

/** R-SCORE-11: `prices` without the dropped extremes, in their order. */
export function trimmed(prices: readonly Fraction[], trim: Trim): readonly Fraction[] {
  const n = prices.length
  const high = (trim === 'TRIM-A' && n >= 6) || (trim === 'TRIM-B' && n >= 5)
  const low = (trim === 'TRIM-A' && n >= 7) || (trim === 'TRIM-B' && n >= 5)
  const kept = [...prices]
  if (high) kept.splice(extreme(kept, 1), 1)
  if (low) kept.splice(extreme(kept, -1), 1)
  return kept
}

/** R-SCORE-13: X over all valid prices, A over those `kept`; a price of exactly `cut` times X stays. */
export function mixedMeans(prices: readonly Fraction[], cut: Fraction): { x: Fraction; kept: readonly Fraction[]; a: Fraction } {
  const x = mean(prices)
  const kept = prices.filter((price) => compare(price, times(cut, x)) >= 0)
  return { x, kept, a: mean(kept) }
}

/** Where the highest (`sign` 1) or lowest (-1) stands; the first of equal ones. */
function extreme(prices: readonly Fraction[], sign: number): number {
  let found = 0
  for (const [place, price] of prices.entries()) {
    const best = prices[found]
    if (best !== undefined && sign * compare(price, best) > 0) found = place
  }
  return found
}

function meanBase({ trim, factor, rounding }: Mean, prices: readonly Fraction[], draws: Draws): BasePrice {
  const kept = trimmed(prices, trim)
  const average = mean(kept)
  const dropped = prices.length - kept.length
  const without = dropped > 0 ? `（共${String(prices.length)}个，按${trim}去掉极值${String(dropped)}个）` : ''
  const steps = [{ text: `${String(kept.length)}个有效报价的算术平均值${without}`, value: exactText(average) }]
  let exact = average
  if (factor?.kind === 'fixed-float') {
    exact = times(average, plus(ONE, fraction(factor.f)))
    steps.push({ text: `平均值 ×（1 + ${factor.f}）`, value: exactText(exact) })
  } else if (factor?.kind === 'drawn-reduction') {
    const k = drawn(draws.k, factor.choices, 'k-not-in-set')
    exact = times(average, minus(ONE, fraction(k)))
    steps.push({ text: `平均值 ×（1 - K），抽取的K = ${k}`, value: exactText(exact) })
  }
  return brought(exact, rounding, steps)
}

function mixedBase(base: Mixed, prices: readonly Fraction[], limit: Fraction, draws: Draws): BasePrice {
  const alpha = drawn(draws.alpha, base.alpha_choices, 'coefficient-not-in-set')
  const beta = drawn(draws.beta, base.beta_choices, 'coefficient-not-in-set')
  const { x, kept, a } = mixedMeans(prices, fraction(base.cut))
  const fromBids = times(times(a, minus(ONE, fraction(alpha))), fraction(base.weight_a))
  const fromLimit = times(times(limit, minus(ONE, fraction(beta))), fraction(base.weight_b))
  const exact = plus(fromBids, fromLimit)
  return brought(exact, base.rounding, [
    { text: `X：${String(prices.length)}个有效报价的算术平均值`, value: exactText(x) },
    { text: `A：不低于${base.cut}X的${String(kept.length)}个报价的算术平均值`, value: exactText(a) },
    { text: `A ×（1 - ${alpha}）× ${base.weight_a}，α系抽取`, value: exactText(fromBids) },
    { text: `限价 ×（1 - ${beta}）× ${base.weight_b}，β系抽取`, value: exactText(fromLimit) },
    { text: 'Y：两项之和', value: exactText(exact) },
  ])
}

/** The drawn coefficient. Compared as a number: "0.020" is in a set that holds "0.02". */
function drawn(value: string | undefined, choices: readonly string[], code: string): string {
  const held = value !== undefined && choices.some((one) => compare(fraction(one), fraction(value)) === 0)
  if (!held) throw new Unscorable(code, value)
  return value
}

function brought(exact: Fraction, rounding: Rounding | null, steps: readonly Line[]): BasePrice {
  if (rounding === null) return { exact, value: exact, steps }
  const value = rounded(exact, rounding)
  const text = `评标基准价，保留${String(rounding.digits)}位小数（${rounding.mode}）`
  return { exact, value: fraction(value), steps: [...steps, { text, value }] }
}
