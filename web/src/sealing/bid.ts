/** A whole bid on the bidder's device: its envelopes sealed to kept files, and the manifest that names them. */

import { bodyOf, CEK_SIZE, newBody, PREFIX_SIZE } from '@/crypto/body'
import { b64, hex, random, unb64, unhex, type Bytes } from '@/crypto/bytes'
import { POLICY_P3 } from '@/crypto/choices'
import { openForm } from '@/crypto/envelope'
import { KeyError, OpeningError } from '@/crypto/errors'
import { consentTo, deposit } from '@/crypto/escrow'
import { drawNonceHash, formBytes, type OpeningForm } from '@/crypto/form'
import { ENVELOPES, envelopeOf, targetOf, type Manifest, type SealedEnvelope } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'
import { partCount, treeRoot } from '@/crypto/parts'
import { recipient, wrap } from '@/crypto/suite'
import { bodyContext, wrapInfo } from '@/crypto/target'

import { contentOfBytes, contentOfFiles } from './content'
import type { Engine } from './engine'
import type { Found, OpenJob } from './opener'
import type { Place } from './sinks'
import type { Sealing } from './terms'

/** The lot and tender document a bid is sealed for, how, and which version of the bid it is. */
export interface Address extends Sealing {
  readonly lot: string
  readonly bidder: string
  readonly document_hash: string
  readonly document_version: number
  readonly bid_version: number
  /** The manifest hash of the version it replaces, null for the first. */
  readonly supersedes: string | null
}

/** Envelope → name in the envelope → file; one entry for every envelope but the form. */
export type Documents = ReadonlyMap<string, ReadonlyMap<string, Blob>>

export interface SealedBid {
  readonly manifest: Manifest
  readonly sealed: ReadonlyMap<string, Blob>
  /** Where this browser keeps the sealed files, if it does. */
  readonly kept?: ReadonlyMap<string, FileSystemFileHandle>
}

/** `ceks`: the content keys by envelope, for the trial opening at once; under P3 there is no later one. Kept nowhere. */
export interface FreshBid extends SealedBid {
  readonly ceks: ReadonlyMap<string, Bytes>
}

/** `done` and `total` in padded bytes over all envelopes. */
export type Progress = (done: number, total: number) => void

/**
 * Seal the form and the documents for the bidder's own opening keys (raw, of the suite), any one of which opens the bid;
 * under P3 there are none. What the policy asks is left with the trustees.
 *
 * `place` says where each envelope's body goes. KeyError, SealingError and its kinds.
 */
export async function sealBid(
  engine: Engine,
  address: Address,
  form: OpeningForm,
  documents: Documents,
  recipients: readonly Bytes[],
  place: (envelope: string) => Place,
  progress: Progress,
): Promise<FreshBid> {
  const { suite, policy, trustees, ...named } = address
  if (recipients.length > 0 === (policy === POLICY_P3)) throw new KeyError({ what: "recipients: the bidder's own, and under P3 none" })
  const bytes = formBytes(form)
  const sizes = new Map(ENVELOPES.filter((name) => name === FORM || documents.has(name)).map((name) => [name, paddedOf(name, bytes, documents)]))
  const total = [...sizes.values()].reduce((sum, size) => sum + size, 0)
  const own = await Promise.all(recipients.map(recipient))
  const sealed = new Map<string, Blob>()
  const ceks = new Map<string, Bytes>()
  const envelopes: SealedEnvelope[] = []
  let before = 0
  for (const [name, size] of sizes) {
    const target = targetOf(address, name)
    const cek = random(CEK_SIZE)
    const { header, key, nonce } = await newBody(cek, bodyContext(target), suite)
    const files = documents.get(name) ?? new Map<string, Blob>()
    const job = { envelope: name, bytes: name === FORM ? bytes : null, files, body: { key, nonce }, header, place: place(name) }
    const done = before
    const result = await engine.seal(job, (now) => {
      progress(done + now, total)
    })
    const wraps = await Promise.all(
      recipients.map(async (publicRaw, at) => ({
        key: own[at]?.key ?? '',
        wrapped: b64(await wrap(cek, publicRaw, wrapInfo(target), suite)),
      })),
    )
    envelopes.push({
      name,
      sealed_length: result.length,
      part_count: partCount(result.length),
      root: hex(await treeRoot(result.partHashes)),
      header: b64(header),
      wraps,
      ...(trustees.size > 0 ? { escrow: await deposit(cek, target, trustees) } : {}),
    })
    sealed.set(name, result.sealed)
    ceks.set(name, cek)
    before += size
    progress(before, total)
  }
  const manifest: Manifest = {
    ...named,
    recipients: own,
    envelopes,
    draw_nonce_hash: await drawNonceHash(address.lot, address.bidder, form.draw_nonce),
    suite,
    policy,
    ...(policy === POLICY_P3 ? { consent: await consentTo(trustees) } : {}),
    v: 1,
  }
  return { manifest, sealed, ceks }
}

