/** A receipt, a refusal or the receipt of a key release: what the platform's signature makes of it. */

import * as v from 'valibot'

import { digest, type Bytes } from '@/crypto/bytes'
import { Digest, Name, One, parseCanonical } from '@/crypto/canonical'
import { SignatureError } from '@/crypto/errors'
import { verifyReceipt, verifyRefusal } from '@/crypto/receipt'
import { verify, type Signed } from '@/crypto/signing'

import { signed } from './acts'
import type { Paper } from './format'
import { within, type Check } from './steps'

export const Kind = v.object({ code: v.optional(v.string()), release_hash: v.optional(v.string()) })
const ReleaseReceipt = v.strictObject({
  receipt_number: v.string(),
  lot: Name,
  bidder: Name,
  release_hash: Digest,
  received_at: v.string(),
  platform_key: Digest,
  v: One,
})

/** CanonicalError, SignatureError and faults come out as a fault of the step `signature`. */
export function checkPaper(paper: Paper, key: Bytes): Promise<Check> {
  return within('signature', async () => {
    const said = signed(paper.receipt, paper.signature)
    const kind = parseCanonical(said.payload, Kind)
    if (kind.code !== undefined) {
      const refusal = await verifyRefusal(said, key)
      return told(`refusal 拒收 ${refusal.code}, ${refusal.refused_at}`)
    }
    if (kind.release_hash !== undefined) {
      const receipt = await verifyReleaseReceipt(said, key)
      return told(`release 解密 ${receipt.receipt_number}, ${receipt.received_at}`)
    }
    const receipt = await verifyReceipt(said, key)
    return told(`receipt 回执 ${receipt.receipt_number}, ${receipt.completed_at}`)
  })
}

/** SignatureError, CanonicalError. */
export async function verifyReleaseReceipt(said: Signed, key: Bytes): Promise<v.InferOutput<typeof ReleaseReceipt>> {
  const label = 'bidding/release-receipt/v1'
  const receipt = await verify(label, said, key, ReleaseReceipt)
  if (receipt.platform_key !== (await digest(key))) throw new SignatureError(label, 'names another platform key')
  return receipt
}

function told(said: string): Check {
  return { step: 'signature', said, fault: '', elsewhere: '' }
}
