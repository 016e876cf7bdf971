/** The release of keys, run by run: where the supervisor ordered another, with other keys each time (R-OPEN-24). */

import * as v from 'valibot'

import { POLICY_P3 } from '@/crypto/choices'
import type { KeyRelease } from '@/crypto/release'

import { first, type Event, type Read } from './events'
import type { Run } from './forms'
import { checkReleases, checkSessions, type Manifests, type Sessions } from './opening'
import { Noticed } from './shapes'
import { demand, within, type Step } from './steps'

const DECIDED = 'lot.withheld-key-decided.v1'
const Decided = v.object({ resolution: v.string() })
const RELEASED = 'lot.key-released.v1'
const RELEASING = new Set(['lot.office-keys-published.v1', RELEASED, 'lot.form-keys-published.v1'])
const IMPORTED = 'lot.bids-imported.v1'

/** The run that opened the forms, or the last one; null while not both offices have announced their keys. */
export async function checkRuns(read: Read, manifests: Manifests, passed: (step: Step, said: string) => void): Promise<Run | null> {
  if (first(read, 'lot.noticed.v1', Noticed)?.terms.key_policy === POLICY_P3) {
    const none = !read.events.some(({ topic }) => RELEASING.has(topic))
    demand(none, 'session keys', 'keys were released, although trustees alone open')
    passed('session keys', 'none, for trustees alone open (policy P3)')
    return { read, sessions: new Map(), releases: new Map() }
  }
  const runs = runsOf(read)
  const sessions = await within('session keys', () => sessionsOf(runs))
  const counting = countingOf(runs)
  if (counting > 0) passed('session keys', `the release was run ${String(counting + 1)} times, with other keys each time`)
  const [run, announced] = [runs[counting], sessions[counting]]
  if (run === undefined || announced === undefined || announced.size < 2) return null
  passed('session keys', 'announced and signed by both offices, four different keys')
  const released = await within('key releases', () => releasesOf(runs, sessions, manifests))
  const releases = released[counting] ?? new Map<string, KeyRelease>()
  passed('key releases', `${String(releases.size)} signed by their bidders, for just these bids and this session`)
  const again = released.slice(counting + 1)
  const last = again.at(-1)
  if (last !== undefined) {
    passed('key releases', `run again ${String(again.length)} times for the evaluation's keys after the opening, ${String(last.size)} signed in the last, to other keys each time`)
  }
  return { read: run, sessions: announced, releases }
}

/** Which run opened the forms: those behind it hand over what is the evaluation's alone. */
function countingOf(runs: readonly Read[]): number {
  const at = runs.findIndex(({ events }) => events.some(({ topic }) => topic === IMPORTED))
  return at < 0 ? runs.length - 1 : at
}

function runsOf(read: Read): Read[] {
  const runs: Event[][] = [[]]
  for (const event of read.events) {
    runs.at(-1)?.push(event)
    if (event.topic === DECIDED && v.parse(Decided, event.state).resolution === 'rerun') runs.push([])
  }
  return runs.map((events) => ({ ...read, events }))
}

async function sessionsOf(runs: readonly Read[]): Promise<Sessions[]> {
  const found: Sessions[] = []
  for (const run of runs) found.push(await checkSessions(run))
  const keys = found.flatMap((one) => [...one.values()].flatMap(({ forms, evaluation }) => [forms, evaluation]))
  demand(new Set(keys).size === keys.length, 'session keys', 'a key was announced for two runs')
  return found
}

/** By run, those of its bidders; each must have been for the session of its run. */
async function releasesOf(runs: readonly Read[], sessions: readonly Sessions[], manifests: Manifests): Promise<ReadonlyMap<string, KeyRelease>[]> {
  const found: ReadonlyMap<string, KeyRelease>[] = []
  for (const [number, run] of runs.entries()) {
    const session = sessions[number]?.get('agency')?.session
    const none = !run.events.some(({ topic }) => topic === RELEASED)
    demand(session !== undefined || none, 'key releases', 'keys were released to no session')
    found.push(await checkReleases(run, manifests, session ?? ''))
  }
  return found
}
