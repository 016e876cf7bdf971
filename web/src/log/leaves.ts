/** What a party may know of a lot, proved: `GET /lots/{lot}/receipts` checked as `bidding receipt check` does. */

import * as v from 'valibot'

import { equal, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, parseCanonical } from '@/crypto/canonical'
import { LogError } from '@/crypto/errors'

import { commitmentOf, entryOf, included, openCheckpoint, plain64, type Checkpoint, type Policy } from './note'

const Disclosed = v.strictObject({ event: v.string(), proof: v.string(), salt: v.string() })
export const DisclosedLeaves = v.strictObject({
  format: v.literal('bidding/log-receipts/v1'),
  leaves: v.array(Disclosed),
  lot: v.string(),
  vkey: v.string(),
})
const Logged = v.strictObject({
  id: v.string(),
  internals: v.string(),
  recorded_at: v.string(),
  state: v.string(),
  stream: v.string(),
  topic: v.string(),
  v: v.literal(1),
})
const State = v.record(v.string(), v.unknown())
export type Disclosed = v.InferOutput<typeof Disclosed>

/** An event that is leaf `index` of the log. */
export interface Proved {
  readonly index: number
  readonly recordedAt: string
  readonly stream: string
  readonly topic: string
  readonly state: Readonly<Record<string, unknown>>
}

/** `size`: of the tree that they are leaves of; 0 for none. In the log's order. */
export interface ProvedLeaves {
  readonly lot: string
  readonly size: number
  readonly events: readonly Proved[]
}

/** Signed note → the checkpoint that it states. */
export type Opened = Map<string, Checkpoint>

const IN_TIME = new Set(['bid.received.v1', 'bid.replaced.v1', 'bid.withdrawn.v1'])

/** Every leaf under the log and the witnesses of `policy`. LogError, CanonicalError: what does not hold. */
export async function proveLeaves(data: Bytes, policy: Policy): Promise<ProvedLeaves> {
  const { leaves, lot, vkey } = parseCanonical(data, DisclosedLeaves)
  require(vkey === policy.log, 'the proofs are of another log than the one you trust')
  const opened: Opened = new Map()
  const events: Proved[] = []
  for (const one of leaves) events.push((await proveLeaf(one, policy, opened)).event)
  const roots = new Map<number, Bytes>()
  for (const { size, root } of opened.values()) {
    require(equal(roots.get(size) ?? root, root), `two checkpoints of ${String(size)} leaves: two histories`)
    roots.set(size, root)
  }
  events.sort((a, b) => a.index - b.index)
  for (const [at, one] of events.entries()) {
    const before = events[at - 1]
    require(ofLot(one.stream, lot), `leaf ${String(one.index)} is of another lot`)
    require(before === undefined || before.index < one.index, 'two events at one leaf')
    require(before === undefined || before.recordedAt <= one.recordedAt, 'a leaf is older than one before it: back-dated')
  }
  requireInTime(events)
  return { lot, size: Math.max(0, ...roots.keys()), events }
}

/** One leaf under the log and the witnesses of `policy`. `opened`: the checkpoints so far, each is opened once. LogError, CanonicalError. */
export async function proveLeaf(one: Disclosed, policy: Policy, opened: Opened): Promise<{ event: Proved; commitment: Bytes; under: Checkpoint }> {
  const logged = parseCanonical(utf8(one.event), Logged)
  const { index, path, checkpoint } = parseProof(one.proof)
  const under = opened.get(checkpoint) ?? (await openCheckpoint(checkpoint, policy))
  opened.set(checkpoint, under)
  const commitment = await commitmentOf(canonical(logged), unb64(one.salt))
  require(await included(entryOf(commitment), index, under, path), `this is not leaf ${String(index)} of the log`)
  const state = parseCanonical(utf8(logged.state), State)
  return { event: { index, recordedAt: logged.recorded_at, stream: logged.stream, topic: logged.topic, state }, commitment, under }
}

/** c2sp.org/tlog-proof, unchecked. LogError for anything that is none. */
function parseProof(text: string): { index: number; path: Bytes[]; checkpoint: string } {
  const cut = text.indexOf('\n\n')
  const [header, ...lines] = text.slice(0, cut).split('\n')
  if (lines[0]?.startsWith('extra ')) lines.shift()
  const index = /^index (0|[1-9][0-9]{0,15})$/.exec(lines.shift() ?? '')
  require(cut > 0 && header === 'c2sp.org/tlog-proof@v1' && index !== null, 'not a tlog-proof')
  const path = lines.map(plain64)
  return { index: Number(index[1]), path, checkpoint: text.slice(cut + 2) }
}

function ofLot(stream: string, lot: string): boolean {
  return stream === `lot-${lot}` || stream.startsWith(`bid-${lot}-`) || stream.startsWith(`application-${lot}-`)
}

/** R-TIME-08: what counts is before the leaf of the close, whatever instants anybody writes. In the log's order. LogError. */
export function requireInTime(events: readonly Pick<Proved, 'index' | 'topic' | 'state'>[]): void {
  const closed = events.find(({ topic }) => topic === 'lot.submission-closed.v1')?.index
  let ended = false
  for (const { topic, index, state } of events) {
    if (topic === 'lot.window-ended.v1') ended = true
    else if (topic === 'lot.window-extended.v1' && state.window === 'release') ended = false
    else if (topic === 'lot.key-released.v1') require(!ended, `a key release at leaf ${String(index)}, after its window's end`)
    else if (IN_TIME.has(topic) && closed !== undefined)
      require(index < closed, `leaf ${String(index)} is not before the closing leaf ${String(closed)}`)
  }
}

/** Whether all that `old` says stands in `current` too: a later version may tell the same with more fields. */
export function saysAllOf(old: unknown, current: unknown): boolean {
  if (typeof old !== 'object' || old === null) return old === current
  if (typeof current !== 'object' || current === null || Array.isArray(old) !== Array.isArray(current)) return false
  if (Array.isArray(old) && old.length !== (current as unknown[]).length) return false
  return Object.entries(old).every(([name, value]) => saysAllOf(value, (current as Record<string, unknown>)[name]))
}

function require(holds: boolean, what: string): asserts holds {
  if (!holds) throw new LogError({ what })
}
