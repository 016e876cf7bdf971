/** The lot as the scores read it: notice, opened bids, drawn coefficients, and the evaluation so far. */

import * as v from 'valibot'

import type { Event } from '../events'
import { faultsOf } from '../openingfold'
import { Form } from '../shapes'
import type { Draws } from './base'
import { evaluationOf, type Evaluation } from './evaluation'
import { Formula } from './formula'
import { Method } from './ranking'

const Notice = v.object({
  number: v.string(),
  title: v.string(),
  tenderer_name: v.string(),
  agency_name: v.string(),
  ruleset: v.string(),
  regime: v.string(),
  base_fen: v.number(),
  price_limit_fen: v.nullable(v.number()),
  terms: v.object({
    method: Method,
    price_points: v.string(),
    price_formula: Formula,
    criteria: v.array(v.object({ id: v.string(), title: v.string(), max_points: v.string() })),
    candidates: v.number(),
    decision: v.nullish(v.unknown(), null),
    same_brand_tie: v.optional(v.picklist(['DRAW', 'LOWER_PRICE']), 'DRAW'),
  }),
})
type Notice = v.InferOutput<typeof Notice>
export type Terms = Notice['terms']

const Roll = v.object({ roll: v.array(v.object({ bidder: v.string(), completed_at: v.string() })) })
const Table = v.object({ table: v.array(v.object({ bidder: v.string(), name: v.string(), form: v.nullish(Form, null) })) })
const Drawn = v.object({ drawn: v.array(v.object({ coefficient: v.picklist(['k', 'alpha', 'beta']), value: v.string() })) })
const Ended = v.object({ record_hash: v.string() })
const Revealed = v.object({ reference_fen: v.number() })

/** A bid as announced at the opening; `completed_at`, of its receipt, may break a tie (R-SCORE-15). */
export interface OpenedBid {
  readonly bidder: string
  readonly name: string
  readonly price_fen: number
  readonly duration_days: number
  readonly quality: string
  readonly project_lead: string
  readonly completed_at: string
}

/** `reference_fen`: 标底 as published, null where there is none (R-ENG-19). */
export interface Lot {
  readonly notice: Notice
  readonly bids: readonly OpenedBid[]
  readonly draws: Draws
  readonly reference_fen: number | null
  readonly record_hash: string
  readonly evaluation: Evaluation
}

/** The lot that `events` give. RangeError before its notice; ValiError for fields of another shape. */
export function lotOf(events: readonly Event[]): Lot {
  const said = <T extends v.GenericSchema>(topic: string, shape: T): v.InferOutput<T> | undefined => {
    const event = events.findLast((one) => one.topic === topic)
    return event === undefined ? undefined : v.parse(shape, event.state)
  }
  const notice = said('lot.noticed.v1', Notice)
  if (notice === undefined) throw new RangeError('no notice')
  const completed = new Map(said('lot.roll-published.v1', Roll)?.roll.map((one) => [one.bidder, one.completed_at]))
  const table = said('lot.prices-announced.v1', Table)?.table ?? []
  const shut = new Set(faultsOf(events).map((one) => one.bidder))
  return {
    notice,
    bids: table.flatMap(({ bidder, name, form }) => {
      if (form === null || shut.has(bidder)) return [] // shut to the evaluation: it counts as revoked or withdrawn
      const { price_fen, duration_days, quality, project_lead } = form
      const completed_at = completed.get(bidder)
      if (completed_at === undefined) throw new RangeError(`${bidder} is not on the roll`)
      return [{ bidder, name, price_fen, duration_days, quality, project_lead, completed_at }]
    }),
    draws: Object.fromEntries((said('lot.coefficients-drawn.v1', Drawn)?.drawn ?? []).map((one) => [one.coefficient, one.value])),
    reference_fen: said('lot.reference-price-revealed.v1', Revealed)?.reference_fen ?? null,
    record_hash: said('lot.opening-ended.v1', Ended)?.record_hash ?? '',
    evaluation: evaluationOf(events),
  }
}

/** 分: the 最高投标限价 (works), the lower of limit and budget (purchases, R-GP-12); null: no limit was set. */
export function priceCeiling({ regime, price_limit_fen, base_fen }: Notice): number | null {
  if (regime !== 'GP') return price_limit_fen
  return price_limit_fen === null ? base_fen : Math.min(price_limit_fen, base_fen)
}
