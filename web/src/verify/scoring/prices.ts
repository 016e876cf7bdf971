/** Price scores of all bids by the declared formula, each with its derivation (R-SCORE-01, R-SCORE-03…10, R-SCORE-14). */

import { compare, exactText, fraction, integer, magnitude, minus, ONE, over, plus, rounded, times, ZERO, type Fraction } from '../fractions'
import { basePrice, Unscorable, type Draws, type Line } from './base'
import type { ByDeviation, Deductions, Formula, Purchase } from './formula'

/** 采购法 36(一): fewer compliant suppliers end the purchase (R-GP-19). */
const GP_MINIMUM = 3

/**
 * One bid's price, in any unit that all bids of the lot share. `compliant` false: rejected on other grounds.
 * `adjustment`: sum of the published factors, of the lines `adjustedBy`.
 */
export interface Offer {
  readonly bid: string
  readonly price: string
  readonly compliant: boolean
  readonly sme: 'NONE' | 'SMALL_MICRO' | 'CONSORTIUM'
  readonly domestic: boolean
  readonly adjustment: string
  readonly adjustedBy: readonly Line[]
}

/** `score`: rounded as declared, null where the price ranks. */
export interface PriceScore {
  readonly bid: string
  readonly evaluated: string
  readonly score: string | null
  readonly derivation: readonly Line[]
}

export interface PriceScores {
  readonly decision: 'SCORED' | 'VOID_FEWER_THAN_3' | 'VOID_ALL_OVER_BUDGET' | 'REJECT_ALL_RETENDER'
  readonly rejected: readonly string[]
  readonly base: string | null
  readonly baseDerivation: readonly Line[]
  readonly scores: readonly PriceScore[]
}

/** `limit`: 最高投标限价 (works), or the lower of budget and limit (purchases). */
export interface Bounds {
  readonly limit?: string | null
  readonly draws?: Draws
  readonly minValid?: number
}

interface Evaluated {
  readonly offer: Offer
  readonly price: Fraction
  readonly steps: readonly Line[]
}

/** Unscorable for a price that is not positive, a bid named twice, deductions of the whole price, a draw of another set. */
export function scorePrices(formula: Formula, offers: readonly Offer[], { limit = null, draws = {}, minValid = GP_MINIMUM }: Bounds = {}): PriceScores {
  for (const { bid, price } of offers) if (compare(fraction(price), ZERO) <= 0) throw new Unscorable('price-not-positive', bid)
  if (new Set(offers.map((one) => one.bid)).size < offers.length) throw new Unscorable('bid-named-twice')
  const ceiling = limit === null ? null : fraction(limit)
  const over = new Set(offers.filter((one) => ceiling !== null && compare(fraction(one.price), ceiling) > 0))
  const valid = offers.filter((one) => one.compliant && !over.has(one))
  const rejected = offers.filter((one) => !valid.includes(one)).map((one) => one.bid)
  const ended = (decision: PriceScores['decision']): PriceScores => ({ decision, rejected, base: null, baseDerivation: [], scores: [] })
  if (formula.kind === 'gp-low-price-first' || formula.kind === 'gp-lowest-evaluated-price') {
    if (offers.length > 0 && over.size === offers.length) return ended('VOID_ALL_OVER_BUDGET')
    if (valid.length < Math.max(minValid, 1)) return ended('VOID_FEWER_THAN_3')
    return compared(formula, rejected, deductedAll(formula, valid))
  }
  if (valid.length === 0) return ended('REJECT_ALL_RETENDER')
  if (formula.kind === 'eng-lowest-evaluated-price') return compared(formula, rejected, valid.map(adjusted))
  const base = basePrice(formula.base, valid.map((one) => fraction(one.price)), ceiling, draws)
  if (compare(base.value, ZERO) <= 0) throw new Unscorable('base-not-positive', exactText(base.value))
  return {
    decision: 'SCORED',
    rejected,
    base: exactText(base.value),
    baseDerivation: base.steps,
    scores: valid.map((one) => deviating(formula, one, base.value)),
  }
}

