/** The files as `bidding/application/record` writes them. Nothing may stand in them that is not named here. */

import * as v from 'valibot'

/** What may be left out stands only where it says something: spelled out empty, it would be the same file once more. */
function some<T extends v.GenericSchema>(shape: T) {
  return v.optional(v.pipe(v.array(shape), v.minLength(1)))
}

const Said = v.optional(v.pipe(v.string(), v.minLength(1)))

const Certificate = v.strictObject({
  credential: v.string(),
  party: v.string(),
  certificate: v.string(),
  chain: some(v.string()),
  uscc: Said,
})
export type Certificate = v.InferOutput<typeof Certificate>

const RecordedEvent = v.strictObject({ position: v.number(), recorded_at: v.string(), topic: v.string(), state: v.string() })
export type RecordedEvent = v.InferOutput<typeof RecordedEvent>

const LeafProof = v.strictObject({
  id: v.string(),
  internals: v.string(),
  recorded_at: v.string(),
  salt: v.string(),
  index: v.number(),
  path: v.array(v.string()),
  state: Said,
  /** In the salt's place, where personal data of the event were erased. */
  commitment: Said,
})
export type LeafProof = v.InferOutput<typeof LeafProof>

/** Of a bid on the roll, in its bidder's own stream: `state` is the whole event. */
const BidLeaf = v.strictObject({ ...LeafProof.entries, state: v.string(), bidder: v.string() })
export type BidLeaf = v.InferOutput<typeof BidLeaf>

/** An event of the lot that not everybody may see: what its leaf commits to, and no more. */
const WithheldLeaf = v.strictObject({ commitment: v.string(), index: v.number(), path: v.array(v.string()) })

const RecordLog = v.strictObject({
  vkey: v.string(),
  checkpoint: v.string(),
  leaves: v.array(LeafProof),
  bids: some(BidLeaf),
  withheld: some(WithheldLeaf),
  continued: some(v.strictObject({ size: v.number(), path: v.array(v.string()) })),
})
export type RecordLog = v.InferOutput<typeof RecordLog>

export const LotRecord = v.strictObject({
  format: v.literal('bidding/lot-record/v1'),
  lot: v.string(),
  mode: v.string(),
  authority: v.string(),
  platform_key: v.string(),
  events: v.array(RecordedEvent),
  certificates: v.array(Certificate),
  receipts: v.array(v.strictObject({ bidder: v.string(), receipt: v.string(), signature: v.string() })),
  forms: v.array(v.strictObject({ bidder: v.string(), body: v.string() })),
  seal: v.strictObject({
    body: v.strictObject({
      format: v.string(),
      lot: v.string(),
      mode: v.string(),
      entries: v.number(),
      root: v.string(),
      provider: v.optional(v.string()),
    }),
    signature: v.string(),
  }),
  log: v.optional(RecordLog),
})
export type LotRecord = v.InferOutput<typeof LotRecord>

const DisclosedEvent = v.strictObject({
  stream: v.string(),
  after: v.number(),
  recorded_at: v.string(),
  topic: v.string(),
  state: v.string(),
  leaf: v.optional(LeafProof),
  name: v.optional(v.string()),
})
export type DisclosedEvent = v.InferOutput<typeof DisclosedEvent>

export const Bundle = v.strictObject({
  format: v.literal('bidding/bundle/v1'),
  record: LotRecord,
  party: v.string(),
  standings: v.array(v.string()),
  disclosed: v.array(DisclosedEvent),
  certificates: v.array(Certificate),
  seal: v.strictObject({
    body: v.strictObject({
      format: v.string(),
      lot: v.string(),
      mode: v.string(),
      party: v.string(),
      standings: v.array(v.string()),
      record: v.string(),
      entries: v.number(),
      root: v.string(),
      provider: v.optional(v.string()),
    }),
    signature: v.string(),
  }),
})
export type Bundle = v.InferOutput<typeof Bundle>

/** A receipt, a refusal or the receipt of a key release, as the platform hands it over. */
export const Paper = v.strictObject({ receipt: v.string(), signature: v.string() })
export type Paper = v.InferOutput<typeof Paper>
