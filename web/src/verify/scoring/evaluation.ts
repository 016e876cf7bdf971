/** What the committee has said and computed, event by event, as far as scores and report rest on it. */

import * as v from 'valibot'

import type { Event } from '../events'
import { folded, folding, type Folds } from '../folding'

const Line = v.object({ text: v.string(), value: v.string() })
const Score = v.object({ criterion: v.string(), points: v.string(), reason: v.string(), page: v.string() })
const Adjustment = v.object({ factor: v.string(), amount_fen: v.number(), reason: v.string(), page: v.string() })
/** The closed list (招投条例 51 (一)…(七)), in its order. */
export const GROUNDS = ['一', '二', '三', '四', '五', '六', '七'] as const
const Ground = v.picklist(GROUNDS)
const Sheet = v.object({
  member: v.string(),
  bids: v.array(v.object({ bidder: v.string(), scores: v.array(Score), adjustments: v.optional(v.array(Adjustment), []) })),
  rejections: v.optional(v.array(v.object({ bidder: v.string(), ground: Ground, page: v.string(), reason: v.string() })), []),
})
export type Sheet = v.InferOutput<typeof Sheet>
const Member = v.object({ seat: v.number(), party: v.string() })
const Grade = v.object({ bidder: v.string(), rank: v.number(), standing: v.optional(v.array(v.object({ severity: v.picklist(['minor', 'general', 'serious']), basis: v.string() })), []) })
const Reviewed = v.object({
  bidder: v.string(),
  qualified: v.boolean(),
  page: v.optional(v.string(), ''),
  reason: v.optional(v.string(), ''),
  sme: v.optional(v.picklist(['NONE', 'SMALL_MICRO', 'CONSORTIUM']), 'NONE'),
  domestic: v.optional(v.boolean(), false),
  brand: v.optional(v.string(), ''),
})
const LowPrice = v.object({ bidder: v.string(), price_fen: v.number(), below: v.array(Line) })
const Proposed = v.object({ number: v.number(), bidder: v.string(), kind: v.string(), text: v.string(), page: v.string() })
const Confirmed = v.object({ member: v.string(), bidder: v.string(), criterion: v.string(), points: v.string(), others: v.string(), reason: v.string() })
const Judged = v.object({ bidder: v.string(), accepted: v.boolean(), against: v.number(), members: v.number() })
const Vote = v.object({ member: v.string(), reject: v.boolean(), page: v.optional(v.string(), ''), reason: v.optional(v.string(), '') })
/** `lot.bid-rejected.v1`. */
const Rejected = v.object({
  bidder: v.string(),
  ground: Ground,
  page: v.string(),
  reason: v.string(),
  rule: v.string(),
  votes: v.optional(v.array(Vote), []),
  by_rule: v.optional(v.boolean(), false),
})
export type Rejected = v.InferOutput<typeof Rejected>
const Competition = v.object({ member: v.string(), lacking: v.boolean(), reason: v.string() })
const Pick = v.object({ pool: v.array(v.string()), random: v.string(), drawn: v.string() })
const SameBrand = v.object({ brand: v.string(), kept: v.string(), others: v.array(v.string()), choice: v.picklist(['SCORE', 'PRICE', 'DRAW']), pick: v.nullish(Pick, null) })
export type SameBrand = v.InferOutput<typeof SameBrand>
const PriceResult = v.object({ bidder: v.string(), price_fen: v.number(), evaluated_fen: v.string(), score: v.string(), derivation: v.optional(v.array(Line), []) })
export type PriceResult = v.InferOutput<typeof PriceResult>
/** `lot.prices-scored.v1`. */
export const Scored = v.object({ formula: v.string(), outcome: v.string(), base_fen: v.string(), base_derivation: v.array(Line), scores: v.array(PriceResult) })
export type Scored = v.InferOutput<typeof Scored>
/** `rank` from 1, equal ranks are parallel, 0: not to be recommended; `technical`: sum of the criteria. */
export const Ranked = v.object({
  bidder: v.string(),
  rank: v.number(),
  total: v.string(),
  price_score: v.string(),
  technical: v.string(),
  price_fen: v.number(),
  evaluated_fen: v.string(),
  criteria: v.optional(v.array(v.object({ criterion: v.string(), points: v.string() })), []),
})
export type Ranked = v.InferOutput<typeof Ranked>
/** 评定分离: `rank` 0 and no `total`, but the `reason` why it is recommended (R-DRAW-04). */
export const Candidate = v.object({
  bidder: v.string(),
  name: v.string(),
  rank: v.number(),
  price_fen: v.number(),
  total: v.string(),
  duration_days: v.number(),
  quality: v.string(),
  project_lead: v.string(),
  reason: v.optional(v.string(), ''),
})
export type Candidate = v.InferOutput<typeof Candidate>
/** `lot.bids-ranked.v1`. */
export const Compiled = v.object({ ranking: v.array(Ranked), candidates: v.array(Candidate), report: v.string(), report_hash: v.string() })
export type Compiled = v.InferOutput<typeof Compiled>
const Signed = v.object({ member: v.string(), report_hash: v.string(), dissent: v.string() })

