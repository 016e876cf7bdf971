/** Every event of a record is a leaf of the verifiable log (docs/log.md): RFC 6962 under a signed note of C2SP. */

import { unb64, unhex, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { saysAllOf } from '@/log/leaves'
import { commitmentOf as committed, entryOf, included, openCheckpoint, sameLog, type Checkpoint } from '@/log/note'

import { erasures, soErased } from './erased'
import type { LeafProof, LotRecord } from './format'
import { demand, type Step } from './steps'

const STEP = 'log'

/**
 * What holds, in English; null for a record made before the log began. Faults of the step `log`. `trusted`: the log's
 * key that the reader gave; null takes the file's word for it.
 */
export async function checkLog(record: LotRecord, trusted: string | null): Promise<string | null> {
  const { log, events } = record
  demand(log !== undefined || trusted === null, STEP, 'the record has no proofs of the log whose key you gave')
  if (log === undefined) return null
  const named = trusted === null || (await sameLog(trusted, log.vkey))
  demand(named, STEP, 'of another log than the one whose key you gave')
  demand(log.leaves.length <= events.length, STEP, 'more leaves than events')
  const [top, told] = [await opened(log.checkpoint, log.vkey), erasures(record)]
  let before: LeafProof | undefined
  for (const [at, leaf] of log.leaves.entries()) {
    const event = events[at]
    if (event === undefined) break
    const where = `event ${String(event.position)}`
    // As the log holds it: a later version may have written the same event with more fields.
    if (leaf.state !== undefined) demand(saysAllOf(JSON.parse(leaf.state), JSON.parse(event.state)), STEP, 'the log holds another event')
    const logged = { leaf, state: leaf.state ?? event.state, stream: `lot-${record.lot}`, topic: event.topic }
    await demandLeaf(top, logged, STEP, where, told)
    demand(`${leaf.recorded_at.slice(0, 23)}Z` === event.recorded_at, STEP, `${where}: another instant`)
    const ordered = before === undefined || (before.index < leaf.index && before.recorded_at <= leaf.recorded_at)
    demand(ordered, STEP, `${where}: out of the log's order, or back-dated`)
    before = leaf
  }
  return `${String(log.leaves.length)} of ${String(events.length)} events proved under a checkpoint of ${String(top.size)} by ${trusted === null ? `the key in the file (${log.vkey})` : 'the key you gave'}`
}

/** What a leaf commits to, beside what stands in its proof. */
interface Logged {
  readonly leaf: LeafProof
  readonly state: string
  readonly stream: string
  readonly topic: string
}

/**
 * A fault of `step` unless the event under its salt is the leaf that its proof says. `told`: what the record says was
 * erased; of an event that it does not name nobody's word is taken for what the leaf holds.
 */
export async function demandLeaf(
  top: Checkpoint,
  logged: Logged,
  step: Step,
  where: string,
  told: ReturnType<typeof erasures> = new Map(),
): Promise<void> {
  const { leaf, topic } = logged
  const commitment = await commitmentOf(logged)
  const whole = leaf.commitment === undefined || (await soErased(told, topic, leaf, bytesOf(logged)))
  demand(whole, step, `${where}: no event says that it was so erased`)
  await demandIncluded(top, commitment, leaf, step, where)
}

/** A fault of `step` unless this is what the leaf commits to. */
export async function demandIncluded(
  top: Checkpoint,
  commitment: Bytes,
  { index, path }: Pick<LeafProof, 'index' | 'path'>,
  step: Step,
  where: string,
): Promise<void> {
  const held = await included(entryOf(commitment), index, top, path.map(unb64))
  demand(held, step, `${where}: this is not leaf ${String(index)} of the log`)
}

/** All that the log holds of the event. Of one that was erased, what the file says. LogError. */
export async function commitmentOf(logged: Logged): Promise<Bytes> {
  const { commitment, salt } = logged.leaf
  return commitment !== undefined && salt === '' ? unhex(commitment) : committed(bytesOf(logged), unb64(salt))
}

function bytesOf({ leaf, state, stream, topic }: Logged): Bytes {
  const { id, internals, recorded_at } = leaf
  return canonical({ id, internals, recorded_at, state, stream, topic, v: 1 })
}

/** The checkpoint that a signed note states, once the signature of the key is found under it. LogError. */
export function opened(note: string, vkey: string): Promise<Checkpoint> {
  return openCheckpoint(note, { log: vkey, witnesses: [], quorum: 0, v: 1 })
}
