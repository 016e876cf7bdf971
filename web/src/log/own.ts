/** What the proved events say of one party's receipts: each that is kept must be in the log (R-BID-04). */

import type { Proved } from './leaves'

type Kind = 'received' | 'replaced' | 'withdrawn' | 'refused' | 'released'

const KINDS: ReadonlyMap<string, Kind> = new Map([
  ['bid.received.v1', 'received'],
  ['bid.replaced.v1', 'replaced'],
  ['bid.withdrawn.v1', 'withdrawn'],
  ['bid.refused.v1', 'refused'],
  ['lot.key-released.v1', 'released'],
])

export interface OwnLine {
  readonly kind: Kind
  readonly index: number
  readonly recordedAt: string
  readonly number: string
}

/** Acts of `party` (null: a spectator has none) that the platform has receipted, in the log's order. */
export function ownLines(events: readonly Proved[], party: string | null): OwnLine[] {
  return events.flatMap(({ topic, state, index, recordedAt, stream }) => {
    const kind = KINDS.get(topic)
    const mine = party !== null && (stream.startsWith('bid-') || state.bidder === party)
    return kind !== undefined && mine ? [{ kind, index, recordedAt, number: typeof state.receipt_number === 'string' ? state.receipt_number : '' }] : []
  })
}

/** Whether the log has every receipt that was kept, word for word. */
export function holdsAll(events: readonly Proved[], kept: readonly string[]): boolean {
  const found = new Set(events.map(({ state }) => state.receipt))
  return kept.every((one) => found.has(one))
}

/** The leaf of the close, or null before it. */
export function closingLeaf(events: readonly Proved[]): number | null {
  return events.find(({ topic }) => topic === 'lot.submission-closed.v1')?.index ?? null
}
