/**
 * Scores, in part (R-SCORE-01, R-EVAL-03): sums, totals, bounds, ranks and the report's hash. The price scores themselves
 * and the members' sheets are computed again by `bidding verify` alone.
 */

import * as v from 'valibot'

import { digest, utf8 } from '@/crypto/bytes'

import { last, type Event, type Read } from './events'
import { compare, fraction, near, plus, sum, ZERO, type Fraction } from './fractions'
import type { Imported } from './shapes'
import { demand } from './steps'

const STEP = 'scores'

const Terms = v.object({
  regime: v.string(),
  terms: v.object({
    method: v.string(),
    price_points: v.string(),
    criteria: v.array(v.object({ max_points: v.string() })),
    price_formula: v.looseObject({
      kind: v.string(),
      factors: v.optional(v.array(v.unknown()), []),
      rounding: v.optional(v.nullable(v.looseObject({ digits: v.number() })), null),
    }),
  }),
})
const Published = v.object({
  candidates: v.array(v.object({ bidder: v.string(), total: v.string() })),
  rejected: v.array(v.object({ bidder: v.string() })),
})
const Reported = v.object({
  ranking: v.array(
    v.object({
      bidder: v.string(),
      rank: v.number(),
      total: v.string(),
      price_score: v.string(),
      technical: v.string(),
      criteria: v.array(v.object({ points: v.string() })),
    }),
  ),
  rejected: v.array(v.object({ bidder: v.string() })),
  report: v.string(),
  report_hash: v.string(),
})
/** 综合评估法, 综合评分法, 合理低价法: the higher total stands first. */
const BY_TOTAL = new Set(['ENG_COMPREHENSIVE', 'GP_COMPREHENSIVE', 'ENG_REASONABLE_LOW'])
const DIGITS = 2

/** Of what everybody holds: works alone, for of purchases the declarations behind the deductions are not public. */
export function checkCandidateTotals(read: Read, imported: Imported): number | null {
  const notice = last(read, 'lot.noticed.v1', Terms)
  const published = last(read, 'lot.candidates-publicised.v1', Published)
  if (published === undefined || notice?.regime !== 'ENG' || notice.terms.price_formula.factors.length > 0) return null
  const { price_points, criteria } = notice.terms
  const most = sum([price_points, ...criteria.map((one) => one.max_points)].map(fraction))
  const out = new Set(published.rejected.map((one) => one.bidder))
  const valid = new Set(imported.results.flatMap((one) => (one.opened && !out.has(one.bidder) ? [one.bidder] : [])))
  const totals: Fraction[] = []
  for (const { bidder, total } of published.candidates) {
    demand(valid.has(bidder), STEP, `${bidder}: a candidate without a valid bid`)
    if (total === '') continue
    const found = fraction(total)
    demand(compare(found, ZERO) >= 0 && compare(found, most) <= 0, STEP, `${bidder}: a total that price and committee together could not give`)
    totals.push(found)
  }
  const ordered = totals.every((one, at) => compare(one, totals[at - 1] ?? one) <= 0)
  demand(ordered, STEP, 'a lower total stands before a higher one')
  return published.candidates.length
}

/** Of what the offices hold: the committee's means, each bid's totals and ranks, and the report. */
export async function checkReported(read: Read, added: readonly Event[]): Promise<number | null> {
  const notice = last(read, 'lot.noticed.v1', Terms)
  const reported = added.filter((one) => one.topic === 'lot.evaluation-reported.v1')
  let count: number | null = null
  for (const { state } of reported) {
    const { ranking, rejected, report, report_hash } = v.parse(Reported, state)
    const out = new Set(rejected.map((one) => one.bidder))
    for (const one of ranking) {
      demand(!out.has(one.bidder), STEP, `${one.bidder}: ranked and rejected at once`)
      const technical = fraction(one.technical)
      demand(compare(sum(one.criteria.map(({ points }) => fraction(points))), technical) === 0, STEP, `${one.bidder}: other points than the criteria's`)
      if (one.total === '') continue
      const digits = notice?.terms.price_formula.rounding?.digits ?? DIGITS
      demand(near(plus(fraction(one.price_score), technical), fraction(one.total), digits), STEP, `${one.bidder}: the total does not follow`)
    }
    const ranked = ranking.filter((one) => one.rank > 0 && one.total !== '').sort((left, right) => left.rank - right.rank)
    const ordered = ranked.every((one, at) => compare(fraction(one.total), fraction(ranked[at - 1]?.total ?? one.total)) <= 0)
    demand(ordered || !BY_TOTAL.has(notice?.terms.method ?? ''), STEP, 'ranks do not follow from the totals')
    demand((await digest(utf8(report))) === report_hash, STEP, 'the report has another hash')
    count = ranking.length
  }
  return count
}