type Request = v.InferOutput<typeof Proposed> & { readonly asked_at: string | null; readonly reply: string; readonly replied_at: string | null }
interface Correction { readonly member: string; readonly bidder: string; readonly criterion: string; readonly was: string; readonly now: string }
export interface Signature { readonly member: string; readonly dissent: string; readonly refused: boolean }

/** `sheets`: last sheet of each member; `revealed`: whether the committee has seen all; `scored`, `compiled`: from them, null before. */
export interface Evaluation {
  readonly committee: readonly v.InferOutput<typeof Member>[]
  readonly experts: number
  readonly unsealed_at: string | null
  readonly graded_at: string | null
  readonly grades: readonly v.InferOutput<typeof Grade>[]
  readonly qualification: readonly v.InferOutput<typeof Reviewed>[]
  readonly lowPrices: readonly v.InferOutput<typeof LowPrice>[]
  readonly requests: readonly Request[]
  readonly sheets: readonly Sheet[]
  readonly revealed: boolean
  readonly confirmed: readonly v.InferOutput<typeof Confirmed>[]
  readonly corrected: readonly Correction[]
  readonly judgements: readonly v.InferOutput<typeof Judged>[]
  readonly rejected: readonly Rejected[]
  readonly competition: readonly v.InferOutput<typeof Competition>[]
  readonly sameBrand: readonly SameBrand[]
  readonly scored: Scored | null
  readonly compiled: Compiled | null
  readonly signatures: readonly Signature[]
}

/** Nothing computed from earlier sheets outlives a change of the sheets. */
const UNCOMPILED = { judgements: [], rejected: [], competition: [], sameBrand: [], scored: null, compiled: null, signatures: [] }
/** The opened envelopes, what bidders answered and who sits stay; every conclusion goes. */
const BEGUN_ANEW = { ...UNCOMPILED, qualification: [], sheets: [], revealed: false, confirmed: [], corrected: [] }
const EMPTY: Evaluation = { ...BEGUN_ANEW, committee: [], experts: 0, unsealed_at: null, graded_at: null, grades: [], lowPrices: [], requests: [] }

const by = folding<Evaluation>()

