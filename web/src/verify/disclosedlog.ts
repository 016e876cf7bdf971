/** What a bundle adds is in the log too, at just the place where the bundle puts it (docs/log.md). */

import { requireInTime, saysAllOf } from '@/log/leaves'

import { erasures } from './erased'
import type { Event, Read } from './events'
import type { Bundle, DisclosedEvent } from './format'
import { demandLeaf, opened } from './log'
import { demand } from './steps'

const STEP = 'disclosed log'
/** Streams whose events are proved wherever the log covers them. Of what a bidder read they are since bundles name its stream. */
const PROVED = new Set(['lot', 'bid'])
const READ = 'reader'

/**
 * Each leaf under the record's checkpoint, between the record's events that it is said to be between; a bidder's own
 * bids and withdrawals before the closing leaf. What holds, in English; nothing where nothing is proved. `whole`: by a
 * log that the reader trusts nothing is without a proof but what is younger than the checkpoint.
 */
export async function checkDisclosedLog(bundle: Bundle, read: Read, added: readonly Event[], whole: boolean): Promise<readonly string[]> {
  const { record, disclosed } = bundle
  const { log } = record
  const proved = disclosed.flatMap((one, at) => {
    const event = added[at]
    return one.leaf === undefined || event === undefined ? [] : [{ one, leaf: one.leaf, event }]
  })
  demand(log !== undefined || proved.length === 0, STEP, 'leaves without a checkpoint')
  if (log !== undefined && whole) demandWhole(disclosed, log.leaves.at(-1)?.recorded_at ?? '')
  if (log === undefined || proved.length === 0) return []
  const [top, told] = [await opened(log.checkpoint, log.vkey), erasures(record)]
  const places = log.leaves.map((leaf) => leaf.index)
  const hidden = new Set((log.withheld ?? []).map((leaf) => leaf.index))
  const withheld = hidden.size
  const placed = log.leaves.flatMap(({ index }, at) => {
    const event = read.events[at]
    return event === undefined ? [] : [{ ...event, index }]
  })
  for (const [number, { one, leaf, event }] of proved.entries()) {
    const where = `event ${String(number + 1)} (${one.topic})`
    if (leaf.state !== undefined) demand(saysAllOf(JSON.parse(leaf.state), event.state), STEP, `${where}: the log holds another one`)
    await demandLeaf(top, { leaf, state: leaf.state ?? one.state, stream: streamOf(bundle, one), topic: one.topic }, STEP, where, told)
    demand(`${leaf.recorded_at.slice(0, 23)}Z` === one.recorded_at, STEP, `${where}: another instant`)
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

/** `newest`: of the record's proved events. */
function demandWhole(disclosed: readonly DisclosedEvent[], newest: string): void {
  for (const { leaf, stream, topic, recorded_at: at } of disclosed) {
    const told = leaf !== undefined || !PROVED.has(stream) || at.slice(0, 23) >= newest.slice(0, 23)
    demand(told, STEP, `${topic} of ${at} has no proof: have it exported again`)
  }
}

/** The log's name of the stream; that of what one party read is not to be guessed, and the bundle tells it. */
function streamOf({ record, party, disclosed }: Bundle, { stream, name = '' }: DisclosedEvent): string {
  if (stream === READ) {
    const named = disclosed.every((one) => one.stream !== READ || one.leaf === undefined || one.name === name)
    demand(named && name.startsWith(`${READ}-`), STEP, 'of two readers, or of none')
    return name
  }
  demand(PROVED.has(stream), STEP, `a leaf of the ${stream} stream`)
  return stream === 'lot' ? `lot-${record.lot}` : `bid-${record.lot}-${party}`
}
