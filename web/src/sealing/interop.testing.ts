/** Seals, opens and releases whole bids for tests/crypto/test_browser_interop.py, in Node: without workers, in memory. */

import { layOut } from '@/crypto/archive'
import { contentStart, members } from '@/crypto/archive-reader'
import { MAGIC, openChunks, PREFIX_SIZE, sealChunks } from '@/crypto/body'
import { b64, concat, fromUtf8, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, canonicalText, parseCanonical } from '@/crypto/canonical'
import { crc32 } from '@/crypto/crc32'
import { contentLength, lengthPrefix } from '@/crypto/envelope'
import { heldShares, together, type Trustee } from '@/crypto/escrow'
import type { OpeningForm } from '@/crypto/form'
import { envelopeOf, Manifest, targetOf, unwrapCek } from '@/crypto/manifest'
import { FORM, LENGTH_SIZE, paddedSize } from '@/crypto/padding'
import { partHashes } from '@/crypto/parts'
import { KeyRelease, makeRelease, recoverCek } from '@/crypto/release'
import { SessionPublic } from '@/crypto/session'
import { openingKey } from '@/crypto/suite'

import { openBid, sealBid, type Address } from './bid'
import type { Engine } from './engine'
import type { Found, OpenJob } from './opener'
import type { SealedResult, SealJob } from './sealer'

type Named = Readonly<Record<string, string>>
interface Whole {
  readonly manifest: string
  readonly sealed: Named
}

/** Bytes are base64url throughout. */
interface Asked {
  readonly address: Omit<Address, 'trustees'>
  readonly form: OpeningForm
  readonly files: Readonly<Record<string, Named>>
  readonly trustees: Partial<Readonly<Record<Trustee, string>>>
  readonly recipients: readonly string[]
}

export async function seal(asked: Asked): Promise<Whole> {
  const documents = new Map(Object.entries(asked.files).map(([envelope, files]) => [envelope, new Map(Object.entries(files).map(([name, data]) => [name, new Blob([unb64(data)])]))]))
  const trustees = new Map(Object.entries(asked.trustees).map(([name, key]) => [name as Trustee, unb64(key)]))
  const made = await sealBid(engine, { ...asked.address, trustees }, asked.form, documents, asked.recipients.map(unb64), () => ({ kind: 'memory' }), () => undefined)
  const sealed = await Promise.all([...made.sealed].map(async ([name, body]) => [name, b64(await bytesOf(body))] as const))
  return { manifest: fromUtf8(canonical(made.manifest)), sealed: Object.fromEntries(sealed) }
}

/** By the bidder's own key, or by trustees' (whose private keys these are). */
export async function open({ manifest: said, sealed, own, trustees }: Whole & { readonly own?: string; readonly trustees?: Named }): Promise<{ form: string; files: Named }> {
  const manifest = parseCanonical(utf8(said), Manifest)
  const cekOf = async (envelope: string): Promise<Bytes> => {
    if (own !== undefined) return unwrapCek(manifest, envelope, await openingKey(unb64(own), manifest.suite))
    const shares = new Map<number, Bytes>()
    const { escrow } = envelopeOf(manifest, envelope)
    for (const [trustee, key] of escrow === undefined ? [] : Object.entries(trustees ?? {})) {
      const opening = await openingKey(unb64(key), manifest.suite)
      for (const [index, share] of await heldShares(escrow as NonNullable<typeof escrow>, targetOf(manifest, envelope), trustee as Trustee, opening)) shares.set(index, share)
    }
    return together(shares)
  }
  const bodies = new Map(Object.entries(sealed).map(([name, body]) => [name, new Blob([unb64(body)])]))
  const opened = await openBid(engine, { manifest, sealed: bodies }, cekOf, () => undefined)
  const files: Record<string, string> = {}
  for (const [envelope, found] of opened.files) for (const file of found) files[file.name] = b64(await bytesOf(await opened.extract(envelope, file)))
  return { form: canonicalText(opened.form), files }
}

export async function release({ manifest: said, own, agency, supervisor }: { readonly manifest: string; readonly own: string; readonly agency: string; readonly supervisor: string }): Promise<string> {
  const manifest = parseCanonical(utf8(said), Manifest)
  const opening = await openingKey(unb64(own), manifest.suite)
  const ceks = await Promise.all(manifest.envelopes.map(async ({ name }) => [name, await unwrapCek(manifest, name, opening)] as const))
  const made = await makeRelease(manifest, new Map(ceks), parseCanonical(utf8(agency), SessionPublic), parseCanonical(utf8(supervisor), SessionPublic))
  return canonicalText(made)
}

/** The form's content key from a release, by both offices' private form keys. */
export async function recover({ manifest: said, release: made, agency, supervisor }: { readonly manifest: string; readonly release: string; readonly agency: string; readonly supervisor: string }): Promise<string> {
  const manifest = parseCanonical(utf8(said), Manifest)
  const privates = { agency: await openingKey(unb64(agency), manifest.suite), supervisor: await openingKey(unb64(supervisor), manifest.suite) }
  return b64(await recoverCek(parseCanonical(utf8(made), KeyRelease), manifest, FORM, privates))
}

/** As the workers do it, in one piece. */
const engine = {
  async seal({ envelope, bytes, files, body, header }: SealJob): Promise<SealedResult> {
    const content = bytes ?? (await archive(files))
    const padded = new Uint8Array(paddedSize(envelope, content.length))
    padded.set(concat(lengthPrefix(content.length), content))
    const sealed = concat(MAGIC, header, await sealChunks(body, 0, padded, true))
    return { length: sealed.length, partHashes: await partHashes(sealed), sealed: new Blob([sealed]) }
  },
  async open(job: OpenJob): Promise<Found[]> {
    const content = await contentOf(job)
    const read = (offset: number, length: number): Promise<Bytes> => Promise.resolve(content.slice(offset, offset + length))
    return Promise.all((await members(read, content.length)).map(async (one) => ({ ...one, start: await contentStart(read, one) })))
  },
  async extract(job: OpenJob, { start, length }: Found): Promise<Blob> {
    return new Blob([(await contentOf(job)).slice(start, start + length)])
  },
} as unknown as Engine

async function archive(files: ReadonlyMap<string, Blob>): Promise<Bytes> {
  const laid = layOut(new Map([...files].map(([name, file]) => [name, file.size])))
  const contents = await Promise.all(laid.names.map((name) => bytesOf(files.get(name) ?? new Blob())))
  const content = (file: number): Bytes => contents[file] ?? new Uint8Array()
  return concat(...laid.pieces.map((piece) => ('file' in piece ? content(piece.file) : piece.make((file) => crc32(content(file))))))
}

async function contentOf({ sealed, body, envelope }: OpenJob): Promise<Bytes> {
  const padded = await openChunks(body, 0, (await bytesOf(sealed)).slice(PREFIX_SIZE), true)
  if (padded === null) throw new Error('altered')
  return padded.slice(LENGTH_SIZE, LENGTH_SIZE + contentLength(padded, padded.length, envelope))
}

async function bytesOf(blob: Blob): Promise<Bytes> {
  return new Uint8Array(await blob.arrayBuffer())
}
