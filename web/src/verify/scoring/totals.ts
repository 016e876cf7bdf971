/** From the sheets to the ranking: price scores, means, totals, order, candidates (R-EVAL-03, R-SCORE-01, R-SCORE-15). */

import { canonicalText } from '@/crypto/canonical'

import { compare, exactText, fraction, mean, over, plus, rounded, sum, times, ZERO, type Fraction, type Rounding } from '../fractions'
import type { Line } from './base'
import type { Candidate, PriceResult, Ranked, Scored } from './evaluation'
import type { Formula, PriceFactor } from './formula'
import { priceCeiling, type Lot, type OpenedBid, type Terms } from './lot'
import { scorePrices, type Offer, type PriceScores } from './prices'
import { instant, rank } from './ranking'

/** Two digits, half up, where the formula declares no rounding of a score (R-SCORE-01). */
const USUAL: Rounding = { digits: 2, mode: 'HALF_UP' }

/** Of all opened bids but those `out`, which set no base and get no score. Unscorable. */
export function priceScores(lot: Lot, out: ReadonlySet<string>): PriceScores {
  const declared = new Map(lot.evaluation.qualification.map((one) => [one.bidder, one]))
  const offers = lot.bids.map(({ bidder, price_fen }): Offer => {
    const { sme = 'NONE', domestic = false } = declared.get(bidder) ?? {}
    const compliant = !out.has(bidder)
    const { adjustment, adjustedBy } = compliant ? adjustments(lot, bidder) : UNADJUSTED
    return { bid: bidder, price: String(price_fen), compliant, sme, domestic, adjustment, adjustedBy }
  })
  const ceiling = priceCeiling(lot.notice)
  return scorePrices(lot.notice.terms.price_formula, offers, { limit: ceiling === null ? null : String(ceiling), draws: lot.draws })
}

/** The price scores as the event states them. Unscorable. */
export function scoredPrices(lot: Lot): Scored {
  const { rejected, sameBrand } = lot.evaluation
  const priced = priceScores(lot, new Set([...rejected.map((one) => one.bidder), ...sameBrand.flatMap((one) => one.others)]))
  if (priced.decision !== 'SCORED') throw new RangeError(priced.decision)
  const prices = new Map(lot.bids.map((one) => [one.bidder, one.price_fen]))
  return {
    formula: canonicalText(lot.notice.terms.price_formula),
    outcome: priced.decision,
    base_fen: priced.base ?? '',
    base_derivation: [...priced.baseDerivation],
    scores: priced.scores.map((one) => ({
      bidder: one.bid,
      price_fen: prices.get(one.bid) ?? 0,
      evaluated_fen: one.evaluated,
      score: one.score ?? '',
      derivation: [...one.derivation],
    })),
  }
}

/** Totals, ranks and candidates. `lot`: with the price scores and what was settled of equal brands in it. */
export function rankingOf(lot: Lot): { ranking: readonly Ranked[]; candidates: readonly Candidate[] } {
  const { terms } = lot.notice
  let ranking = ranked(lot)
  if (terms.method === 'GP_COMPREHENSIVE') ranking = without(ranking, new Set(lot.evaluation.sameBrand.flatMap((one) => one.others)))
  const candidates = candidatesOf(lot, ranking)
  if (terms.decision === null) return { ranking, candidates }
  // 评定分离: the same bids in the order of the opening, without ranks (R-DRAW-04).
  const byBidder = new Map(ranking.map((one) => [one.bidder, { ...one, rank: 0 }]))
  return { ranking: lot.bids.flatMap((bid) => byBidder.get(bid.bidder) ?? []), candidates }
}

/** R-SCORE-09: a score out of the formula's full marks, brought to the points of price in the total. */
export function weightedScore({ price_formula, price_points }: Terms, score: string): Fraction {
  const full = fraction(fullOf(price_formula))
  return compare(full, ZERO) === 0 ? ZERO : over(times(fraction(score), fraction(price_points)), full)
}

/** The most that the price score can be. */
function fullOf(formula: Formula): string {
  switch (formula.kind) {
    case 'gp-low-price-first':
      return formula.weight
    case 'gp-lowest-evaluated-price':
    case 'eng-lowest-evaluated-price':
      return '0'
    default:
      return formula.full
  }
}

/** The declared rounding, which is that of the score. */
export function roundingOf(formula: Formula): Rounding {
  return 'rounding' in formula ? formula.rounding : USUAL
}

/** What the published factors of the evaluated price are (R-SCORE-09). */
export function factorsOf(formula: Formula): readonly PriceFactor[] {
  return formula.kind === 'eng-lowest-evaluated-price' ? formula.factors : []
}

const UNADJUSTED = { adjustment: '0', adjustedBy: [] }

/** The amounts that all members agree on, line by line. */
function adjustments(lot: Lot, bidder: string): { adjustment: string; adjustedBy: readonly Line[] } {
  const factors = factorsOf(lot.notice.terms.price_formula)
  const said = lot.evaluation.sheets.flatMap((sheet) => sheet.bids).find((one) => one.bidder === bidder)
  if (factors.length === 0 || said === undefined) return UNADJUSTED
  const amounts = new Map(said.adjustments.map((one) => [one.factor, one.amount_fen]))
  const adjustedBy = factors.map(({ id, title, standard }) => {
    const amount = amounts.get(id)
    if (amount === undefined) throw new RangeError(`${bidder}: no amount for ${id}`)
    return { text: `评审因素“${title}”：${standard}`, value: String(amount) }
  })
  return { adjustment: String([...amounts.values()].reduce((all, one) => all + one, 0)), adjustedBy }
}

