/** Receipts that somebody kept, against the record: what the platform once signed for must be in it (R-BID-04). */

import * as v from 'valibot'

import { digest, unb64, utf8 } from '@/crypto/bytes'
import { verifyReceipt } from '@/crypto/receipt'

import { signed } from './acts'
import { all, first, type Read } from './events'
import type { Paper } from './format'
import { Kind, verifyReleaseReceipt } from './paper'
import { Released } from './shapes'
import { demand } from './steps'

const STEP = 'files'
const Entries = v.object({
  roll: v.array(v.object({ bidder: v.string(), bid_version: v.number(), receipt_number: v.string(), manifest_hash: v.string() })),
})

/** What it is a receipt for. A fault if the platform did not sign it, or signed it and the record lacks it. */
export async function checkKept(paper: Paper, read: Read, name: string): Promise<string> {
  const { code, release_hash } = v.parse(Kind, JSON.parse(paper.receipt))
  if (code !== undefined) return `a refusal (${code}): nothing of it is in the record`
  return release_hash === undefined ? ofBid(paper, read, name) : ofRelease(paper, read, name)
}

async function ofRelease(paper: Paper, read: Read, name: string): Promise<string> {
  const receipt = await verifyReleaseReceipt(signed(paper.receipt, paper.signature), unb64(read.record.platform_key))
  demand(receipt.lot === read.record.lot, STEP, `${name}: a receipt of another lot`)
  const own = all(read, 'lot.key-released.v1', Released).filter((one) => one.bidder === receipt.bidder)
  const logged = await Promise.all(own.map((one) => digest(utf8(one.release))))
  demand(logged.includes(receipt.release_hash), STEP, `${name}: the platform received this release and dropped it`)
  return `the release of ${receipt.bidder}, in the record as received`
}

async function ofBid(paper: Paper, read: Read, name: string): Promise<string> {
  const receipt = await verifyReceipt(signed(paper.receipt, paper.signature), unb64(read.record.platform_key))
  demand(receipt.lot === read.record.lot, STEP, `${name}: a receipt of another lot`)
  const published = first(read, 'lot.roll-published.v1', Entries)
  if (published === undefined) return `the bid of ${receipt.bidder}; no roll is published`
  const entry = published.roll.find((one) => one.bidder === receipt.bidder)
  if (entry === undefined) return `a bid of ${receipt.bidder}, who is not on the roll: withdrawn before the deadline, or left out`
  if (receipt.bid_version < entry.bid_version) {
    return `version ${String(receipt.bid_version)} of the bid of ${receipt.bidder}, replaced by ${String(entry.bid_version)}`
  }
  const same = receipt.receipt_number === entry.receipt_number && receipt.manifest_hash === entry.manifest_hash
  demand(same, STEP, `${name}: the roll names another bid of ${receipt.bidder} than the one received`)
  return `the bid of ${receipt.bidder}, on the roll as received`
}
