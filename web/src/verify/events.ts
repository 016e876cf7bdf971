/** The record's events, each read once its text has been found to be the canonical form of what it says. */

import * as v from 'valibot'

import { utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'

import type { LotRecord } from './format'
import known from './known.json'
import { demand, within, type Step } from './steps'

/** What an event says. Its fields are read by `shape`s where they are needed. */
export type State = Readonly<Record<string, unknown>>

export interface Event {
  readonly topic: string
  readonly state: State
  /** When the platform recorded it. */
  readonly at: string
}

/** First and last instant. */
export type Span = readonly [since: Date, until: Date]

/** `raw`: as `verifyBytes` takes it. `days`: of a licensed authority's certificate, in which its acts count. */
export interface Key {
  readonly party: string
  readonly raw: Uint8Array<ArrayBuffer>
  readonly days?: readonly Span[]
}

/** `keys`: credential → signing key, once its certificate has been checked. */
export interface Read {
  readonly record: LotRecord
  readonly events: readonly Event[]
  readonly keys: Map<string, Key>
}

const PUBLIC = new Set(known.public)
const TOPICS = new Set(known.topics)
const State = v.record(v.string(), v.unknown())

/** CanonicalError, or a fault of `step`, for what is no event or is spelled otherwise. */
export async function eventOf(topic: string, state: string, at: string, step: Step, where: string): Promise<Event> {
  demand(TOPICS.has(topic), step, `${where}: of an unknown kind (${topic})`)
  return within(step, () => ({ topic, state: parseCanonical(utf8(state), State), at })).catch((fault: unknown) => {
    demand(!(fault instanceof Error), step, `${where}: not in its canonical form`)
    throw fault
  })
}

export function isPublic(topic: string): boolean {
  return PUBLIC.has(topic)
}

export async function readEvents(record: LotRecord): Promise<Read> {
  const events: Event[] = []
  let last = 0
  for (const one of record.events) {
    const where = `event ${String(one.position)}`
    events.push(await eventOf(one.topic, one.state, one.recorded_at, 'events', where))
    demand(isPublic(one.topic) && one.position > last, 'events', `${where}: not public or out of order`)
    last = one.position
  }
  return { record, events, keys: new Map() }
}

/** All events of a kind, in their order, as `shape` reads them; it names only the fields that are checked. */
export function all<T extends v.GenericSchema>(read: Read, topic: string, shape: T): v.InferOutput<T>[] {
  return read.events.filter((one) => one.topic === topic).map((one) => v.parse(shape, one.state))
}

export function first<T extends v.GenericSchema>(read: Read, topic: string, shape: T): v.InferOutput<T> | undefined {
  return all(read, topic, shape)[0]
}

export function last<T extends v.GenericSchema>(read: Read, topic: string, shape: T): v.InferOutput<T> | undefined {
  return all(read, topic, shape).at(-1)
}

/** Where in the order the events of a kind stand. */
export function places(read: Read, topic: string): number[] {
  return read.events.flatMap((one, place) => (one.topic === topic ? [place] : []))
}
