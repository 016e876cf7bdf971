/** An application for prequalification, sealed on the applicant's device to the key that the notice names. */

import { CEK_SIZE, sealedLength } from '@/crypto/body'
import { b64, digest, random, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { INTL_1 } from '@/crypto/choices'
import { sealBytes } from '@/crypto/envelope'
import { FileTooLargeError } from '@/crypto/errors'
import { paddedSize } from '@/crypto/padding'
import { wrap } from '@/crypto/suite'
import { wrapInfo, type Target } from '@/crypto/target'

/** Of a sealed part, in MiB: what the platform takes (bidding/application/prequalification.py). */
const LIMIT = 64

/** `document_hash`: of the first prequalification document; `version`: the application's number, from 1. */
export interface Address {
  readonly lot: string
  readonly applicant: string
  readonly document_hash: string
  readonly version: number
}

export interface Answer {
  readonly requirement: string
  readonly text: string
}

export interface SealedPart {
  readonly body: Bytes
  readonly sha256: string
  readonly wrapped: string
}

export function targetOf(address: Address, number: number): Target {
  return {
    document_hash: address.document_hash,
    document_version: 1,
    lot: address.lot,
    bidder: address.applicant,
    envelope: `application-${String(number)}`,
    bid_version: address.version,
    suite: INTL_1,
  }
}

/** Before a byte of it is read: parts are sealed in memory. FileTooLargeError. */
export function requireFits({ name, size }: File): void {
  if (sealedLength(paddedSize('application', size)) > LIMIT * 2 ** 20) throw new FileTooLargeError(name, LIMIT)
}

/**
 * First the answers with the list of documents, then each document: what is handed in, in this order.
 *
 * FileTooLargeError, KeyError.
 */
export async function sealApplication(
  answers: readonly Answer[],
  documents: readonly File[],
  address: Address,
  reviewKey: string,
): Promise<SealedPart[]> {
  documents.forEach(requireFits)
  const bodies = await Promise.all(documents.map(async (file) => new Uint8Array(await file.arrayBuffer())))
  const named = await Promise.all(bodies.map(async (body, at) => ({ sha256: await digest(body), name: documents[at]?.name ?? '', length: body.length })))
  const contents = [utf8(JSON.stringify({ answers, documents: named })), ...bodies]
  return Promise.all(
    contents.map(async (content, number) => {
      const target = targetOf(address, number)
      const cek = random(CEK_SIZE)
      const body = await sealBytes(content, target, cek)
      const wrapped = b64(await wrap(cek, unb64(reviewKey), wrapInfo(target)))
      return { body, sha256: await digest(body), wrapped }
    }),
  )
}
