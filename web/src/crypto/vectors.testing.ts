/**
 * Runs tests/vectors/sealed-bids as the specification's section 17 says, in Node and in a real browser alike.
 *
 * A case with `layer: null` must succeed with the values it carries; any other must be refused by the named
 * layer, and by no earlier one.
 */

import { layOut } from './archive'
import { b64, concat, equal, fromUtf8, hex, unb64, unhex, type Bytes } from './bytes'
import { sealedLength } from './body'
import { canonical, canonicalText, parseCanonical } from './canonical'
import { crc32 } from './crc32'
import { openForm } from './envelope'
import { CanonicalError, FileNameError, KeyError, OpeningError, SignatureError, type Layer } from './errors'
import { heldShares, together, TRUSTEES, type Trustee } from './escrow'
import { formBytes } from './form'
import { envelopeOf, Manifest, targetOf } from './manifest'
import { checkManifest, type Expected } from './manifest-check'
import { FORM, paddedSize } from './padding'
import { treeRoot } from './parts'
import { verifyReceipt } from './receipt'
import { recoveryCode, seedOfCode } from './recovery'
import { checkRelease, KeyRelease, recoverCek, requireReleasedKey } from './release'
import type { Signed } from './signing'
import { spareForm } from './spare'
import { verifyStatement } from './statement'
import { openingKey, unwrap } from './suite'
import { wrapInfo, type Target } from './target'

/** A case as it stands in the file; its fields depend on the kind. */
export interface Case {
  readonly name: string
  readonly layer: Layer | null
  readonly [field: string]: unknown
}

/** The layer that refused, null if the case succeeded with the values it carries. Throws if it gives others. */
export async function outcome(kind: string, one: Case): Promise<string | null> {
  const run = RUN[kind]
  if (run === undefined) throw new Error(`no runner for ${kind}`)
  try {
    await run(one)
    return null
  } catch (error) {
    if (error instanceof OpeningError) return error.layer
    throw error
  }
}

const RUN: Record<string, (one: Case) => Promise<void>> = {
  async opening(one) {
    const form = await openForm(bytes(one.sealed), manifestOf(one), unhex(text(one.cek)))
    same(hex(formBytes(form)), hex(bytes(one.content)))
  },
  async wrap(one) {
    const target = one.target as Target
    const own = await openingKey(unhex(text(one.private)), target.suite)
    const cek = await unwrap(bytes(one.wrapped), own, wrapInfo(target))
    if (cek === null) throw new OpeningError('manifest', 'does not unwrap')
    same(hex(cek), one.cek)
  },
  async manifest(one) {
    const { length, first_bytes, part_hashes } = one.upload as Arrived
    const arrived = { length, firstBytes: unhex(first_bytes), partHashes: part_hashes.map(unhex) }
    const expected = one.expected as Expected
    const refused = await checkManifest(manifestOf(one), expected, new Map([['form', arrived]]))
    same(refused?.code ?? null, one.code)
    if (refused !== null) throw new OpeningError('manifest', refused.code)
  },
  async root(one) {
    const made = await treeRoot((one.part_hashes as string[]).map(unhex))
    if (!equal(made, unhex(text(one.root)))) throw new OpeningError('root', 'another root')
  },
  padding(one) {
    same(paddedSize('technical', one.content_length as number), one.padded)
    same(sealedLength(one.padded as number), one.sealed)
    return Promise.resolve()
  },
  async release(one) {
    const [release, manifest] = [parseCanonical(bytes(one.release), KeyRelease), manifestOf(one)]
    await checkRelease(release, manifest, text(one.session))
    const cek = await recoverCek(release, manifest, FORM, {
      agency: await openingKey(unhex(text(one.agency)), manifest.suite),
      supervisor: await openingKey(unhex(text(one.supervisor)), manifest.suite),
    })
    same(hex(cek), one.cek)
  },
  async escrow(one) {
    const [manifest, privates] = [manifestOf(one), one.trustees as Partial<Record<Trustee, string>>]
    const { escrow } = envelopeOf(manifest, FORM)
    if (escrow === undefined) throw new TypeError('the case leaves nothing with trustees')
    const shares = new Map<number, Bytes>()
    for (const trustee of TRUSTEES.filter((name) => name in privates)) {
      const own = await openingKey(unhex(text(privates[trustee])), manifest.suite)
      for (const [index, share] of await heldShares(escrow, targetOf(manifest, FORM), trustee, own)) shares.set(index, share)
    }
    const cek = allOf(shares)
    await requireReleasedKey(cek, manifest, FORM)
    same(hex(cek), one.cek)
  },
  async spare(one) {
    const form = await spareForm(new Blob([bytes(one.spare)]), manifestOf(one))
    same(hex(formBytes(form)), hex(bytes(one.form)))
  },
  archive(one) {
    try {
      if (one.lengths === undefined) sameArchive(one)
      else sameLayout(one)
    } catch (error) {
      throw error instanceof FileNameError ? new OpeningError('container', error.reason) : error
    }
    return Promise.resolve()
  },
  async recovery(one) {
    same(await recoveryCode(unhex(text(one.seed))), one.code)
    same(hex(await seedOfCode(text(one.spelled))), one.seed)
  },
  statement: (one) => signed(one, verifyStatement, 'statement'),
  receipt: (one) => signed(one, verifyReceipt, 'receipt'),
}

