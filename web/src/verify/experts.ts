/** The draws of the experts, done again from what everybody may see: tickets, not names (R-EVAL-07, R-DRAW-02; docs/draws.md). */

import * as v from 'valibot'

import { concat, digest, equal, hex, unb64, utf8 } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

import { all, first, last, places, type Read } from './events'
import { demand } from './steps'

const STEP = 'experts'
const PURPOSE = 'experts'
const RESERVE = 'reserve'
const ORDER = ['supervisor', 'agency', 'beacon', RESERVE]

const Quota = v.looseObject({ trade: v.string(), count: v.number() })
const Notice = v.object({
  notice_hash: v.string(),
  terms: v.object({
    committee_size: v.number(),
    tenderer_reps: v.number(),
    expert_draw: v.nullish(v.object({ anchor: v.string(), trades: v.optional(v.array(Quota), []) })),
  }),
})
const Committed = v.object({ office: v.string(), commitment: v.string(), reserve: v.string(), by: v.string(), anchor: v.optional(v.string(), '') })
const Begun = v.object({ round: v.number(), quotas: v.array(Quota), whole: v.boolean() })
const Opened = v.object({
  pool: v.array(v.looseObject({ ticket: v.string(), trade: v.string() })),
  pool_sha256: v.string(),
  quotas: v.array(Quota),
})
const Shown = v.object({ source: v.string(), value: v.string() })
const Drawn = v.object({ transcript: v.string(), seed: v.string(), order: v.array(v.string()), drawn: v.array(v.string()) })
const Succeeded = v.object({ trade: v.string(), passed: v.array(v.string()), drawn: v.string() })
type Opened = v.InferOutput<typeof Opened>
type Drawn = v.InferOutput<typeof Drawn>

type Begun = v.InferOutput<typeof Begun>

/** One draw: the first, or a `round` held because the order before had nobody left for a seat. `read`: its events. */
interface Round {
  readonly number: number
  readonly begun: Begun | null
  readonly read: Read
  readonly purpose: string
}

interface Held {
  readonly party: string
  readonly commitment: string
}

/** What holds, in English; null where no such draw has begun. */
export async function checkExperts(read: Read): Promise<string | null> {
  const notice = last(read, 'lot.noticed.v1', Notice)
  const rule = notice?.terms.expert_draw
  if (notice === undefined || rule === undefined || rule === null) {
    const begun = ['lot.expert-draw-opened.v1', 'lot.experts-drawn.v1', 'lot.expert-round-opened.v1'].some((topic) => places(read, topic).length > 0)
    demand(!begun, STEP, 'the notice declares no such draw')
    return null
  }
  const opened = places(read, 'lot.opening-ended.v1')[0] ?? Infinity
  demand(places(read, 'lot.expert-draw-opened.v1').every((place) => place > opened), STEP, 'frozen before the opening ended')
  // The first beacon stands behind the value that the coefficients' draw ended with, else behind the chain's head.
  const anchor = all(read, 'lot.draw-revealed.v1', Shown).find((one) => one.source === 'beacon')?.value ?? rule.anchor
  const said: string[] = []
  let drawn = true
  for (const round of rounds(read)) {
    demand(drawn, STEP, 'another round before the one before had drawn')
    demand(round.begun === null || round.begun.round === round.number, STEP, 'a round out of turn')
    const found = await checkRound(round, notice, rule, round.begun === null ? anchor : anchorOf(round.read))
    if (found !== null) said.push(found)
    drawn = places(round.read, 'lot.experts-drawn.v1').length > 0
  }
  return said.length > 0 ? said.join('; ') : null
}

function rounds(read: Read): Round[] {
  const parts: { begun: Begun | null; events: Read['events'][number][] }[] = [{ begun: null, events: [] }]
  for (const one of read.events) {
    if (one.topic === 'lot.expert-round-opened.v1') parts.push({ begun: v.parse(Begun, one.state), events: [] })
    parts.at(-1)?.events.push(one)
  }
  return parts.map(({ begun, events }, at) => ({ number: at + 1, begun, read: { ...read, events }, purpose: at === 0 ? PURPOSE : `${PURPOSE}/${String(at + 1)}` }))
}

/** The head that the supervisor committed to for a later round; nothing links to "". */
function anchorOf(read: Read): string {
  return all(read, 'lot.expert-draw-committed.v1', Committed).findLast((one) => one.anchor !== '')?.anchor ?? ''
}

