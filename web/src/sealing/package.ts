/** A sealed bid as one ZIP file: how it leaves the offline page, and how it comes to a device that hands it in. */

import * as v from 'valibot'

import { layOut } from '@/crypto/archive'
import { contentStart, members } from '@/crypto/archive-reader'
import { fromUtf8, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, conform, Digest, Name, parseCanonical, PublicKey, Version } from '@/crypto/canonical'
import { INTL_1, POLICY_P1 } from '@/crypto/choices'
import { crc32 } from '@/crypto/crc32'
import { OpeningError } from '@/crypto/errors'
import { Manifest } from '@/crypto/manifest'

import type { SealedBid } from './bid'

export const MANIFEST = 'manifest.json'
export const SUFFIX = '.sealed'
const STEP = 8 * 1024 * 1024

/** What the offline page must know: the lot, who bids, and the bidder's own opening keys (none under P3). No secret is in
 *  it. One of before there was a choice says nothing of suite and policy. */
export const OfflineBrief = v.object({
  format: v.literal('bidding/offline/v1'),
  bidder: Name,
  bid_version: Version,
  supersedes: v.nullable(Digest),
  recipients: v.pipe(v.array(v.object({ label: v.string(), public: PublicKey })), v.maxLength(16)),
  lot: v.object({
    lot_id: Name,
    notice: v.object({
      title: v.string(),
      deadline: v.nullable(v.string()),
      price_limit_fen: v.nullable(v.number()),
      documents: v.pipe(v.array(v.object({ sha256: Digest, version: Version })), v.minLength(1)),
      terms: v.object({
        envelopes: v.array(v.object({ name: v.string(), title: v.string() })),
        max_duration_days: v.number(),
        quality: v.string(),
        bid_deposit_fen: v.number(),
        suites: v.optional(v.array(v.string()), [INTL_1]),
        key_policy: v.optional(v.string(), POLICY_P1),
        trustees: v.optional(v.array(v.object({ trustee: v.string(), public: PublicKey })), []),
      }),
    }),
  }),
})
export type OfflineBrief = v.InferOutput<typeof OfflineBrief>

/** CanonicalError, SyntaxError if it is none. */
export function readBrief(text: string): OfflineBrief {
  return conform(JSON.parse(text), OfflineBrief)
}

/** Recipients' raw public keys. */
export function recipientsOf(brief: OfflineBrief): Bytes[] {
  return brief.recipients.map((one) => unb64(one.public))
}

/** Manifest and bodies in one stored ZIP, which unpacked is a folder that the command line hands in. */
export async function packed({ manifest, sealed }: SealedBid): Promise<Blob> {
  const files = new Map<string, Blob>([[MANIFEST, new Blob([canonical(manifest)])]])
  for (const [name, body] of sealed) files.set(`${name}${SUFFIX}`, body)
  const laid = layOut(new Map([...files].map(([name, file]) => [name, file.size])))
  const crcs: number[] = []
  for (const name of laid.names) crcs.push(await crcOf(files.get(name) ?? new Blob()))
  const pieces = laid.pieces.map((piece) =>
    'file' in piece ? (files.get(laid.names[piece.file] ?? '') ?? new Blob()) : piece.make((file) => crcs[file] ?? 0),
  )
  return new Blob(pieces, { type: 'application/zip' })
}

/** The manifest and bodies of such a file, nothing of them checked but their shape. OpeningError, CanonicalError. */
export async function unpacked(file: Blob): Promise<SealedBid> {
  const read = async (offset: number, length: number): Promise<Bytes> =>
    new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
  const found = new Map<string, Blob>()
  for (const member of await members(read, file.size)) {
    const start = await contentStart(read, member)
    found.set(member.name, file.slice(start, start + member.length))
  }
  const said = found.get(MANIFEST)
  if (said === undefined || said.size > STEP) throw new OpeningError('manifest', 'no manifest in it')
  const manifest = parseCanonical(utf8(fromUtf8(new Uint8Array(await said.arrayBuffer()))), Manifest)
  const sealed = new Map<string, Blob>()
  for (const { name } of manifest.envelopes) {
    const body = found.get(`${name}${SUFFIX}`)
    if (body === undefined) throw new OpeningError('manifest', 'a sealed file is missing', name)
    sealed.set(name, body)
  }
  return { manifest, sealed }
}

async function crcOf(file: Blob): Promise<number> {
  let crc = 0
  for (let at = 0; at < file.size; at += STEP) {
    crc = crc32(new Uint8Array(await file.slice(at, at + STEP).arrayBuffer()), crc)
  }
  return crc
}
