/** Every event of a record is a leaf of the verifiable log (docs/log.md): RFC 6962 under a signed note of C2SP. */

import { concat, equal, hex, sha256, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'

import type { LeafProof, LotRecord } from './format'
import { demand, type Step } from './steps'

const STEP = 'log'
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)
const ED25519 = 1

/** The checkpoint of the log that `vkey` names: how many leaves, and their root. */
export interface Checkpoint {
  readonly size: number
  readonly root: Bytes
}

/** What holds, in English; null for a record made before the log began. Faults of the step `log`. */
export async function checkLog(record: LotRecord): Promise<string | null> {
  const { log, events } = record
  if (log === undefined) return null
  demand(log.leaves.length <= events.length, STEP, 'more leaves than events')
  const top = await opened(log.checkpoint, log.vkey)
  let before: LeafProof | undefined
  for (const [at, leaf] of log.leaves.entries()) {
    const event = events[at]
    if (event === undefined) break
    const where = `event ${String(event.position)}`
    // As the log holds it: a later version may have written the same event with more fields.
    if (leaf.state !== undefined) demand(within(JSON.parse(leaf.state), JSON.parse(event.state)), STEP, 'the log holds another event')
    await demandLeaf(top, { leaf, state: leaf.state ?? event.state, stream: `lot-${record.lot}`, topic: event.topic }, STEP, where)
    demand(leaf.recorded_at.slice(0, 23) === event.recorded_at.slice(0, 23), STEP, `${where}: another instant`)
    const ordered = before === undefined || (before.index < leaf.index && before.recorded_at <= leaf.recorded_at)
    demand(ordered, STEP, `${where}: out of the log's order, or back-dated`)
    before = leaf
  }
  return `${String(log.leaves.length)} of ${String(events.length)} events proved under a checkpoint of ${String(top.size)} by the key in the file (${log.vkey})`
}

/** What a leaf commits to, beside what stands in its proof. */
interface Logged {
  readonly leaf: LeafProof
  readonly state: string
  readonly stream: string
  readonly topic: string
}

/** A fault of `step` unless the event under its salt is the leaf that its proof says. */
export async function demandLeaf(top: Checkpoint, { leaf, state, stream, topic }: Logged, step: Step, where: string): Promise<void> {
  await demandIncluded(top, await commitmentOf({ leaf, state, stream, topic }, step), leaf, step, where)
}

/** A fault of `step` unless this is what the leaf commits to. */
export async function demandIncluded(
  top: Checkpoint,
  commitment: Bytes,
  { index, path }: Pick<LeafProof, 'index' | 'path'>,
  step: Step,
  where: string,
): Promise<void> {
  const entry = utf8(`{"c":"${hex(commitment)}","v":1}`)
  const held = await included(entry, index, top.size, path.map(unb64), top.root)
  demand(held, step, `${where}: this is not leaf ${String(index)} of the log`)
}

/** SHA-256(salt ‖ canonical event): all that the log holds of an event. */
export async function commitmentOf({ leaf, state, stream, topic }: Logged, step: Step): Promise<Bytes> {
  const salt = unb64(leaf.salt)
  demand(salt.length === 32, step, 'a salt is 32 bytes')
  const { id, internals, recorded_at } = leaf
  return sha256(concat(salt, canonical({ id, internals, recorded_at, state, stream, topic, v: 1 })))
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
export async function opened(note: string, vkey: string): Promise<Checkpoint> {
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