function deviating(formula: ByDeviation, offer: Offer, base: Fraction): PriceScore {
  const { full, floor, rounding } = formula
  const price = fraction(offer.price)
  const deviation = over(minus(price, base), base)
  const factor = compare(deviation, ZERO) > 0 ? formula.e1 : formula.e2
  let exact = minus(fraction(full), times(integer(100), times(magnitude(deviation), fraction(factor))))
  const steps = [
    { text: '投标报价', value: offer.price },
    { text: `偏差率：（报价 - ${exactText(base)}）÷ ${exactText(base)}`, value: exactText(deviation) },
    { text: `${full} - 100 × |偏差率| × ${factor}`, value: exactText(exact) },
  ]
  if (floor !== null && compare(exact, fraction(floor)) < 0) {
    exact = fraction(floor)
    steps.push({ text: '不低于招标文件规定的最低分', value: floor })
  }
  const score = rounded(exact, rounding)
  steps.push({ text: `得分，保留${String(rounding.digits)}位小数（${rounding.mode}）`, value: score })
  return { bid: offer.bid, evaluated: exactText(price), score, derivation: steps }
}

/** R-DEC-11: the preference needs a counterpart among the bids that compete. */
function deductedAll({ deductions }: Purchase, valid: readonly Offer[]): Evaluated[] {
  const mixed = new Set(valid.map((one) => one.domestic)).size === 2
  const prefer = mixed || !deductions.domestic_only_if_mixed
  return valid.map((offer) => deducted(offer, deductions, prefer))
}

function deducted(offer: Offer, deductions: Deductions, prefer: boolean): Evaluated {
  const left = shareLeft(offer, deductions, prefer)
  if (compare(left, ZERO) <= 0) throw new Unscorable('deductions-eat-the-price', offer.bid)
  const price = times(fraction(offer.price), left)
  const steps = [{ text: '投标报价', value: offer.price }]
  if (compare(left, ONE) !== 0) {
    steps.push({ text: `评审价：报价 × ${exactText(left)}（价格扣除，叠加方式${deductions.stacking}）`, value: exactText(price) })
  }
  return { offer, price, steps }
}

/** What is left of the price, as a share: 1 without any deduction (R-SCORE-06…08). */
function shareLeft(offer: Offer, deductions: Deductions, prefer: boolean): Fraction {
  const rates = { NONE: '0', SMALL_MICRO: deductions.small_micro, CONSORTIUM: deductions.consortium }
  const sme = deductions.sme_reserved ? ZERO : fraction(rates[offer.sme])
  const domestic = offer.domestic && prefer ? fraction(deductions.domestic) : ZERO
  switch (deductions.stacking) {
    case 'ADD':
      return minus(minus(ONE, sme), domestic)
    case 'MULTIPLY':
      return times(minus(ONE, sme), minus(ONE, domestic))
    case 'MAX':
      return minus(ONE, compare(sme, domestic) > 0 ? sme : domestic)
  }
}

/** R-SCORE-09: price plus published adjustments. */
function adjusted(offer: Offer): Evaluated {
  const price = plus(fraction(offer.price), fraction(offer.adjustment))
  if (compare(price, ZERO) <= 0) throw new Unscorable('adjustments-eat-the-price', offer.bid)
  const sum = { text: `评审价：报价 + 评审因素调整额 ${offer.adjustment}`, value: exactText(price) }
  return { offer, price, steps: [{ text: '投标报价', value: offer.price }, ...offer.adjustedBy, sum] }
}

function compared(formula: Formula, rejected: readonly string[], all: readonly Evaluated[]): PriceScores {
  const base = all.map((one) => one.price).reduce((least, one) => (compare(one, least) < 0 ? one : least))
  const scores = all.map(({ offer, price, steps }): PriceScore => {
    const evaluated = exactText(price)
    if (formula.kind !== 'gp-low-price-first') return { bid: offer.bid, evaluated, score: null, derivation: steps }
    const score = rounded(over(times(base, fraction(formula.weight)), price), formula.rounding)
    const text = `得分：${exactText(base)} × ${formula.weight} ÷ ${evaluated}`
    return { bid: offer.bid, evaluated, score, derivation: [...steps, { text, value: score }] }
  })
  const baseDerivation = [{ text: '有效投标中的最低评审价', value: exactText(base) }]
  return { decision: 'SCORED', rejected, base: exactText(base), baseDerivation, scores }
}
