/** The steps of docs/draws.md, "The experts", on a lot's published record, in the reader's own browser. */

import { b64, hex, unb64 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

import type { LotRecord } from './recompute'

/** What is checked, in this order. */
export const EXPERT_CHECKS = ['transcript', 'pool', 'offices', 'beacon', 'seed', 'order', 'seats'] as const
export type ExpertCheck = (typeof EXPERT_CHECKS)[number]

export interface RecomputedExperts {
  /** Tickets that sit, as the platform said it, and as it came out here. */
  readonly said: readonly string[]
  readonly found: readonly string[]
  readonly checks: Readonly<Record<ExpertCheck, boolean>>
  readonly tickets: number
}

interface Slip {
  readonly ticket: string
  readonly trade: string
}

interface Shown {
  readonly source: string
  readonly party: string | null
  readonly commitment: string | null
  readonly nonce: string | null
}

interface Transcript {
  readonly lot: string
  readonly notice: string
  readonly draw: string
  readonly pool: readonly Slip[]
  readonly quotas: readonly { readonly trade: string; readonly count: number }[]
  readonly nonces: readonly Shown[]
  readonly reserve: Shown
  readonly beacon: { readonly anchor: string; readonly value: string | null }
}

interface Said {
  readonly notice_hash: string
  readonly terms: { readonly expert_draw: { readonly anchor: string } | null }
  readonly pool: readonly Slip[]
  readonly quotas: Transcript['quotas']
  readonly commitment: string
  readonly reserve: string
  readonly anchor?: string
  readonly source: string
  readonly value: string
  readonly transcript: string
  readonly seed: string
  readonly order: readonly string[]
  readonly drawn: readonly string[]
}

/** The last draw of the record that is through: the first, or a later round. Null before anybody was drawn. Never throws for what a record says wrongly: that is a check failed. */
export async function recomputedExperts(record: LotRecord): Promise<RecomputedExperts | null> {
  const events = record.events.map(({ topic, state }) => ({ topic, said: JSON.parse(state) as Said }))
  const of = (topic: string): Said[] => events.filter((one) => one.topic === `lot.${topic}.v1`).map((one) => one.said)
  const [notice, opened, drawn] = [of('noticed').at(-1), of('expert-draw-opened').at(-1), of('experts-drawn').at(-1)]
  if (!notice || !opened || !drawn) return null
  const frozen = events.findLastIndex((one) => one.topic === 'lot.expert-draw-opened.v1')
  const begun = events.slice(0, frozen).findLastIndex((one) => one.topic === 'lot.expert-round-opened.v1')
  const early = events.slice(begun + 1, frozen).filter((one) => one.topic === 'lot.expert-draw-committed.v1')
  const promised = new Set(early.flatMap(({ said }) => [said.commitment, said.reserve]))
  const shown = of('draw-revealed').findLast(({ source }) => source === 'beacon')
  const head = begun < 0 ? (shown?.value ?? notice.terms.expert_draw?.anchor) : (early.findLast(({ said }) => said.anchor)?.said.anchor ?? '')

  const said = JSON.parse(drawn.transcript) as Transcript
  const seed = await seedOf(drawn.transcript)
  const tickets = said.pool.map(({ ticket }) => ticket)
  const order = tickets.length ? await draw(seed, tickets, tickets.length) : []
  const found = seats(order, new Map(said.pool.map(({ ticket, trade }) => [ticket, trade])), said.quotas)
  const { anchor, value } = said.beacon
  const revealed = [...said.nonces, said.reserve].filter((one) => one.nonce)
  return {
    said: drawn.drawn,
    found,
    tickets: tickets.length,
    checks: {
      transcript: canonicalText(said) === drawn.transcript && said.notice === notice.notice_hash,
      pool: canonicalText([said.pool, said.quotas]) === canonicalText([opened.pool, opened.quotas]),
      offices: (await Promise.all(revealed.map((one) => kept(said.lot, one, said.draw, promised)))).every(Boolean),
      beacon: anchor === head && (value === null || (await fits(said.lot, value, anchor))),
      seed: hex(seed) === drawn.seed,
      order: canonicalText(order) === canonicalText(drawn.order),
      seats: canonicalText(found) === canonicalText(drawn.drawn),
    },
  }
}

/** Condition by condition, each time the first ones of the order that fit. */
function seats(order: readonly string[], trades: ReadonlyMap<string, string>, quotas: Transcript['quotas']): string[] {
  const taken: string[] = []
  for (const { trade, count } of quotas) {
    const fitting = order.filter((ticket) => !taken.includes(ticket) && (trade === '' || trade === trades.get(ticket)))
    taken.push(...fitting.slice(0, count))
  }
  return taken
}

async function kept(lot: string, one: Shown, purpose: string, promised: ReadonlySet<string>): Promise<boolean> {
  try {
    const made = await commitment([lot, one.party ?? '', one.source, purpose], unb64(one.nonce ?? ''))
    return made === one.commitment && promised.has(made)
  } catch {
    return false // no base64url
  }
}

async function fits(lot: string, value: string, anchor: string): Promise<boolean> {
  try {
    return b64(await link(lot, unb64(value))) === anchor
  } catch {
    return false // no base64url
  }
}
