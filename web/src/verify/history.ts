/**
 * The lot's events in their order: each from a phase that it is decided in, behind what it rests on (R-STATE-01), by the
 * domain's own table (bidding/domain/course.py), which `make web` writes into `known.json`.
 */

import * as v from 'valibot'

import type { Event } from './events'
import type { Bundle } from './format'
import known from './known.json'
import { demand } from './steps'

const STEP = 'history'

/**
 * `phases`: in which its reader may last have seen the lot; `after`: the one that it leads to; `on`: of these one must
 * stand before it; `once`: there is one at most. What is lacking says nothing.
 */
const Course = v.record(
  v.string(),
  v.strictObject({ phases: v.optional(v.array(v.string())), after: v.optional(v.string()), on: v.optional(v.array(v.string())), once: v.optional(v.boolean()) }),
)
const COURSE = v.parse(Course, known.course)

/** What holds, in English. `events`: public and added ones of the lot, in their order. */
export function checkHistory(bundle: Bundle, events: readonly Event[]): string {
  const phase = checkCourse(events)
  const versions = bundle.disclosed.filter((one) => one.stream === 'bid' && one.topic === 'bid.received.v1').length
  const own = versions > 0 ? `, and ${String(versions)} versions of the bid of ${bundle.party}` : ''
  return `${String(events.length)} events of the lot in the order of its phases, now ${phase}${own}`
}

/** The phase in the end. A fault for an event that cannot have come where it stands. */
export function checkCourse(events: readonly Pick<Event, 'topic'>[]): string {
  let phase = 'draft'
  const before = new Set<string>()
  for (const { topic } of events) {
    const { phases, after, on, once } = COURSE[topic] ?? {}
    demand(phases?.includes(phase) ?? true, STEP, `${topic}: out of the phase ${phase}`)
    demand(on?.some((one) => before.has(one)) ?? true, STEP, `${topic}: nothing before it of what it rests on (${on?.join(' or ') ?? ''})`)
    demand(once !== true || !before.has(topic), STEP, `${topic}: twice`)
    phase = after ?? phase
    before.add(topic)
  }
  return phase
}