const FOLDS: Folds<Evaluation> = {
  'lot.credit-grades-recorded.v1': by(v.object({ at: v.string(), grades: v.array(Grade) }), (said) => ({ graded_at: said.at, grades: said.grades })),
  'lot.committee-drawn.v1': by(v.object({ members: v.array(Member) }), (said) => ({ committee: said.members })),
  'lot.committee-disclosed.v1': by(v.object({ members: v.array(Member) }), (said) => ({ committee: said.members })),
  'lot.member-replaced.v1': by(v.object({ member: Member }), (said, known) => ({
    committee: [...known.committee, said.member].sort((left, right) => left.seat - right.seat),
  })),
  // 招投条例 48: the conclusions of a member who leaves are void, and what was computed with them.
  'lot.member-recused.v1': by(v.object({ member: v.string() }), (said, known) => ({
    ...UNCOMPILED,
    committee: known.committee.filter((one) => one.party !== said.member),
    sheets: known.sheets.filter((one) => one.member !== said.member),
  })),
  'lot.sheet-submitted.v1': by(Sheet, (said, known) => ({
    ...UNCOMPILED,
    sheets: [...known.sheets.filter((one) => one.member !== said.member), said],
    corrected: known.revealed ? [...known.corrected, ...corrections(known.sheets, [said])] : known.corrected,
  })),
  'lot.committee-unsealed.v1': by(v.object({ experts: v.number(), at: v.string() }), (said) => ({ experts: said.experts, unsealed_at: said.at })),
  'lot.qualification-reviewed.v1': by(v.object({ results: v.array(Reviewed) }), (said) => ({ qualification: said.results })),
  'lot.low-prices-found.v1': by(v.object({ found: v.array(LowPrice) }), (said) => ({ lowPrices: said.found })),
  'lot.bid-clarification-proposed.v1': by(Proposed, (said, known) => ({
    requests: [...known.requests, { ...said, asked_at: null, reply: '', replied_at: null }],
  })),
  'lot.bid-clarification-asked.v1': by(v.object({ number: v.number(), at: v.string() }), (said, known) => ({
    requests: known.requests.map((one) => (one.number === said.number ? { ...one, asked_at: said.at } : one)),
  })),
  'lot.bid-clarification-replied.v1': by(v.object({ number: v.number(), at: v.string(), text: v.string() }), (said, known) => ({
    requests: known.requests.map((one) => (one.number === said.number ? { ...one, reply: said.text, replied_at: said.at } : one)),
  })),
  'lot.scores-revealed.v1': by(v.object({ sheets: v.array(Sheet) }), (said, known) => ({
    ...UNCOMPILED,
    sheets: said.sheets,
    revealed: true,
    corrected: known.revealed ? [...known.corrected, ...corrections(known.sheets, said.sheets)] : known.corrected,
  })),
  'lot.score-confirmed.v1': by(Confirmed, (said, known) => ({ confirmed: [...known.confirmed, said] })),
  'lot.bid-rejected.v1': by(Rejected, (said, known) => ({ rejected: [...known.rejected, said] })),
  'lot.price-explanation-judged.v1': by(Judged, (said, known) => ({ judgements: [...known.judgements, said] })),
  'lot.competition-stated.v1': by(Competition, (said, known) => ({ competition: [...known.competition, said] })),
  'lot.same-brand-resolved.v1': by(SameBrand, (said, known) => ({ sameBrand: [...known.sameBrand, said] })),
  'lot.prices-scored.v1': by(Scored, (said) => ({ scored: said })),
  'lot.bids-ranked.v1': by(Compiled, (said) => ({ compiled: said })),
  'lot.report-signed.v1': by(Signed, (said, known) => ({ signatures: [...known.signatures, { ...said, refused: false }] })),
  'lot.report-refused.v1': by(v.object({ member: v.string() }), (said, known) => ({
    signatures: [...known.signatures, { ...said, dissent: '', refused: true }],
  })),
  'lot.evaluation-reopened.v1': (known) => ({ ...known, ...BEGUN_ANEW }),
  'lot.committee-dismissed.v1': (known) => ({ ...known, ...BEGUN_ANEW, committee: [], experts: 0, unsealed_at: null }),
}

export function evaluationOf(events: readonly Event[]): Evaluation {
  return folded(FOLDS, EMPTY, events)
}

/** R-SCORE-05: each member's points `after` that are not what the same member gave `before`. */
function corrections(before: readonly Sheet[], after: readonly Sheet[]): Correction[] {
  const given = (sheets: readonly Sheet[]) =>
    sheets.flatMap(({ member, bids }) => bids.flatMap(({ bidder, scores }) => scores.map(({ criterion, points }) => ({ member, bidder, criterion, points }))))
  const key = (one: { member: string; bidder: string; criterion: string }): string => JSON.stringify([one.member, one.bidder, one.criterion])
  const was = new Map(given(before).map((one) => [key(one), one.points]))
  return given(after).flatMap(({ points, ...one }) => {
    const earlier = was.get(key(one)) ?? points
    return earlier === points ? [] : [{ ...one, was: earlier, now: points }]
  })
}
