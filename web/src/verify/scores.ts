/**
 * Scores, computed again as far as this reader was shown what they rest on (R-SCORE-01, R-SCORE-03, R-EVAL-03).
 *
 * Committee and supervisor hold the sheets: every score, rank and the signed report follow. The offices hold means and
 * totals: price scores, totals and ranks follow. Anyone else holds prices, formula, coefficients and who was rejected:
 * price scores follow, and the totals of the candidates must leave for the committee what it could give.
 */

import * as v from 'valibot'

import { digest, utf8 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'

import type { Event, Read } from './events'
import { compare, exactText, fraction, minus, plus, rounded, sum, ZERO, type Fraction } from './fractions'
import { brandsOf } from './scoring/brands'
import { Candidate, Compiled, Ranked, Scored } from './scoring/evaluation'
import { lotOf, type Lot } from './scoring/lot'
import type { PriceScore } from './scoring/prices'
import { inOrder, instant, rank, type Contender } from './scoring/ranking'
import { rejectionsOf } from './scoring/rejections'
import { competitionStatement, draftReport, finalReport } from './scoring/report'
import { factorsOf, priceScores, rankingOf, roundingOf, scoredPrices, weightedScore } from './scoring/totals'
import { demand } from './steps'

const STEP = 'scores'
const SCORED = 'lot.prices-scored.v1'
const RANKED = 'lot.bids-ranked.v1'
const REPORTED = 'lot.evaluation-reported.v1'
const PUBLICISED = 'lot.candidates-publicised.v1'

const Reported = v.object({
  report: v.string(),
  report_hash: v.string(),
  candidates: v.array(Candidate),
  rejected: v.array(v.object({ bidder: v.string(), name: v.string(), ground: v.string(), page: v.string(), reason: v.string() })),
  ranking: v.array(Ranked),
  competition: v.string(),
})
const Signed = v.object({ report_hash: v.string() })
const Publicised = v.object({
  candidates: v.array(v.object({ bidder: v.string(), total: v.string() })),
  rejected: v.array(v.object({ bidder: v.string() })),
})

/** What held, in English; nothing where nothing can be computed yet. `read.events`: all that the reader was shown. */
export async function checkScores(read: Read): Promise<readonly string[]> {
  const { events } = read
  if (events.some((one) => one.topic === SCORED)) return [await fromSheets(events)]
  if (events.some((one) => one.topic === REPORTED)) return fromMeans(events)
  return fromPrices(events)
}

async function fromSheets(events: readonly Event[]): Promise<string> {
  for (const [lot, state] of before(events, SCORED)) {
    demand(same(rejectionsOf(lot), lot.evaluation.rejected), STEP, 'the rejections do not follow from the votes')
    demand(same(scoredPrices(lot), v.parse(Scored, state)), STEP, 'the price scores do not follow')
  }
  const hashes = new Set<string>()
  for (const [lot, state] of before(events, RANKED)) {
    const { scored } = lot.evaluation
    demand(scored !== null, STEP, 'ranked before any price was scored')
    demand(same(brandsOf(lot), lot.evaluation.sameBrand), STEP, 'which bid stands for its brand does not follow')
    const { ranking, candidates } = rankingOf(lot)
    const report = draftReport(lot, scored, ranking, candidates)
    const report_hash = await digest(utf8(report))
    const follows = same({ ranking, candidates, report, report_hash }, v.parse(Compiled, state))
    demand(follows, STEP, 'totals, ranks or report do not follow from the sheets')
    hashes.add(report_hash)
  }
  const signed = events.filter((one) => one.topic === 'lot.report-signed.v1').map((one) => v.parse(Signed, one.state))
  demand(signed.every((one) => hashes.has(one.report_hash)), STEP, 'a member signed another report')
  for (const [lot, state] of before(events, REPORTED)) {
    demand(same(await reportedOf(lot), v.parse(Reported, state)), STEP, 'what was reported is not what the members closed')
  }
  return `sheets, price scores, totals, ranks and report computed again; ${String(signed.length)} members signed it`
}

/** What the offices receive, once every member has closed the report. */
async function reportedOf({ bids, evaluation }: Lot): Promise<v.InferOutput<typeof Reported>> {
  const { compiled } = evaluation
  demand(compiled !== null, STEP, 'reported before anything was ranked')
  const report = finalReport(evaluation, compiled.report)
  const names = new Map(bids.map((one) => [one.bidder, one.name]))
  return {
    report,
    report_hash: await digest(utf8(report)),
    candidates: compiled.candidates,
    rejected: evaluation.rejected.map(({ bidder, ground, page, reason }) => ({ bidder, name: names.get(bidder) ?? '', ground, page, reason })),
    ranking: compiled.ranking,
    competition: competitionStatement(evaluation),
  }
}

async function fromMeans(events: readonly Event[]): Promise<readonly string[]> {
  const held: string[] = []
  for (const [lot, state] of before(events, REPORTED)) {
    const { ranking, rejected, report, report_hash } = v.parse(Reported, state)
    const out = new Set(rejected.map((one) => one.bidder))
    const placed = new Set(ranking.map((one) => one.bidder))
    const opened = new Set(lot.bids.map((one) => one.bidder))
    const apart = [...placed, ...out].every((one) => opened.has(one)) && ![...placed].some((one) => out.has(one))
    demand(apart, STEP, 'ranked and rejected at once')
    const again = new Map(priceScores(lot, new Set([...opened].filter((one) => !placed.has(one)))).scores.map((one) => [one.bid, one]))
    for (const one of ranking) {
      const priced = again.get(one.bidder)
      demand(priced !== undefined, STEP, `${one.bidder}: its price cannot be scored`)
      demandPlaced(lot, one, priced)
    }
    demandOrder(lot, ranking)
    demand((await digest(utf8(report))) === report_hash, STEP, 'the report has another hash')
    held.push(`price scores, totals and ranks of ${String(placed.size)} bids computed again from the committee's means`)
  }
  return held
}

function demandPlaced({ notice }: Lot, one: Ranked, again: PriceScore): void {
  const { terms } = notice
  // What the members add or take off by published factors (R-SCORE-09) stands in their sheets alone.
  const known = factorsOf(terms.price_formula).length === 0
  demand(!known || one.evaluated_fen === again.evaluated, STEP, `${one.bidder}: another evaluated price`)
  const technical = sum(one.criteria.map(({ points }) => fraction(points)))
  demand(one.technical === exactText(technical), STEP, `${one.bidder}: other points than the criteria's`)
  if (one.total === '') return
  const weighted = weightedScore(terms, again.score ?? '0')
  const rounding = roundingOf(terms.price_formula)
  const follows = one.price_score === exactText(weighted, rounding.digits) && one.total === rounded(plus(weighted, technical), rounding)
  demand(follows, STEP, `${one.bidder}: price score or total do not follow`)
}

/** Ranks by method. Rank 0: apart, for another stands for the brand, or nobody is ranked (R-DRAW-04). */
function demandOrder({ notice, bids }: Lot, ranking: readonly Ranked[]): void {
  const { method } = notice.terms
  const ranked = ranking.filter((one) => one.rank > 0).sort((left, right) => left.rank - right.rank)
  const completed = new Map(bids.map((one) => [one.bidder, instant(one.completed_at)]))
  const contender = (one: Ranked): Contender => ({
    bid: one.bidder,
    price: String(one.price_fen),
    score: one.total === '' ? '0' : one.total,
    evaluated: one.evaluated_fen,
    credit: null,
    submitted: completed.get(one.bidder) ?? null,
  })
  if (method === 'ENG_REASONABLE_LOW') {
    // Credit grades are not shown to the offices, and may come before the instant that they could compare.
    const apart = ranked.every((one, at) => inOrder('ENG_COMPREHENSIVE', contender(ranked[at - 1] ?? one), contender(one)))
    demand(apart, STEP, 'ranks do not follow from the totals')
    return
  }
  const found = new Map<string, number>()
  for (const group of rank(method, ranked.map(contender))) {
    const place = found.size + 1
    for (const bidder of group) found.set(bidder, place)
  }
  demand(ranked.every((one) => one.rank === found.get(one.bidder)), STEP, 'ranks do not follow from the totals')
}

/** The declarations behind deductions are not public (R-SCORE-06), so this is for works alone. */
function fromPrices(events: readonly Event[]): readonly string[] {
  const [first] = before(events, PUBLICISED)
  if (first === undefined) return []
  const [lot, state] = first
  const { terms, regime } = lot.notice
  // What the published factors come to is not public (R-SCORE-09).
  if (regime !== 'ENG' || factorsOf(terms.price_formula).length > 0) return []
  const { candidates, rejected } = v.parse(Publicised, state)
  const out = new Set(rejected.map((one) => one.bidder))
  const again = new Map(priceScores(lot, out).scores.map((one) => [one.bid, one]))
  const most = sum(terms.criteria.map((one) => fraction(one.max_points)))
  const unit: Fraction = { n: 1n, d: 10n ** BigInt(roundingOf(terms.price_formula).digits) }
  for (const { bidder, total } of candidates) {
    const priced = again.get(bidder)
    demand(priced !== undefined, STEP, `${bidder}: a candidate without a valid bid`)
    if (total === '') continue
    const rest = minus(fraction(total), weightedScore(terms, priced.score ?? '0'))
    const fits = compare(minus(ZERO, unit), rest) <= 0 && compare(rest, plus(most, unit)) <= 0
    demand(fits, STEP, `${bidder}: the total leaves ${rounded(rest, { digits: 2, mode: 'HALF_UP' })} points to the committee`)
  }
  const totals = candidates.filter((one) => one.total !== '').map((one) => fraction(one.total))
  const ordered = totals.every((one, at) => compare(one, totals[at - 1] ?? one) <= 0)
  demand(ordered, STEP, 'a lower total stands before a higher one')
  return [`price scores of ${String(again.size)} valid bids computed again; the candidates' totals fit them`]
}

/** Each event of a kind, with the lot as it stood when that was decided. */
function* before(events: readonly Event[], topic: string): Generator<[Lot, Event['state']]> {
  for (const [place, event] of events.entries()) if (event.topic === topic) yield [lotOf(events.slice(0, place)), event.state]
}

function same(again: unknown, said: unknown): boolean {
  return canonicalText(again) === canonicalText(said)
}