/** Every bid whose price was scored, from first to last. */
export function ranked(lot: Lot): readonly Ranked[] {
  const { terms } = lot.notice
  const unordered = new Map((lot.evaluation.scored?.scores ?? []).map((one) => [one.bidder, totalled(lot, one)]))
  const completed = new Map(lot.bids.map((one) => [one.bidder, instant(one.completed_at)]))
  const credit = new Map(lot.evaluation.grades.map((one) => [one.bidder, one.rank]))
  const contenders = [...unordered.values()].map((one) => ({
    bid: one.bidder,
    price: String(one.price_fen),
    score: one.total === '' ? '0' : one.total,
    evaluated: one.evaluated_fen,
    credit: credit.get(one.bidder) ?? null,
    submitted: completed.get(one.bidder) ?? null,
  }))
  const inOrder: Ranked[] = []
  for (const group of rank(terms.method, contenders)) {
    const place = inOrder.length + 1 // after two parallel firsts comes the third
    inOrder.push(...group.flatMap((bidder) => unordered.get(bidder) ?? []).map((one) => ({ ...one, rank: place })))
  }
  return inOrder
}

/** Total = price score weighted to its points + Σ criterion means, rounded once. */
function totalled(lot: Lot, price: PriceResult): Ranked {
  const { terms } = lot.notice
  const criteria = terms.criteria.map(({ id }) => ({ criterion: id, points: meanPoints(lot, price.bidder, id) }))
  const technical = sum(criteria.map((one) => one.points))
  const rounding = roundingOf(terms.price_formula)
  const byPriceAlone = !('rounding' in terms.price_formula)
  const weighted = weightedScore(terms, price.score)
  return {
    bidder: price.bidder,
    rank: 0,
    total: byPriceAlone ? '' : rounded(plus(weighted, technical), rounding),
    price_score: byPriceAlone ? price.score : exactText(weighted, rounding.digits),
    technical: exactText(technical),
    price_fen: price.price_fen,
    evaluated_fen: price.evaluated_fen,
    criteria: criteria.map(({ criterion, points }) => ({ criterion, points: exactText(points) })),
  }
}

function meanPoints(lot: Lot, bidder: string, criterion: string): Fraction {
  const bids = lot.evaluation.sheets.flatMap((sheet) => sheet.bids).filter((one) => one.bidder === bidder)
  return mean(bids.flatMap((bid) => bid.scores.filter((one) => one.criterion === criterion)).map((one) => fraction(one.points)))
}

/** The others ranked on without a gap; those `aside` behind them, with their points and no rank (R-SCORE-05). */
function without(ranking: readonly Ranked[], aside: ReadonlySet<string>): readonly Ranked[] {
  const staying = ranking.filter((one) => !aside.has(one.bidder))
  const behind = ranking.filter((one) => aside.has(one.bidder)).map((one) => ({ ...one, rank: 0 }))
  return [...staying.map((one) => ({ ...one, rank: 1 + staying.filter((other) => other.rank < one.rank).length })), ...behind]
}

/** R-ENG-17, 招投条例 53: at most as many as declared, in order; a parallel group that no longer fits is left out. */
function candidatesOf(lot: Lot, ranking: readonly Ranked[]): readonly Candidate[] {
  const { terms } = lot.notice
  const bids = new Map(lot.bids.map((one) => [one.bidder, one]))
  const chosen: Candidate[] = []
  for (const place of [...new Set(ranking.map((one) => one.rank).filter((one) => one > 0))].sort((left, right) => left - right)) {
    const group = ranking.filter((one) => one.rank === place)
    if (chosen.length > 0 && chosen.length + group.length > terms.candidates) break
    chosen.push(...group.map((one) => candidate(one, bids.get(one.bidder))))
  }
  return terms.decision === null ? chosen : unrankedCandidates(lot, chosen, ranking)
}

function candidate({ bidder, rank: place, price_fen, total }: Ranked, bid: OpenedBid | undefined): Candidate {
  if (bid === undefined) throw new RangeError(`${bidder} was not opened`)
  const { name, duration_days, quality, project_lead } = bid
  return { bidder, name, rank: place, price_fen, total, duration_days, quality, project_lead, reason: '' }
}

/** R-DRAW-04: in the order of the opening; the reason says what each is best in, not how far it is ahead. */
function unrankedCandidates(lot: Lot, chosen: readonly Candidate[], ranking: readonly Ranked[]): readonly Candidate[] {
  const order = lot.bids.map((one) => one.bidder)
  const titles = new Map(lot.notice.terms.criteria.map((one) => [one.id, one.title]))
  const best = new Map<string, Fraction>()
  for (const { criterion, points } of ranking.flatMap((one) => one.criteria)) {
    const found = best.get(criterion) ?? ZERO
    if (compare(fraction(points), found) >= 0) best.set(criterion, fraction(points))
  }
  return [...chosen]
    .sort((left, right) => order.indexOf(left.bidder) - order.indexOf(right.bidder))
    .map((one) => {
      const given = ranking.find((other) => other.bidder === one.bidder)?.criteria ?? []
      const leads = given.filter(({ criterion, points }) => compare(fraction(points), best.get(criterion) ?? ZERO) === 0)
      const praised = leads.length > 0 ? `；${leads.map(({ criterion }) => titles.get(criterion)).join('、')}评价最高` : ''
      return { ...one, rank: 0, total: '', reason: `通过评审，响应招标文件的实质性要求${praised}` }
    })
}