async function checkRound({ begun, read, purpose }: Round, notice: v.InferOutput<typeof Notice>, rule: { readonly trades: readonly v.InferOutput<typeof Quota>[] }, anchor: string): Promise<string | null> {
  const opened = first(read, 'lot.expert-draw-opened.v1', Opened)
  const drawn = first(read, 'lot.experts-drawn.v1', Drawn)
  if (opened === undefined) return null
  await checkFrozen(read, opened)
  if (begun === null || begun.whole) {
    demand(rule.trades.length === 0 || canonicalText(rule.trades) === canonicalText(opened.quotas), STEP, 'other conditions than those of the notice')
    const experts = notice.terms.committee_size - notice.terms.tenderer_reps
    demand(opened.quotas.reduce((sum, one) => sum + one.count, 0) === experts, STEP, "another number than the notice's")
  } else {
    demand(canonicalText(begun.quotas) === canonicalText(opened.quotas), STEP, "other seats than the round's")
  }
  const promised = promises(read)
  const revealed = await checkReveals(read, promised, anchor, purpose)
  if (drawn === undefined) return `a pool of ${String(opened.pool.length)} tickets frozen`
  const shown = (source: string): unknown => ({
    source,
    party: promised.get(source)?.party ?? null,
    commitment: promised.get(source)?.commitment ?? null,
    nonce: revealed.get(source) ?? null,
  })
  const transcript = canonicalText({
    v: 1,
    lot: read.record.lot,
    notice: notice.notice_hash,
    draw: purpose,
    pool: opened.pool,
    pool_sha256: opened.pool_sha256,
    quotas: opened.quotas,
    order: ORDER,
    nonces: [shown('supervisor'), shown('agency')],
    beacon: { anchor, value: revealed.get('beacon') ?? null },
    reserve: shown(RESERVE),
  })
  const seed = await seedOf(transcript)
  const order = await draw(seed, opened.pool.map((one) => one.ticket), opened.pool.length)
  const follows =
    drawn.transcript === transcript && drawn.seed === hex(seed) && alike(drawn.order, order) && alike(drawn.drawn, seats(order, opened))
  demand(follows, STEP, 'does not follow from what was revealed')
  checkSucceeded(read, opened, drawn)
  return `the ${String(drawn.drawn.length)} tickets that sit follow from the nonces and the beacon revealed`
}

/** Frozen after the commitments, before any reveal. */
async function checkFrozen(read: Read, opened: Opened): Promise<void> {
  const tickets = opened.pool.map((one) => one.ticket)
  demand(alike(tickets, [...new Set(tickets)].sort()), STEP, 'a ticket stands twice or out of order')
  const named = opened.pool.map(({ ticket, trade }) => `${ticket} ${trade}`)
  const hashed = await digest(concat(utf8('bidding/draw/pool/v1\0'), canonical(named)))
  demand(hashed === opened.pool_sha256, STEP, 'the pool is not the one that its hash names')
  const at = places(read, 'lot.expert-draw-opened.v1')[0] ?? -1
  const committed = places(read, 'lot.expert-draw-committed.v1')
  demand(committed.length > 0 && committed.every((place) => place < at), STEP, 'committed after the pool was frozen, or by nobody')
  demand(promises(read).has('agency'), STEP, "no agency's commitment")
}

function promises(read: Read): ReadonlyMap<string, Held> {
  const found = new Map<string, Held>()
  for (const one of all(read, 'lot.expert-draw-committed.v1', Committed)) {
    found.set(one.office, { party: one.by, commitment: one.commitment })
    if (one.reserve !== '') found.set(RESERVE, { party: one.by, commitment: one.reserve })
  }
  return found
}

/** Source → value (base64url), each in its turn and what its commitment or the anchor holds it to. */
async function checkReveals(read: Read, promised: ReadonlyMap<string, Held>, anchor: string, purpose: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const waiting = ['supervisor', 'agency'].filter((source) => promised.has(source)).concat('beacon')
  for (const { topic, state } of read.events) {
    if (topic === 'lot.expert-draw-reveal-missed.v1') {
      const { source } = v.parse(v.object({ source: v.string() }), state)
      demand(source === waiting.shift(), STEP, `${source} out of order`)
      if (source === 'beacon' && promised.has(RESERVE)) waiting.push(RESERVE)
    } else if (topic === 'lot.expert-draw-revealed.v1') {
      const { source, value } = v.parse(Shown, state)
      demand(source === waiting.shift(), STEP, `${source} out of order`)
      demand(await fits(read.record.lot, source, value, promised.get(source), anchor, purpose), STEP, `${source}: not what it committed to`)
      found.set(source, value)
    }
  }
  demand(waiting.length === 0 || places(read, 'lot.experts-drawn.v1').length === 0, STEP, 'drawn while a reveal was awaited')
  return found
}

async function fits(lot: string, source: string, value: string, promised: Held | undefined, anchor: string, purpose: string): Promise<boolean> {
  const raw = unb64(value)
  if (source === 'beacon') return anchor !== '' && equal(await link(lot, raw), unb64(anchor))
  return promised !== undefined && (await commitment([lot, promised.party, source, purpose], raw)) === promised.commitment
}

/** The tickets that sit, quota by quota, each time the first ones of the order that fit. */
function seats(order: readonly string[], { pool, quotas }: Opened): string[] {
  const trades = new Map(pool.map((one) => [one.ticket, one.trade]))
  const taken: string[] = []
  for (const { trade, count } of quotas) {
    taken.push(...order.filter((one) => !taken.includes(one) && (trade === '' || trades.get(one) === trade)).slice(0, count))
  }
  return taken
}

/** Seats taken later: each by the next of the same order, those of the trade first. */
function checkSucceeded(read: Read, { pool }: Opened, drawn: Drawn): void {
  const trades = new Map(pool.map((one) => [one.ticket, one.trade]))
  const used = new Set(drawn.drawn)
  for (const one of all(read, 'lot.expert-succeeded.v1', Succeeded)) {
    const left = drawn.order.filter((ticket) => !used.has(ticket))
    const fitting = (ticket: string): boolean => one.trade === '' || one.trade === trades.get(ticket)
    const waiting = [...left.filter(fitting), ...left.filter((ticket) => !fitting(ticket))]
    const want = [...one.passed, one.drawn]
    demand(alike(waiting.slice(0, want.length), want), STEP, 'a seat was taken out of the order of the draw')
    for (const ticket of want) used.add(ticket)
  }
}

function alike(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((one, at) => one === right[at])
}
