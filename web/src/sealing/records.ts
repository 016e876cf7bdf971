/** Sealed bids that this device knows: what is needed to go on after a reload, and the receipts for good. */

import type { Schemas } from '@/api/types'
import { utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import type { OpeningForm } from '@/crypto/form'
import { Manifest } from '@/crypto/manifest'
import { all, drop, keep, take } from '@/device/store'

import { SUFFIX } from './package'
import { forgetKept, keptFile, type Place } from './sinks'

/** `manifest`: the canonical text, `signature` the device's over it. `at`: when it was sealed, ms since 1970. */
export interface BidRecord {
  readonly id: string
  readonly lot: string
  readonly title: string
  readonly party: string
  readonly at: number
  readonly manifest: string
  readonly manifestHash: string
  readonly signature: string
  /** What was sealed, to be compared with what is announced. Never leaves the device. Null if nobody can open it here. */
  readonly form: OpeningForm | null
  /** Every byte was opened and checked on this device after sealing. */
  readonly tried: boolean
  /** Envelope → address of its upload on the platform. */
  readonly uploads: Readonly<Record<string, string>>
  readonly receipt?: KeptReceipt
  /** Who stands behind a joint bid, of which this party is the lead. */
  readonly consortium?: Consortium
  /** Published with the bidder's name on the roll. */
  readonly qualifications?: readonly Qualification[]
  /** The sealed files are still on this device. */
  readonly kept: boolean
}

/** As `bidding verify` reads it, and the platform's public key (B64) that it was checked with. */
export interface KeptReceipt {
  readonly receipt: string
  readonly signature: string
  readonly platformKey: string
}

export type Consortium = Schemas['Consortium']
export type Qualification = Schemas['Qualification']
/** What is handed in beside the sealed bid. */
export type Beside = Pick<BidRecord, 'consortium' | 'qualifications'>

const FOLDER = 'bids'

export function placeOf(id: string, envelope: string): Place {
  return { kind: 'kept', path: [FOLDER, id, `${envelope}${SUFFIX}`] }
}

export async function recordsOf(party: string, lot?: string): Promise<BidRecord[]> {
  const found = await all<BidRecord>('bids')
  return found.filter((one) => one.party === party && (lot === undefined || one.lot === lot)).sort((a, b) => b.at - a.at)
}

export function record(id: string): Promise<BidRecord | undefined> {
  return take<BidRecord>('bids', id)
}

/** Changes are made on what is kept, not on what a page remembers: another tab may have gone on. */
export async function change(id: string, changes: Partial<BidRecord>): Promise<BidRecord | undefined> {
  const known = await record(id)
  if (known === undefined) return undefined
  const next = { ...known, ...changes }
  await keep('bids', id, next)
  return next
}

export async function remember(made: BidRecord): Promise<void> {
  await keep('bids', made.id, made)
}

export function manifestOf(one: Pick<BidRecord, 'manifest'>): Manifest {
  return parseCanonical(utf8(one.manifest), Manifest)
}

/** Where the sealed files of a record are kept. A `NotFoundError` if the browser has cleared them away. */
export async function keptFiles(one: BidRecord): Promise<Map<string, FileSystemFileHandle>> {
  const found = new Map<string, FileSystemFileHandle>()
  for (const { name } of manifestOf(one).envelopes) {
    found.set(name, await keptFile([FOLDER, one.id, `${name}${SUFFIX}`]))
  }
  return found
}

/** The sealed files of a record. A `NotFoundError` as above. */
export async function sealedFiles(one: BidRecord): Promise<Map<string, Blob>> {
  const found = new Map<string, Blob>()
  for (const [name, handle] of await keptFiles(one)) found.set(name, await handle.getFile())
  return found
}

/** Copy sealed files from elsewhere into this device's keeping. */
export async function adopt(id: string, sealed: ReadonlyMap<string, Blob>): Promise<void> {
  for (const [name, body] of sealed) {
    const handle = await keptFile([FOLDER, id, `${name}${SUFFIX}`], true)
    await body.stream().pipeTo(await handle.createWritable())
  }
}

/** Free the space; manifest, signature and receipt stay. */
export async function clearSealed(id: string): Promise<void> {
  await forgetKept([FOLDER, id])
  await change(id, { kept: false })
}

/** A bid that was never handed in is forgotten altogether. */
export async function discard(id: string): Promise<void> {
  await forgetKept([FOLDER, id])
  await drop('bids', id)
}

/** What was being sealed when the page went away has no record, only files: they are of no use to anybody. */
export async function sweep(): Promise<void> {
  const known = new Set((await all<BidRecord>('bids')).map(({ id }) => id))
  await navigator.locks.request('bidding-sealing', { ifAvailable: true }, async (lock) => {
    if (lock === null) return // another tab is sealing
    const root = await navigator.storage.getDirectory()
    const folder = await root.getDirectoryHandle(FOLDER, { create: true })
    for await (const name of folder.keys()) if (!known.has(name)) await forgetKept([FOLDER, name])
  })
}
