/** Receipts and refusal receipts: signed by the platform, checked by the bidder offline, years later. */

import * as v from 'valibot'

import type { Bytes } from './bytes'
import { Digest, Length, Name, One, Version } from './canonical'
import { SignatureError } from './errors'
import { Instant } from './instant'
import { verify, type Label, type Signed } from './signing'
import { keyId } from './suite'

/** 128 random bits in base32. Never sequential: order and count of bids are secrets until the opening. */
const ReceiptNumber = v.pipe(v.string(), v.regex(/^[A-Z2-7]{26}$/))

/** `completed_at`: when transmission was complete, the decisive instant. `bytes` counts all sealed bodies.
 *  `spare`: digest of the spare file, where the manifest commits to one. */
export const Receipt = v.strictObject({
  receipt_number: ReceiptNumber,
  lot: Name,
  bidder: Name,
  uscc: Name,
  bid_version: Version,
  manifest_hash: Digest,
  roots: v.record(Name, Digest),
  bytes: Length,
  completed_at: Instant,
  platform_key: Digest,
  spare: v.optional(Digest),
  v: One,
})
export type Receipt = v.InferOutput<typeof Receipt>

/** `manifest_hash` is null if no manifest could be read. */
export const Refusal = v.strictObject({
  receipt_number: ReceiptNumber,
  lot: Name,
  bidder: Name,
  code: Name,
  refused_at: Instant,
  platform_key: Digest,
  envelope: v.nullable(Name),
  bytes: Length,
  manifest_hash: v.nullable(Digest),
  v: One,
})
export type Refusal = v.InferOutput<typeof Refusal>

/** The receipt, signed by that raw Ed25519 key of the platform. SignatureError, CanonicalError. */
export function verifyReceipt(signed: Signed, platformPublic: Bytes): Promise<Receipt> {
  return byPlatform('bidding/receipt/v1', signed, platformPublic, Receipt)
}

/** The refusal, signed by that raw Ed25519 key of the platform. SignatureError, CanonicalError. */
export function verifyRefusal(signed: Signed, platformPublic: Bytes): Promise<Refusal> {
  return byPlatform('bidding/refusal/v1', signed, platformPublic, Refusal)
}

async function byPlatform<T extends typeof Receipt | typeof Refusal>(
  label: Label,
  signed: Signed,
  platformPublic: Bytes,
  shape: T,
): Promise<v.InferOutput<T>> {
  const document = await verify(label, signed, platformPublic, shape)
  if (document.platform_key !== (await keyId(platformPublic))) {
    throw new SignatureError(label, 'names another platform key')
  }
  return document
}
