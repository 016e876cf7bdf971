/** A finished opening, played again from its public events at any speed. Pure but for the clock it is given. */

import type { Lot, Recorded } from '@/live/events'
import { foldLot } from '@/live/hall'
import { foldOpening, UNOPENED } from '@/live/opening'

import { happened } from './log'

export interface Frame {
  /** Milliseconds since 1970, by the lot's own clock; never before the frame before. */
  readonly at: number
  readonly recorded: Recorded
  /** The lot after this event. */
  readonly lot: Lot
}

export interface Film {
  /** The lot before the deadline. */
  readonly before: Lot
  readonly begins: number
  readonly ends: number
  readonly frames: readonly Frame[]
}

/** Milliseconds of waiting shown before the deadline. */
const LEAD = 10_000
const FIRST = 'lot.submission-closed.v1'
/** What the host said before the deadline, which stands in the hall from the first frame on. */
const EARLY = ['lot.room-opened.v1', 'lot.announcement-made.v1']
const LAST = ['lot.opening-ended.v1', 'lot.failed.v1']

/** Null if nothing was opened. `now`: the lot as it stands, for everything that the opening does not change. */
export function film(now: Lot, events: readonly Recorded[]): Film | null {
  const first = events.findIndex(({ event }) => event.type === FIRST)
  const last = events.findLastIndex(({ event }) => LAST.includes(event.type))
  if (first < 0 || last < first) return null
  const before: Lot = {
    ...now,
    phase: 'noticed',
    opening: events.slice(0, first).filter(({ event }) => EARLY.includes(event.type)).reduce((known, { event }) => foldOpening(known, event) ?? known, UNOPENED),
    control: { ...now.control, suspended: null, past: [], terminated_at: null, termination_reason: '' },
    money: { ...now.money, benefits: [] },
  }
  const frames: Frame[] = []
  let lot = before
  let at = 0
  for (const recorded of events.slice(first, last + 1)) {
    // The clock of a test lot is set in between; the film keeps the lot's own times.
    const next = recorded.event.type === 'lot.test-clock-set.v1' ? null : foldLot(lot, recorded.event)
    if (!next) continue
    lot = next
    at = Math.max(at, timeOf(recorded, at))
    frames.push({ at, recorded, lot })
  }
  const begins = (frames[0]?.at ?? 0) - LEAD
  return { before, begins, ends: at + LEAD, frames }
}

/** Events that name no instant happen with the one before them: the log's own times are another clock's. */
function timeOf({ event, at }: Recorded, before: number): number {
  const said = happened(event, '')
  return said ? Date.parse(said) : before || Date.parse(at)
}

/** How many frames have happened at `instant`. */
export function reached({ frames }: Film, instant: number): number {
  let count = 0
  while (count < frames.length && (frames[count] as Frame).at <= instant) count += 1
  return count
}
