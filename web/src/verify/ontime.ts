/** R-TIME-08: every bid on the roll is a leaf of the log before the closing leaf, whatever instants anybody writes. */

import * as v from 'valibot'

import type { Checkpoint } from '@/log/note'

import { all, first, type Read } from './events'
import type { BidLeaf } from './format'
import { demandLeaf, opened } from './log'
import { Roll } from './shapes'
import { demand } from './steps'

const STEP = 'on time'
const RECEIVED = 'bid.received.v1'
const Received = v.object({
  lot: v.string(),
  bidder: v.string(),
  manifest_hash: v.string(),
  receipt_number: v.string(),
  receipt: v.string(),
  receipt_signature: v.string(),
})

/**
 * What holds; null without a roll, and for a record made before bids were disclosed with their leaves, unless `whole`:
 * by a log that the reader trusts.
 */
export async function checkOnTime(read: Read, whole: boolean): Promise<string | null> {
  const { log } = read.record
  const roll = first(read, 'lot.roll-published.v1', Roll)
  if (log === undefined || roll === undefined) return null
  demand(log.bids !== undefined || !whole, STEP, 'the record has no proofs of its bids: have it exported again')
  if (log.bids === undefined) return null
  const { bids } = log
  const proved = new Set(bids.map((one) => one.bidder))
  const each = bids.length === roll.roll.length && roll.roll.every((one) => proved.has(one.bidder))
  demand(each, STEP, 'not one leaf for every bid on the roll')
  const closing = leafOf(read, 'lot.submission-closed.v1')
  demand(closing !== undefined, STEP, 'no closing leaf is proved')
  const top = await opened(log.checkpoint, log.vkey)
  const taken = new Set(log.leaves.map((leaf) => leaf.index))
  for (const leaf of bids) {
    await demandBid(read, top, leaf, roll)
    demand(!taken.has(leaf.index), STEP, 'two events at one leaf')
    taken.add(leaf.index)
    demand(leaf.index < closing, STEP, `leaf ${String(leaf.index)} is not before the closing leaf ${String(closing)}`)
  }
  demandReleases(read)
  return `each of ${String(bids.length)} bids is a leaf before the closing leaf ${String(closing)}`
}

/** The leaf holds the bid on the roll, under the receipt in the record. */
async function demandBid(read: Read, top: Checkpoint, leaf: BidLeaf, roll: Roll): Promise<void> {
  const { lot, receipts } = read.record
  const where = `the bid of ${leaf.bidder}`
  await demandLeaf(top, { leaf, state: leaf.state, stream: `bid-${lot}-${leaf.bidder}`, topic: RECEIVED }, STEP, where)
  const bid = v.parse(Received, JSON.parse(leaf.state))
  const entry = roll.roll.find((one) => one.bidder === leaf.bidder)
  const paper = receipts.find((one) => one.bidder === leaf.bidder)
  const same =
    bid.lot === lot &&
    bid.bidder === leaf.bidder &&
    bid.manifest_hash === entry?.manifest_hash &&
    bid.receipt_number === entry.receipt_number &&
    bid.receipt === paper?.receipt &&
    bid.receipt_signature === paper.signature
  demand(same, STEP, `${where}: its leaf is of another bid than the one on the roll`)
}

/** No key release behind its window's end. The record's order is the log's by now. */
function demandReleases(read: Read): void {
  let ended = false
  const Extended = v.object({ window: v.string() })
  const extended = all(read, 'lot.window-extended.v1', Extended)
  for (const event of read.events) {
    if (event.topic === 'lot.window-ended.v1') ended = true
    if (event.topic === 'lot.window-extended.v1' && extended.shift()?.window === 'release') ended = false
    demand(event.topic !== 'lot.key-released.v1' || !ended, STEP, "a key release after its window's end")
  }
}

/** The proved place of the first event of a kind. */
function leafOf(read: Read, topic: string): number | undefined {
  const place = read.events.findIndex((one) => one.topic === topic)
  return place < 0 ? undefined : read.record.log?.leaves[place]?.index
}
