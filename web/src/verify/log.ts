/** Every event of a record is a leaf of the verifiable log (docs/log.md): RFC 6962 under a signed note of C2SP. */

import { concat, equal, hex, sha256, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'

import type { LeafProof, LotRecord, RecordedEvent } from './format'
import { demand } from './steps'

const STEP = 'log'
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const ED25519 = 1

/** The checkpoint of the log that `vkey` names: how many leaves, and their root. */
interface Checkpoint {
  readonly size: number
  readonly root: Bytes
}

/** What holds, in English; null for a record made before the log began. Faults of the step `log`. */
export async function checkLog(record: LotRecord): Promise<string | null> {
  const { log, events } = record
  if (log === undefined) return null
  demand(log.leaves.length <= events.length, STEP, 'more leaves than events')
  const { size, root } = await opened(log.checkpoint, log.vkey)
  let before: LeafProof | undefined
  for (const [at, leaf] of log.leaves.entries()) {
    const event = events[at]
    if (event === undefined) break
    const where = `event ${String(event.position)}`
    const path = leaf.path.map(unb64)
    demand(await included(await entryOf(record.lot, event, leaf), leaf.index, size, path, root), STEP, `${where}: this is not leaf ${String(leaf.index)} of the log`)
    demand(leaf.recorded_at.slice(0, 23) === event.recorded_at.slice(0, 23), STEP, `${where}: another instant`)
    const ordered = before === undefined || (before.index < leaf.index && before.recorded_at <= leaf.recorded_at)
    demand(ordered, STEP, `${where}: out of the log's order, or back-dated`)
    before = leaf
  }
  return `${String(log.leaves.length)} of ${String(events.length)} events proved under a checkpoint of ${String(size)} by the key in the file (${log.vkey})`
}

/** The canonical leaf of the event under its salt. */
async function entryOf(lot: string, event: RecordedEvent, leaf: LeafProof): Promise<Bytes> {
  const salt = unb64(leaf.salt)
  demand(salt.length === 32, STEP, 'a salt is 32 bytes')
  // As the log holds it: a later version may have written the same event with more fields.
  const state = leaf.state ?? event.state
  if (leaf.state !== undefined) demand(within(JSON.parse(leaf.state), JSON.parse(event.state)), STEP, 'the log holds another event')
  const { id, internals, recorded_at } = leaf
  const logged = canonical({ id, internals, recorded_at, state, stream: `lot-${lot}`, topic: event.topic, v: 1 })
  return utf8(`{"c":"${hex(await sha256(concat(salt, logged)))}","v":1}`)
}

/** Whether all that `old` says stands in `current` too. */
function within(old: unknown, current: unknown): boolean {
  if (typeof old !== 'object' || old === null) return old === current
  if (typeof current !== 'object' || current === null || Array.isArray(old) !== Array.isArray(current)) return false
  if (Array.isArray(old) && old.length !== (current as unknown[]).length) return false
  return Object.entries(old).every(([name, value]) => within(value, (current as Record<string, unknown>)[name]))
}

/** RFC 9162, 2.1.3.2: whether `entry` is leaf `index` of the `size` leaves under `root`. */
async function included(entry: Bytes, index: number, size: number, path: readonly Bytes[], root: Bytes): Promise<boolean> {
  if (index >= size) return false
  // BigInt: shifts of numbers end at 32 bits.
  let [node, last] = [BigInt(index), BigInt(size) - 1n]
  let computed = await sha256(concat(LEAF, entry))
  for (const sibling of path) {
    if (last === 0n || sibling.length !== 32) return false
    if (node & 1n || node === last) {
      computed = await sha256(concat(NODE, sibling, computed))
      while (!(node & 1n) && node) [node, last] = [node >> 1n, last >> 1n]
    } else {
      computed = await sha256(concat(NODE, computed, sibling))
    }
    ;[node, last] = [node >> 1n, last >> 1n]
  }
  return last === 0n && equal(computed, root)
}

/** The checkpoint that a signed note states, once the signature of the key is found under it. */
async function opened(note: string, vkey: string): Promise<Checkpoint> {
  const { name, id, raw } = await keyOf(vkey)
  const cut = note.lastIndexOf('\n\n')
  demand(cut > 0 && note.endsWith('\n'), STEP, 'not a signed note')
  const text = note.slice(0, cut + 1)
  const lines = note.slice(cut + 2, -1).split('\n')
  const own = lines.map((line) => /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line)).filter((found) => found?.[1] === name)
  let signed = false
  for (const found of own) {
    const signature = plain64(found?.[2] ?? '')
    if (equal(signature.subarray(0, 4), id)) signed ||= await holds(raw, signature.slice(4), utf8(text))
  }
  demand(signed, STEP, 'the checkpoint is not signed by the key in the file')
  const body = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/.exec(text)
  demand(body !== null && body[1] === name, STEP, 'not the checkpoint of this log')
  return { size: Number(body[2]), root: plain64(body[3] ?? '') }
}

/** `name+id+base64(kind ‖ key)`, as signed-note writes a verifier key. */
async function keyOf(vkey: string): Promise<{ name: string; id: Bytes; raw: Bytes }> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  const key = plain64(encoded)
  const computed = (await sha256(concat(utf8(`${name}\n`), key))).slice(0, 4)
  demand(key[0] === ED25519 && key.length === 33 && hex(computed) === id, STEP, 'not a verifier key')
  return { name, id: computed, raw: key.slice(1) }
}

async function holds(raw: Bytes, signature: Bytes, message: Bytes): Promise<boolean> {
  const key = await crypto.subtle.importKey('raw', raw, 'Ed25519', false, ['verify'])
  return crypto.subtle.verify('Ed25519', key, signature, message)
}

/** The bytes of padded base64 (RFC 4648, 4). */
function plain64(text: string): Bytes {
  return unb64(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
}
