/**
 * Files beside a record or bundle, each against what stands in it: sealed bodies, opened envelopes, spare files,
 * documents, receipts and proofs of the log that were kept. Read piece by piece, so that their size does not matter.
 */

import * as v from 'valibot'

import { contentStart, members, type ReadAt } from '@/crypto/archive-reader'
import { parseCanonical } from '@/crypto/canonical'
import { digestOf, rootOf } from '@/crypto/blobs'
import type { Bytes } from '@/crypto/bytes'
import { DisclosedLeaves } from '@/log/leaves'

import { all, type Event, type Read } from './events'
import { Paper } from './format'
import { checkKept } from './kept'
import { checkKeptLeaves } from './keptleaves'
import { Imported, Issued, Roll } from './shapes'
import { demand, within } from './steps'

const STEP = 'files'
const SEALED = '.sealed'
const OPENED = '.zip'
/** In bytes: a receipt has 1 kB, the proofs of a lot some MB. What is longer is hashed like any other file. */
const LONGEST_KEPT = 32 * 1024 * 1024

/** `name`: with its folders, the one that was chosen first. */
export interface Chosen {
  readonly name: string
  readonly data: Blob
}

const Envelopes = v.object({
  bids: v.array(v.object({ bidder: v.string(), envelope: v.string(), plaintext_sha256: v.optional(v.string(), ''), length: v.optional(v.number(), 0) })),
})
const Committed = v.object({
  envelopes: v.array(v.object({ name: v.string(), root: v.string() })),
  spare: v.optional(v.object({ form: v.string(), sha256: v.string() })),
})
type Committed = v.InferOutput<typeof Committed>

/** Hex digest of what each bidder/envelope, or document, is; the manifests by bidder; whose spare file was taken. */
interface Wanted {
  readonly sealed: ReadonlyMap<string, string>
  readonly opened: ReadonlyMap<string, string>
  readonly manifests: ReadonlyMap<string, Committed>
  readonly taken: ReadonlySet<string>
}

/** `held`: told what each file is; `done`: the bytes read, of all. Faults of the step `files`. */
export async function checkFiles(
  files: readonly Chosen[],
  read: Read,
  added: readonly Event[],
  held: (said: string) => void,
  done: (bytes: number) => void,
): Promise<void> {
  const wanted = wantedOf(read, added)
  const known = new Map([...wanted.sealed, ...wanted.opened].map(([label, digest]) => [digest, label]))
  let [checked, unknown, before] = [0, 0, 0]
  for (const file of [...files].sort((one, other) => (one.name < other.name ? -1 : 1))) {
    const { name, data } = file
    const label = (await keptIn(file, read)) ?? (await labelOf(file, wanted, known, (bytes) => { done(before + bytes) }))
    before += data.size
    done(before)
    if (label === undefined) unknown += 1
    else {
      checked += 1
      held(`${name}: ${label}`)
    }
  }
  held(`${String(checked)} as the file says; ${String(unknown)} that it does not speak of`)
}

/** Undefined for a file that the record does not speak of. */
async function labelOf(
  { name, data }: Chosen,
  wanted: Wanted,
  known: ReadonlyMap<string, string>,
  done: (bytes: number) => void,
): Promise<string | undefined> {
  const path = name.split('/')
  const [, stem = '', suffix = ''] = /^(.+?)(\.[^.]*)?$/.exec(path.at(-1) ?? '') ?? []
  const digest = suffix === SEALED ? await rootOf(data, done) : await digestOf(data, done)
  const label = known.get(digest)
  if (suffix === SEALED || suffix === OPENED) {
    const claimed = (suffix === SEALED ? wanted.sealed : wanted.opened).get(`${path.at(-2) ?? ''}/${stem}`)
    demand(claimed === undefined || claimed === digest, STEP, `${name}: other bytes than the bid's`)
    demand(label !== undefined, STEP, `${name}: of no bid in the bundle`)
  }
  const [bidder = '', what] = label?.split('/') ?? []
  return what === 'spare' ? `${label ?? ''}${await within(STEP, () => insideSpare(name, data, bidder, wanted))}` : label
}

/** R-PAIN-05: of a spare file that was taken, what was opened is what lies in it. */
async function insideSpare(name: string, data: Blob, bidder: string, { manifests, opened, taken }: Wanted): Promise<string> {
  if (!taken.has(bidder)) return ''
  const read: ReadAt = async (offset, length) => new Uint8Array(await data.slice(offset, offset + length).arrayBuffer())
  let same = 0
  for (const member of await members(read, data.size)) {
    const start = await contentStart(read, member)
    const digest = await digestOf(data.slice(start, start + member.length), () => undefined)
    const form = member.name === 'form.json'
    const was = form ? manifests.get(bidder)?.spare?.form : opened.get(`${bidder}/${member.name.slice(0, -OPENED.length)}`)
    demand(was === undefined || was === digest, STEP, `${name}: ${member.name} is another than was opened`)
    if (was !== undefined) same += 1
  }
  return `, taken in place of the sealed bid: ${String(same)} of what lies in it as opened`
}

function wantedOf(read: Read, added: readonly Event[]): Wanted {
  const whole: Read = { ...read, events: [...read.events, ...added] }
  const roll = all(read, 'lot.roll-published.v1', Roll)[0]
  const manifests = new Map((roll?.manifests ?? []).map((one) => [one.bidder, v.parse(Committed, JSON.parse(one.manifest))]))
  const sealed = [...manifests].flatMap(([bidder, one]) => one.envelopes.map(({ name, root }) => [`${bidder}/${name}`, root] as const))
  const opened = new Map<string, string>()
  for (const topic of ['lot.envelopes-opened.v1', 'lot.qualification-opened.v1']) {
    for (const { bids } of all(whole, topic, Envelopes)) {
      for (const one of bids) if (one.length > 0) opened.set(`${one.bidder}/${one.envelope}`, one.plaintext_sha256)
    }
  }
  for (const { results } of all(read, 'lot.bids-imported.v1', Imported)) {
    for (const one of results) if (one.opened) opened.set(`${one.bidder}/form`, one.plaintext_sha256)
  }
  for (const { version, sha256 } of all(read, 'lot.document-issued.v1', Issued)) opened.set(`tender document, version ${String(version)}`, sha256)
  for (const [bidder, { spare }] of manifests) if (spare) opened.set(`${bidder}/spare`, spare.sha256)
  const taken = all(read, 'lot.spare-accepted.v1', v.object({ bidder: v.string() })).map((one) => one.bidder)
  return { sealed: new Map(sealed), opened, manifests, taken: new Set(taken) }
}

/** What the platform handed over and somebody kept, against the record; undefined for any other file. */
async function keptIn({ name, data }: Chosen, read: Read): Promise<string | undefined> {
  if (!name.endsWith('.json') || data.size > LONGEST_KEPT) return undefined
  const bytes = new Uint8Array(await data.arrayBuffer())
  const paper = formOf(bytes, Paper)
  if (paper !== null) return within(STEP, () => checkKept(paper, read, name))
  const leaves = formOf(bytes, DisclosedLeaves)
  return leaves === null ? undefined : within(STEP, () => checkKeptLeaves(leaves, read, name))
}

/** Null for what has another form. */
function formOf<T extends v.GenericSchema>(data: Bytes, shape: T): v.InferOutput<T> | null {
  try {
    return parseCanonical(data, shape)
  } catch {
    return null
  }
}
