/** A member's sheet as it is filled in: kept as typed, checked before it goes out. */

import type { BodyOf, Got, Schemas } from '@/api/types'
import { parseYuan, toWire, yuan } from '@/money'

export type Own = Got<'/lots/{lot_id}/evaluation/sheet'>
export type Duty = Own['duty']
export type Criterion = NonNullable<Got<'/lots/{lot_id}'>['notice']['terms']>['criteria'][number]
/** 量化因素: what is added to a price, or taken off it, to compare it (R-SCORE-09). */
export type Factor = Schemas['PriceFactor']
export type Ground = Schemas['bidding.domain.evaluation.sheets.Ground']
export const GROUNDS = ['一', '二', '三', '四', '五', '六', '七'] as const satisfies readonly Ground[]

export interface Row {
  points: string
  reason: string
  page: string
}
export interface Vote {
  on: boolean
  ground: Ground | ''
  reason: string
  page: string
}
/** By bidder; rows by criterion and by factor, whose points are an amount as typed. */
export interface Filled {
  rows: Record<string, Record<string, Row>>
  votes: Record<string, Vote>
}

export interface Fault {
  readonly kind: 'points' | 'amount' | 'reason' | 'page' | 'ground'
  readonly bidder: string
  readonly criterion: string
}

const PRESSING: ReadonlySet<Duty> = new Set<Duty>(['sign-in', 'score', 'correct', 'state-competition', 'sign'])
/** Whether the member must act, and does not wait for others. */
export function pressing(duty: Duty): boolean {
  return PRESSING.has(duty)
}

export function factorsOf(terms: NonNullable<Got<'/lots/{lot_id}'>['notice']['terms']> | null): readonly Factor[] {
  return terms?.price_formula.kind === 'eng-lowest-evaluated-price' ? terms.price_formula.factors : []
}

export function empty(own: Own, criteria: readonly Criterion[], factors: readonly Factor[] = []): Filled {
  const given = new Map(own.sheet?.bids.map((bid) => [bid.bidder, saidOf(bid)]))
  const votes = new Map(own.sheet?.rejections.map((one) => [one.bidder, one]))
  const rows: Filled['rows'] = {}
  const cast: Filled['votes'] = {}
  for (const { bidder } of own.bids) {
    rows[bidder] = Object.fromEntries(
      [...criteria, ...factors].map(({ id }) => {
        const said = given.get(bidder)?.get(id)
        return [id, { points: said?.points ?? '', reason: said?.reason ?? '', page: said?.page ?? '' }]
      }),
    )
    const vote = votes.get(bidder)
    cast[bidder] = { on: vote !== undefined, ground: vote?.ground ?? '', reason: vote?.reason ?? '', page: vote?.page ?? '' }
  }
  return { rows, votes: cast }
}

function saidOf(bid: Schemas['BidScores']): Map<string, Row> {
  return new Map([
    ...bid.scores.map(({ criterion, points, reason, page }): [string, Row] => [criterion, { points, reason, page }]),
    ...bid.adjustments.map(({ factor, amount_fen: fen, reason, page }): [string, Row] => [factor, { points: yuan(fen).replace('−', '-'), reason, page }]),
  ])
}

const POINTS = /^(0|[1-9]\d{0,3})(\.\d{1,4})?$/

export function normal(points: string): string {
  return points.normalize('NFKC').trim()
}

/** Decimal text that is no more than the other, without floating point: both have at most four decimals. */
function within(points: string, most: string): boolean {
  const scaled = (text: string): bigint => {
    const [whole = '0', rest = ''] = text.split('.')
    return BigInt(whole) * 10_000n + BigInt(rest.padEnd(4, '0').slice(0, 4))
  }
  return POINTS.test(points) && scaled(points) <= scaled(most)
}

/** Whether the row says anything at all. */
function begun(filled: Filled, bidder: string): boolean {
  return Object.values(filled.rows[bidder] ?? {}).some((row) => row.points.trim() !== '')
}

/** The typed amount in 分; null for none, or one beyond the factor's bounds. */
function amountOf(typed: string, { least_fen: least, most_fen: most }: Factor): bigint | null {
  const fen = parseYuan(typed)
  return fen !== null && fen >= BigInt(least) && fen <= BigInt(most) ? fen : null
}

/** What keeps this bid's part from being handed in. A bid voted against needs no points, but whole ones if any. */
export function faultsOf(filled: Filled, bidder: string, criteria: readonly Criterion[], factors: readonly Factor[] = []): Fault[] {
  const vote = filled.votes[bidder]
  const found: Fault[] = []
  if (vote?.on && !(vote.ground && vote.reason.trim() && vote.page.trim())) found.push({ kind: 'ground', bidder, criterion: '' })
  if (vote?.on && !begun(filled, bidder)) return found
  const rowOf = (id: string): Row => filled.rows[bidder]?.[id] ?? { points: '', reason: '', page: '' }
  const shown = (id: string, right: boolean, kind: 'points' | 'amount'): void => {
    if (!right) found.push({ kind, bidder, criterion: id })
    if (!rowOf(id).reason.trim()) found.push({ kind: 'reason', bidder, criterion: id })
    if (!rowOf(id).page.trim()) found.push({ kind: 'page', bidder, criterion: id })
  }
  for (const { id, max_points: most } of criteria) shown(id, within(normal(rowOf(id).points), most), 'points')
  for (const factor of factors) shown(factor.id, amountOf(rowOf(factor.id).points, factor) !== null, 'amount')
  return found
}

/** The act's fields. */
export function sheetOf(filled: Filled, own: Own, criteria: readonly Criterion[], factors: readonly Factor[] = []): BodyOf<'evaluation/submit-scores'> {
  const voted = own.bids.filter(({ bidder }) => filled.votes[bidder]?.on)
  const scored = own.bids.filter(({ bidder }) => !filled.votes[bidder]?.on || begun(filled, bidder))
  return {
    sheet: scored.map(({ bidder }) => ({
      bidder,
      adjustments: factors.map((factor) => {
        const row = filled.rows[bidder]?.[factor.id]
        return { factor: factor.id, amount_fen: toWire(amountOf(row?.points ?? '', factor) ?? 0n), reason: (row?.reason ?? '').trim(), page: (row?.page ?? '').trim() }
      }),
      scores: criteria.map(({ id }) => {
        const row = filled.rows[bidder]?.[id]
        return { criterion: id, points: normal(row?.points ?? ''), reason: (row?.reason ?? '').trim(), page: (row?.page ?? '').trim() }
      }),
    })),
    rejections: voted.map(({ bidder }) => {
      const vote = filled.votes[bidder]
      return { bidder, ground: vote?.ground as Ground, page: (vote?.page ?? '').trim(), reason: (vote?.reason ?? '').trim() }
    }),
  }
}
