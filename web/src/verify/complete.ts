/** No event of the lot was left out of those that a statement in the log counts, nor put in afterwards. */

import * as v from 'valibot'

import { hex, unhex, type Bytes } from '@/crypto/bytes'
import { treeRoot } from '@/crypto/parts'

import { type Read } from './events'
import { commitmentOf, demandIncluded, opened } from './log'
import { demand } from './steps'

const STEP = 'completeness'
const STATED = 'lot.history-stated.v1'
const Stated = v.object({ events: v.number(), root: v.string() })

/** What holds; null for a lot whose history is not stated yet. */
export async function checkComplete(read: Read): Promise<string | null> {
  const { log } = read.record
  if (log === undefined) return null
  const withheld = log.withheld ?? []
  const stated = statementsOf(read)
  const last = stated.at(-1)
  if (last === undefined) {
    demand(withheld.length === 0, STEP, 'leaves withheld that no statement counts')
    return null
  }
  const history = await historyOf(read)
  for (const { events, root } of stated) {
    const where = `the statement of ${String(events)} events`
    demand(events <= history.length, STEP, `${where}: ${String(history.length)} are here`)
    const counted = history.slice(0, events)
    demand(hex(await treeRoot(counted.map((one) => one.commitment))) === root, STEP, `${where}: of others than are here`)
  }
  const end = history[last.events - 1]?.index ?? -1
  demand(withheld.every((leaf) => leaf.index <= end), STEP, 'leaves withheld that no statement counts')
  return `the lot's first ${String(last.events)} events are all here, ${String(withheld.length)} of them as salted hashes, by ${String(stated.length)} statements in the log`
}

/** The leaf of the last event that a statement in the record counts; -1 if none does. */
export async function countedTo(read: Read): Promise<number> {
  const last = statementsOf(read).at(-1)
  if (last === undefined) return -1
  const history = await historyOf(read)
  return history[Math.min(last.events, history.length) - 1]?.index ?? -1
}

/** Those whose own leaves are proved. */
function statementsOf({ record, events }: Read): readonly v.InferOutput<typeof Stated>[] {
  return (record.log?.leaves ?? []).flatMap((_, at) => (events[at]?.topic === STATED ? [v.parse(Stated, events[at].state)] : []))
}

interface Place {
  readonly index: number
  readonly commitment: Bytes
}

/** Leaves and commitments of the lot's events in the log's order, those withheld among them. */
async function historyOf(read: Read): Promise<readonly Place[]> {
  const { log, lot, events } = read.record
  const found = new Map<number, Place>()
  for (const [at, leaf] of (log?.leaves ?? []).entries()) {
    const event = events[at]
    if (event === undefined) break
    const logged = { leaf, state: leaf.state ?? event.state, stream: `lot-${lot}`, topic: event.topic }
    found.set(leaf.index, { index: leaf.index, commitment: await commitmentOf(logged) })
  }
  const top = await opened(log?.checkpoint ?? '', log?.vkey ?? '')
  for (const { commitment, index, path } of log?.withheld ?? []) {
    const hashed = unhex(commitment)
    await demandIncluded(top, hashed, { index, path }, STEP, 'what is withheld')
    demand(!found.has(index), STEP, `two events at leaf ${String(index)}`)
    found.set(index, { index, commitment: hashed })
  }
  return [...found.values()].sort((one, other) => one.index - other.index)
}
