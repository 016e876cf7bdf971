/** Checkpoints as signed notes of C2SP, under the log's signature and its witnesses' cosignatures (docs/log.md). */

import * as v from 'valibot'

import { concat, equal, hex, sha256, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { LogError } from '@/crypto/errors'

const ED25519 = 1
const COSIGNATURE = 4
/** The same by ML-DSA-44 (FIPS 204). */
const ML_DSA_44 = 6
/** Kind → bytes of a key and of a signature, the timestamp before it not counted. */
const SIZES: ReadonlyMap<number, readonly [key: number, signature: number]> = new Map([
  [ED25519, [32, 64]],
  [COSIGNATURE, [32, 64]],
  [ML_DSA_44, [1312, 2420]],
])
const ID = 4
const TIMESTAMP = 8
const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** What a reader trusts of a log: its key, its witnesses, and how many of them must have seen a checkpoint. */
export const Policy = v.strictObject({
  log: v.string(),
  witnesses: v.array(v.string()),
  quorum: v.pipe(v.number(), v.safeInteger(), v.minValue(0)),
  v: v.literal(1),
})
export type Policy = v.InferOutput<typeof Policy>

/** How many leaves, and their root. */
export interface Checkpoint {
  readonly size: number
  readonly root: Bytes
}

interface NoteKey {
  readonly name: string
  readonly id: Bytes
  readonly kind: number
  readonly raw: Bytes
}

/** The checkpoint that a signed note states, signed by the log and by a quorum of its witnesses. LogError. */
export async function openCheckpoint(note: string, policy: Policy): Promise<Checkpoint> {
  const cut = note.lastIndexOf('\n\n')
  require(cut > 0 && note.endsWith('\n'), 'not a signed note')
  const text = note.slice(0, cut + 1)
  const lines = note.slice(cut + 2, -1).split('\n')
  const log = await keyOf(policy.log)
  require(log.kind === ED25519 && (await signs(log, text, lines)), 'the checkpoint is not signed by the log that you trust')
  const count = (await seenBy(await Promise.all([...new Set(policy.witnesses)].map(keyOf)), text, lines)).size
  require(count >= policy.quorum, `cosigned by ${String(count)} witnesses, ${String(policy.quorum)} are wanted`)
  const body = /^([^\n]+)\n(0|[1-9][0-9]{0,15})\n([A-Za-z0-9+/]{43}=)\n(?:[^\n]+\n)*$/.exec(text)
  require(body !== null && body[1] === log.name, 'not the checkpoint of this log')
  return { size: Number(body[2]), root: plain64(body[3] ?? '') }
}

/** RFC 9162, 2.1.3.2: whether `entry` is leaf `index` of the `size` leaves under `root`. */
export async function included(entry: Bytes, index: number, { size, root }: Checkpoint, path: readonly Bytes[]): Promise<boolean> {
  // A negative index would walk up the right edge: the last leaf, said to be before all others.
  if (index < 0 || index >= size) return false
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

/** RFC 9162, 2.1.4.2: whether the tree of `top` begins with that of `old`. */
export async function continues(old: Checkpoint, top: Checkpoint, path: readonly Bytes[]): Promise<boolean> {
  if (old.size > top.size || path.some((one) => one.length !== 32)) return false
  if (old.size === 0 || old.size === top.size) return path.length === 0 && (old.size === 0 || equal(old.root, top.root))
  // BigInt: shifts of numbers end at 32 bits.
  let [node, last] = [BigInt(old.size) - 1n, BigInt(top.size) - 1n]
  const whole = (BigInt(old.size) & node) === 0n
  const [begun, ...siblings] = whole ? [old.root, ...path] : path
  if (begun === undefined) return false
  while (node & 1n) [node, last] = [node >> 1n, last >> 1n]
  let [before, after] = [begun, begun]
  for (const sibling of siblings) {
    if (last === 0n) return false
    if (node & 1n || node === last) {
      before = await sha256(concat(NODE, sibling, before))
      after = await sha256(concat(NODE, sibling, after))
      while (!(node & 1n) && node) [node, last] = [node >> 1n, last >> 1n]
    } else {
      after = await sha256(concat(NODE, after, sibling))
    }
    ;[node, last] = [node >> 1n, last >> 1n]
  }
  return last === 0n && equal(before, old.root) && equal(after, top.root)
}

/** SHA-256(salt ‖ canonical event): all that the log holds of an event. LogError. */
export async function commitmentOf(logged: Bytes, salt: Bytes): Promise<Bytes> {
  require(salt.length === 32, 'a salt is 32 bytes')
  return sha256(concat(salt, logged))
}

/** The canonical leaf of a commitment. */
export function entryOf(commitment: Bytes): Bytes {
  return utf8(`{"c":"${hex(commitment)}","v":1}`)
}

/** Whether both are the verifier key of one log. LogError for what is none. */
export async function sameLog(one: string, other: string): Promise<boolean> {
  const [left, right] = [await keyOf(one), await keyOf(other)]
  return left.name === right.name && left.kind === right.kind && equal(left.raw, right.raw)
}

/** The bytes of padded base64 (RFC 4648, 4). CanonicalError. */
export function plain64(text: string): Bytes {
  return unb64(text.replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, ''))
}

/** Names of the witnesses that have cosigned; one that is given with two keys, by both of them. */
async function seenBy(witnesses: readonly NoteKey[], text: string, lines: readonly string[]): Promise<Set<string>> {
  require(witnesses.every(({ kind }) => kind !== ED25519), 'a policy that no checkpoint can fulfil')
  const signed = await Promise.all(witnesses.map((key) => signs(key, text, lines)))
  const missing = new Set(witnesses.flatMap(({ name }, at) => (signed[at] ? [] : [name])))
  return new Set(witnesses.map(({ name }) => name).filter((name) => !missing.has(name)))
}

/** Whether a line of this key's is under the text. LogError for one of its lines that does not hold. */
async function signs(key: NoteKey, text: string, lines: readonly string[]): Promise<boolean> {
  let found = false
  for (const line of lines) {
    const [, name, encoded = ''] = /^— (\S+) ([A-Za-z0-9+/]+=*)$/.exec(line) ?? []
    if (name !== key.name) continue
    const data = plain64(encoded)
    if (!equal(data.subarray(0, ID), key.id)) continue
    require(await holds(key, data.slice(ID), text), `a signature of ${key.name} does not hold`)
    found = true
  }
  return found
}

async function holds(key: NoteKey, data: Bytes, text: string): Promise<boolean> {
  if (key.kind === ED25519) return verifies('Ed25519', 'raw', key, data, utf8(text))
  const [at, signature] = [data.slice(0, TIMESTAMP), data.slice(TIMESTAMP)]
  if (at.length < TIMESTAMP || ((at[0] ?? 0) & 0x80) !== 0) return false
  const seconds = String(new DataView(at.buffer).getBigUint64(0))
  return key.kind === COSIGNATURE
    ? verifies('Ed25519', 'raw', key, signature, utf8(`cosignature/v1\ntime ${seconds}\n${text}`))
    : verifies('ML-DSA-44', 'raw-public', key, signature, subtree(key.name, at, text))
}

/** What a witness signs by ML-DSA-44 (tlog-cosignature, subtree/v1): itself, the instant, and the whole tree. */
function subtree(name: string, at: Bytes, text: string): Bytes {
  const [origin = '', size = '', root = ''] = text.split('\n')
  require(/^\d{1,16}$/.test(size), 'not the checkpoint of this log')
  const end = new DataView(new ArrayBuffer(TIMESTAMP))
  end.setBigUint64(0, BigInt(size))
  return concat(utf8('subtree/v1\n\0'), opaque(name), at, opaque(origin), new Uint8Array(TIMESTAMP), new Uint8Array(end.buffer), plain64(root))
}

/** RFC 8446, 3.4: `opaque<1..2^8-1>`. */
function opaque(text: string): Bytes {
  const data = utf8(text)
  require(data.length > 0 && data.length < 256, 'not the checkpoint of this log')
  return concat(Uint8Array.of(data.length), data)
}

/** LogError where this browser does not know the algorithm: nothing counts as seen that was not checked. */
async function verifies(algorithm: string, format: string, key: NoteKey, signature: Bytes, message: Bytes): Promise<boolean> {
  if (signature.length !== SIZES.get(key.kind)?.[1]) return false
  let imported: CryptoKey
  try {
    imported = await crypto.subtle.importKey(format as 'raw', key.raw, algorithm, false, ['verify'])
  } catch {
    throw new LogError({ what: `this browser cannot check ${algorithm}, by which ${key.name} signs: use a newer one, or bidding seal` })
  }
  return crypto.subtle.verify(algorithm, imported, signature, message)
}

/** `name+id+base64(kind ‖ key)`, as signed-note writes a verifier key. LogError. */
async function keyOf(vkey: string): Promise<NoteKey> {
  const [, name = '', id = '', encoded = ''] = /^([^\s+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey) ?? []
  const key = plain64(encoded)
  const computed = (await sha256(concat(utf8(`${name}\n`), key))).slice(0, ID)
  const kind = key[0] ?? 0
  require(key.length - 1 === SIZES.get(kind)?.[0] && hex(computed) === id, 'not a verifier key')
  return { name, id: computed, kind, raw: key.slice(1) }
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new LogError({ what })
}