function allOf(shares: ReadonlyMap<number, Bytes>): Bytes {
  try {
    return together(shares)
  } catch (error) {
    throw error instanceof KeyError ? new OpeningError('escrow', error.message) : error
  }
}

interface Arrived {
  readonly length: number
  readonly first_bytes: string
  readonly part_hashes: readonly string[]
}

function sameArchive(one: Case): void {
  const files = new Map(Object.entries(one.files as Record<string, string>).map(([name, data]) => [name, unb64(data)]))
  const laid = layOut(new Map([...files].map(([name, data]) => [name, data.length])))
  const content = (index: number): Bytes => files.get(laid.names[index] ?? '') ?? new Uint8Array()
  const pieces = laid.pieces.map((piece) =>
    'file' in piece ? content(piece.file) : piece.make((index) => crc32(content(index))),
  )
  same(b64(concat(...pieces)), one.archive)
}

function sameLayout(one: Case): void {
  const laid = layOut(new Map(Object.entries(one.lengths as Record<string, number>)))
  const crcs = one.crcs as Record<string, number>
  same(laid.length, one.length)
  const last = laid.pieces.at(-1)
  if (last === undefined || 'file' in last) throw new Error('the archive ends in a file')
  same(b64(last.make((index) => crcs[laid.names[index] ?? ''] ?? 0)), one.directory)
}

async function signed(
  one: Case,
  verify: (document: Signed, publicRaw: Bytes) => Promise<unknown>,
  layer: Layer,
): Promise<void> {
  const document = { payload: bytes(one.payload), signature: bytes(one.signature) }
  let value: unknown
  try {
    value = await verify(document, unhex(text(one.public)))
  } catch (error) {
    if (!(error instanceof SignatureError || error instanceof CanonicalError)) throw error
    throw new OpeningError(layer, error.message)
  }
  same(canonicalText(value), fromUtf8(document.payload))
}

function manifestOf(one: Case): Manifest {
  const manifest = parseCanonical(bytes(one.manifest), Manifest)
  same(hex(canonical(manifest)), hex(bytes(one.manifest)))
  return manifest
}

function text(field: unknown): string {
  if (typeof field !== 'string') throw new TypeError('the case has no such text')
  return field
}

function bytes(field: unknown): Bytes {
  return unb64(text(field))
}

function same(found: unknown, wanted: unknown): void {
  if (found !== wanted) throw new Error(`found ${String(found)}, wanted ${String(wanted)}`)
}
