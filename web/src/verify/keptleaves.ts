/** What a party kept of the log, laid against a record: what it was shown is there, or counted as withheld. */

import * as v from 'valibot'

import { equal, unhex, type Bytes } from '@/crypto/bytes'
import { proveLeaf, type DisclosedLeaves, type Opened, type Proved } from '@/log/leaves'
import { sameLog, type Checkpoint } from '@/log/note'

import { countedTo } from './complete'
import { isPublic, last, type Read } from './events'
import type { RecordLog } from './format'
import { commitmentOf, opened } from './log'
import { demand } from './steps'

const STEP = 'files'
const RECEIVED = 'bid.received.v1'
const Roll = v.object({ roll: v.array(v.object({ bidder: v.string(), receipt_number: v.string() })) })

/**
 * Leaf → what the record says that it holds: of what is shown, and of what is withheld. `counted`: the last leaf of the
 * lot that a statement counts; `proved`: of the record's own events the last that is proved.
 */
interface There {
  readonly shown: ReadonlyMap<number, Bytes>
  readonly withheld: ReadonlyMap<number, Bytes>
  readonly counted: number
  readonly proved: number
}

/**
 * R-BID-04, R-GEN-05: what holds, in English. A fault if the record is of another history than the party was shown, or
 * leaves out what it was shown.
 */
export async function checkKeptLeaves(kept: v.InferOutput<typeof DisclosedLeaves>, read: Read, name: string): Promise<string> {
  const { log, lot } = read.record
  demand(kept.lot === lot, STEP, `${name}: of another lot`)
  demand(log !== undefined, STEP, `${name}: the record has no proofs to lay them against`)
  demand(await sameLog(kept.vkey, log.vkey), STEP, `${name}: of another log`)
  const [top, there] = [await opened(log.checkpoint, log.vkey), await thereIn(read, log)]
  const known: Opened = new Map()
  const found = { shown: 0, withheld: 0, apart: 0 }
  for (const one of kept.leaves) {
    const { event, commitment, under } = await proveLeaf(one, { log: log.vkey, witnesses: [], quorum: 0, v: 1 }, known)
    const what = `${name}: leaf ${String(event.index)} (${event.topic})`
    demand(oneHistory(top, under), STEP, `${what}: two checkpoints of ${String(top.size)} leaves, two histories`)
    const kind = there.shown.has(event.index) ? 'shown' : there.withheld.has(event.index) ? 'withheld' : 'apart'
    if (kind === 'apart') demand(!missed(event, read, there), STEP, `${what}: shown to the party, and left out of the record`)
    else demand(equal(there[kind].get(event.index) ?? commitment, commitment), STEP, `${what}: the record has another event there`)
    found[kind] += 1
  }
  const { shown, withheld, apart } = found
  return `${String(kept.leaves.length)} leaves; ${String(shown)} in the record, ${String(withheld)} among those that it withholds, ${String(apart)} that it need not count`
}

function oneHistory(top: Checkpoint, under: Checkpoint): boolean {
  return top.size !== under.size || equal(top.root, under.root)
}

async function thereIn(read: Read, log: RecordLog): Promise<There> {
  const { record } = read
  const shown = new Map<number, Bytes>()
  for (const [at, leaf] of log.leaves.entries()) {
    const event = record.events[at]
    if (event === undefined) break
    shown.set(leaf.index, await commitmentOf({ leaf, state: leaf.state ?? event.state, stream: `lot-${record.lot}`, topic: event.topic }))
  }
  for (const leaf of log.bids ?? []) {
    shown.set(leaf.index, await commitmentOf({ leaf, state: leaf.state, stream: `bid-${record.lot}-${leaf.bidder}`, topic: RECEIVED }))
  }
  const withheld = new Map((log.withheld ?? []).map((one) => [one.index, unhex(one.commitment)]))
  return { shown, withheld, counted: await countedTo(read), proved: log.leaves.at(-1)?.index ?? -1 }
}

/** Whether a record of this lot has to show or count it. */
function missed({ index, stream, topic, state }: Proved, read: Read, { counted, proved }: There): boolean {
  const { lot, log } = read.record
  if (stream === `lot-${lot}`) return index <= (isPublic(topic) ? Math.max(proved, counted) : counted)
  const roll = last(read, 'lot.roll-published.v1', Roll)?.roll ?? []
  const entered = roll.some((one) => one.bidder === state.bidder && one.receipt_number === state.receipt_number)
  return topic === RECEIVED && log?.bids !== undefined && entered
}
