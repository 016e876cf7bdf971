/** The lot's events in their order give a lot: each turn comes from a phase that it is decided in (R-STATE-01). */

import type { Event } from './events'
import type { Bundle } from './format'
import known from './known.json'
import { demand } from './steps'

const STEP = 'history'

/** `seen_before`: the phases in which a reader may last have seen the lot, which is not shown every turn. Events that are
 * not here leave the phase as it is. */
const TURNS = new Map(Object.entries(known.turns))

/** What holds, in English. `events`: public and added ones of the lot, in their order. */
export function checkPhases(bundle: Bundle, events: readonly Event[]): string {
  let phase = 'draft'
  for (const { topic } of events) {
    const turn = TURNS.get(topic)
    if (turn === undefined) continue
    demand(turn.seen_before.includes(phase), STEP, `${topic}: out of the phase ${phase}`)
    phase = turn.after
  }
  const versions = bundle.disclosed.filter((one) => one.stream === 'bid' && one.topic === 'bid.received.v1').length
  const own = versions > 0 ? `, and ${String(versions)} versions of the bid of ${bundle.party}` : ''
  return `${String(events.length)} events of the lot in the order of its phases, now ${phase}${own}`
}
