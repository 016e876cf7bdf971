/** The steps of docs/draws.md, "Compute it yourself", on a lot's published record, in the reader's own browser. */

import { b64, hex, unb64 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

/** What is checked of each coefficient, in this order. */
export const CHECKS = ['transcript', 'pool', 'offices', 'bids', 'beacon', 'seed', 'value'] as const
export type Check = (typeof CHECKS)[number]

export interface Recomputed {
  readonly draw: string
  /** As the platform said it, and as it came out here. */
  readonly said: string
  readonly found: string
  readonly checks: Readonly<Record<Check, boolean>>
  /** The opened bids whose nonces went into it. */
  readonly bids: number
}

export interface LotRecord {
  readonly events: readonly { readonly topic: string; readonly state: string }[]
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
  readonly pool: readonly string[]
  readonly nonces: readonly Shown[]
  readonly reserve: Shown
  readonly bids: readonly { readonly bidder: string; readonly nonce: string }[]
  readonly beacon: { readonly value: string | null }
}

interface Said {
  readonly notice_hash: string
  readonly terms: { readonly draw: { readonly anchor: string; readonly pools: readonly { readonly coefficient: string; readonly values: readonly string[] }[] } }
  readonly manifests: readonly { readonly bidder: string; readonly manifest: string }[]
  readonly drawn: readonly { readonly transcript: string; readonly seed: string; readonly value: string }[]
  readonly commitment: string
  readonly reserve: string
}

/** Every coefficient drawn; empty before anything was. Never throws for what a record says wrongly: that is a check failed. */
export async function recomputed(record: LotRecord): Promise<Recomputed[]> {
  const events = record.events.map(({ topic, state }) => ({ topic, said: JSON.parse(state) as Said }))
  const of = (topic: string): Said[] => events.filter((one) => one.topic === `lot.${topic}.v1`).map((one) => one.said)
  const [notice, roll, drawn] = [of('noticed').at(-1), of('roll-published').at(-1), of('coefficients-drawn').at(-1)]
  if (!notice || !roll || !drawn) return []
  const closing = events.findIndex((one) => one.topic === 'lot.submission-closed.v1')
  const early = events.slice(0, closing).filter((one) => one.topic === 'lot.draw-committed.v1')
  const promised = new Set(early.flatMap(({ said }) => [said.commitment, said.reserve]))
  const sealed = new Map(roll.manifests.map((one) => [one.bidder, (JSON.parse(one.manifest) as { draw_nonce_hash: string }).draw_nonce_hash]))

  const checked = async (one: Said['drawn'][number]): Promise<Recomputed> => {
    const said = JSON.parse(one.transcript) as Transcript
    const seed = await seedOf(one.transcript)
    const [found = ''] = await draw(seed, said.pool)
    const declared = notice.terms.draw.pools.find(({ coefficient }) => coefficient === said.draw)?.values ?? []
    return {
      draw: said.draw,
      said: one.value,
      found,
      bids: said.bids.length,
      checks: {
        transcript: canonicalText(said) === one.transcript && said.notice === notice.notice_hash,
        pool: canonicalText(said.pool) === canonicalText(declared),
        offices: await all([...said.nonces, said.reserve].filter((shown) => shown.nonce), async (shown) => {
          const made = await commitment([said.lot, shown.party ?? '', shown.source], unb64(shown.nonce ?? ''))
          return made === shown.commitment && promised.has(made)
        }),
        bids: await all(said.bids, async (bid) => (await commitment([said.lot, bid.bidder], unb64(bid.nonce))) === sealed.get(bid.bidder)),
        beacon: !said.beacon.value || b64(await link(said.lot, unb64(said.beacon.value))) === notice.terms.draw.anchor,
        seed: hex(seed) === one.seed,
        value: found === one.value,
      },
    }
  }
  return Promise.all(drawn.drawn.map(checked))
}

async function all<T>(items: readonly T[], holds: (item: T) => Promise<boolean>): Promise<boolean> {
  return (await Promise.all(items.map((item) => holds(item).catch(() => false)))).every(Boolean)
}