export interface OpenedBid {
  readonly form: OpeningForm
  /** By envelope, the form left out. */
  readonly files: ReadonlyMap<string, readonly Found[]>
  /** One file of an envelope, for looking at it. */
  extract(envelope: string, file: Found): Promise<Blob>
}

/** The content key of an envelope; an OpeningError if there is none. */
export type CekOf = (envelope: string) => Promise<Bytes>

/**
 * Open one's own bid in place: every check of an opening, before the deadline.
 *
 * OpeningError with the first layer that fails.
 */
export async function openBid(
  engine: Engine,
  { manifest, sealed, kept }: SealedBid,
  cekOf: CekOf,
  progress: Progress,
): Promise<OpenedBid> {
  const total = manifest.envelopes.reduce((sum, envelope) => sum + envelope.sealed_length, 0)
  const jobs = new Map<string, OpenJob>()
  const files = new Map<string, readonly Found[]>()
  let form: OpeningForm | undefined
  let before = 0
  for (const { name, sealed_length } of manifest.envelopes) {
    const body = sealed.get(name)
    if (body?.size !== sealed_length) throw new OpeningError('root', 'not the bytes of the manifest', name)
    const cek = await cekOf(name)
    if (name === FORM) form = await openForm(new Uint8Array(await body.arrayBuffer()), manifest, cek)
    else {
      const handle = kept?.get(name)
      const job = { ...(await openJob(manifest, name, body, cek)), ...(handle && { kept: handle }) }
      jobs.set(name, job)
      const done = before
      const found = await engine.open(job, (now) => {
        progress(Math.min(done + now, total), total)
      })
      files.set(name, found)
    }
    before += sealed_length
    progress(before, total)
  }
  if (form === undefined) throw new OpeningError('form', 'no opening form', FORM)
  return {
    form,
    files,
    extract(envelope, file) {
      const job = jobs.get(envelope)
      if (job === undefined) throw new OpeningError('manifest', 'no such envelope', envelope)
      return engine.extract(job, file)
    },
  }
}

async function openJob(manifest: Manifest, envelope: string, sealed: Blob, cek: Bytes): Promise<OpenJob> {
  const { header, root } = envelopeOf(manifest, envelope)
  const signed = unb64(header)
  const first = new Uint8Array(await sealed.slice(0, PREFIX_SIZE).arrayBuffer())
  if (b64(first.subarray(PREFIX_SIZE - signed.length)) !== header) {
    throw new OpeningError('manifest', "the header is not the manifest's", envelope)
  }
  const body = await bodyOf(cek, signed, bodyContext(targetOf(manifest, envelope)), manifest.suite)
  if (body === null) throw new OpeningError('commitment', 'another key, or sealed for another target', envelope)
  return { envelope, sealed, body: { key: body.key, nonce: body.nonce }, root: unhex(root) }
}

function paddedOf(envelope: string, form: Bytes, documents: Documents): number {
  if (envelope === FORM) return contentOfBytes(envelope, form).padded
  const files = documents.get(envelope) ?? new Map<string, Blob>()
  return contentOfFiles(envelope, new Map([...files].map(([name, file]) => [name, file.size]))).padded
}
