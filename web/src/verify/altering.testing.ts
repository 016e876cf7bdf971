/** Carries out the alterations of tests/vectors/records, and seals anew where the platform itself is the liar. */

import * as v from 'valibot'

import { b64, hex, sha256, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { treeRoot } from '@/crypto/parts'
import { ownKey, type OwnKey } from '@/crypto/suite'

type Json = null | boolean | number | string | Json[] | Node
// An interface, for a record type cannot refer to itself.
interface Node {
  [name: string]: Json
}

const Change = v.object({
  do: v.string(),
  at: v.array(v.union([v.string(), v.number()])),
  topic: v.optional(v.string()),
  value: v.optional(v.unknown()),
})
const Case = v.object({ name: v.string(), step: v.string(), of: v.string(), reseal: v.boolean(), change: v.array(Change) })
export const Cases = v.object({ cases: v.array(Case), holds: v.array(v.object({ ...Case.entries, said: v.string() })) })
export type Case = v.InferOutput<typeof Case>
type Change = v.InferOutput<typeof Change>

export interface Files {
  readonly record: string
  readonly bundle: string
  /** Text of any file of the folder, by its name without the suffix. */
  readonly text: (name: string) => string
  readonly key: OwnKey
}

/** The key that signed what lies in the folder of the file. */
export async function keyBeside({ text }: Pick<Files, 'text'>, name: string): Promise<OwnKey> {
  const { private: secret } = v.parse(v.object({ private: v.string() }), JSON.parse(text(name.replace(/[^/]*$/, 'key'))))
  return ownKey(unb64(secret), 'Ed25519')
}

export async function filesOf(text: Files['text']): Promise<Files> {
  return { record: text('record').trim(), bundle: text('bundle').trim(), text, key: await keyBeside({ text }, 'record') }
}

export async function altered(files: Files, one: Case): Promise<Bytes> {
  const document = JSON.parse(files.text(one.of)) as Node
  const inBundle = 'record' in document
  const record = (inBundle ? document.record : document) as Node
  let behind = ''
  for (const change of one.change) {
    if (change.do === 'raw') behind += String(change.value)
    else alter(document, eventsOf(document, change.topic), change)
  }
  if (one.reseal && behind === '' && !('more' in document)) {
    const key = await keyBeside(files, one.of)
    await resealRecord(record, key)
    if (inBundle) await resealBundle(document, key)
  }
  return utf8(canonicalText(document) + behind)
}

/** The list that an event of the topic stands in: what a bundle adds, or the record's own. */
function eventsOf(document: Node, topic: string | undefined): Node[] {
  const added = (document.disclosed ?? []) as Node[]
  if (added.some((one) => one.topic === topic)) return added
  return ((document.record ?? document) as Node).events as Node[]
}

function alter(document: Node, events: Node[], change: Change): void {
  if (change.topic === undefined) {
    apply(document, change)
    return
  }
  const index = events.findLastIndex((one) => one.topic === change.topic)
  const event = events[index]
  if (event === undefined) throw new Error(`no ${change.topic}`)
  if (change.do === 'drop') {
    events.splice(index, 1)
    return
  }
  const state = JSON.parse(String(event.state)) as Node
  apply(state, { ...change, value: named(change.value, state) })
  event.state = canonicalText(state)
}

function named(value: unknown, state: Node): unknown {
  if (!Array.isArray(value) || typeof value[0] !== 'object') return value
  const [candidate] = state.candidates as Node[]
  return [{ ...(value[0] as Node), bidder: candidate?.bidder ?? null }]
}

function apply(document: Node, change: Change): void {
  const way = change.at.slice(0, -1)
  let holder: Json = document
  for (const key of way) holder = step(holder, key)
  const named = change.at.at(-1) ?? ''
  const last = typeof named === 'number' && named < 0 ? (holder as Json[]).length + named : named
  const target = holder as Node
  const found = target[last] as Json
  const value = change.value as Json
  switch (change.do) {
    case 'set':
      target[last] = value
      break
    case 'add':
      target[last] = Number(found) + Number(value)
      break
    case 'append':
      target[last] = String(found) + String(value)
      break
    case 'flip': {
      const data = unb64(String(found))
      data[data.length - 1] = (data.at(-1) ?? 0) ^ 1
      target[last] = b64(data)
      break
    }
    case 'remove':
      if (Array.isArray(holder)) holder.splice(Number(last), 1)
      else Reflect.deleteProperty(target, last)
      break
    case 'copy':
      ;(holder as Json[]).push(structuredClone(found))
      break
    case 'swap': {
      const [one, other] = value as [number, number]
      const items = found as Json[]
      ;[items[one], items[other]] = [items[other] as Json, items[one] as Json]
      break
    }
    case 'swap-at': {
      const [one, other, name] = value as [number, number, string]
      const [left, right] = [(found as Node[])[one], (found as Node[])[other]]
      if (left === undefined || right === undefined) throw new Error('nothing to exchange')
      ;[left[name], right[name]] = [right[name] as Json, left[name] as Json]
      break
    }
    default:
      throw new Error(`no such operation: ${change.do}`)
  }
}

function step(holder: Json, key: string | number): Json {
  const found = typeof key === 'number' && key < 0 ? (holder as Json[]).at(key) : (holder as Node)[key]
  if (found === undefined) throw new Error(`nothing at ${String(key)}`)
  return found
}

/** A record sealed anew by the platform's key of the vectors. */
export async function resealed(files: Files, record: object): Promise<Bytes> {
  const document = structuredClone(record) as Node
  await resealRecord(document, files.key)
  return canonical(document)
}

async function resealRecord(record: Node, key: OwnKey): Promise<void> {
  const kinds: [string, Json[]][] = [
    ['key', [record.authority ?? null, record.platform_key ?? null]],
    ['event', record.events as Json[]],
    ['certificate', record.certificates as Json[]],
    ['receipt', record.receipts as Json[]],
    ['form', record.forms as Json[]],
    ['log', record.log === undefined ? [] : [record.log]],
  ]
  const body = { format: record.format, lot: record.lot, mode: record.mode, ...(await rootOf(kinds)) } as Node
  record.seal = { body, signature: await signature('bidding/record/v1', body, key) }
}

async function resealBundle(bundle: Node, key: OwnKey): Promise<void> {
  const record = bundle.record as Node
  const root = await rootOf([
    ['disclosed', bundle.disclosed as Json[]],
    ['certificate', bundle.certificates as Json[]],
  ])
  const { format, party, standings } = bundle
  const digest = hex(await sha256(canonical(record)))
  const body = { format, lot: record.lot, mode: record.mode, party, standings, record: digest, ...root } as Node
  bundle.seal = { body, signature: await signature('bidding/bundle/v1', body, key) }
}

async function rootOf(kinds: [string, Json[]][]): Promise<{ entries: number; root: string }> {
  const leaves = kinds.flatMap(([kind, entries]) => entries.map((entry) => sha256(canonical([kind, entry]))))
  return { entries: leaves.length, root: hex(await treeRoot(await Promise.all(leaves))) }
}

async function signature(label: string, body: Node, key: OwnKey): Promise<string> {
  const data = utf8(`${label}\0${canonicalText(body)}`)
  return b64(new Uint8Array(await crypto.subtle.sign('Ed25519', key.pair.privateKey, data)))
}
