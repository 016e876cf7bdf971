/** What a bundle adds is in the log too, at just the place where the bundle puts it (docs/log.md). */

import { requireInTime, saysAllOf } from '@/log/leaves'

import type { Event, Read } from './events'
import type { Bundle } from './format'
import { demandLeaf, opened } from './log'
import { demand } from './steps'

const STEP = 'disclosed log'
/** Streams whose events are proved. What bidders read stands in streams whose names say nothing, and is not. */
const PROVED = new Set(['lot', 'bid'])

/**
 * Each leaf under the record's checkpoint, between the record's events that it is said to be between; a bidder's own
 * bids and withdrawals before the closing leaf. What holds, in English; nothing where nothing is proved.
 */
export async function checkDisclosedLog({ record, party, disclosed }: Bundle, read: Read, added: readonly Event[]): Promise<readonly string[]> {
  const { log } = record
  const proved = disclosed.flatMap((one, at) => {
    const event = added[at]
    return one.leaf === undefined || event === undefined ? [] : [{ one, leaf: one.leaf, event }]
  })
  demand(log !== undefined || proved.length === 0, STEP, 'leaves without a checkpoint')
  if (log === undefined || proved.length === 0) return []
  const top = await opened(log.checkpoint, log.vkey)
  const places = log.leaves.map((leaf) => leaf.index)
  const hidden = new Set((log.withheld ?? []).map((leaf) => leaf.index))
  const withheld = hidden.size
  const placed = log.leaves.flatMap(({ index }, at) => {
    const event = read.events[at]
    return event === undefined ? [] : [{ ...event, index }]
  })
  for (const [number, { one, leaf, event }] of proved.entries()) {
    const where = `event ${String(number + 1)} (${one.topic})`
    demand(PROVED.has(one.stream), STEP, `a leaf of the ${one.stream} stream`)
    if (leaf.state !== undefined) demand(saysAllOf(JSON.parse(leaf.state), event.state), STEP, `${where}: the log holds another one`)
    const stream = one.stream === 'lot' ? `lot-${record.lot}` : `bid-${record.lot}-${party}`
    await demandLeaf(top, { leaf, state: leaf.state ?? one.state, stream, topic: one.topic }, STEP, where)
    demand(leaf.recorded_at.slice(0, 23) === one.recorded_at.slice(0, 23), STEP, `${where}: another instant`)
    if (one.stream === 'lot') {
      const before = places[one.after - 1] ?? -1
      const behind = places[one.after] ?? top.size
      demand(before < leaf.index && leaf.index < behind, STEP, `${where}: out of the log's order`)
      hidden.delete(leaf.index)
    }
    placed.push({ ...event, index: leaf.index })
  }
  placed.sort((left, right) => left.index - right.index)
  demand(new Set(placed.map((one) => one.index)).size === placed.length, STEP, 'two events at one leaf')
  requireInTime(placed)
  const held = `${String(proved.length)} of ${String(disclosed.length)} further events proved under the same checkpoint, in their places`
  if (withheld === 0) return [held]
  return [held, `${String(withheld - hidden.size)} of the ${String(withheld)} events that the record withholds are disclosed here`]
}
