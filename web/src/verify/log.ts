/** Every event of a record is a leaf of the verifiable log (docs/log.md): RFC 6962 under a signed note of C2SP. */

import { concat, hex, sha256, unb64, unhex, utf8, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { saysAllOf } from '@/log/leaves'
import { included, openCheckpoint, type Checkpoint } from '@/log/note'

import { erasures, soErased } from './erased'
import type { LeafProof, LotRecord } from './format'
import { demand, type Step } from './steps'

const STEP = 'log'

/** What holds, in English; null for a record made before the log began. Faults of the step `log`. */
export async function checkLog(record: LotRecord): Promise<string | null> {
  const { log, events } = record
  if (log === undefined) return null
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
    await demandLeaf(top, logged, STEP, where)
    const whole = leaf.commitment === undefined || (await soErased(told, event.topic, leaf, bytesOf(logged)))
    demand(whole, STEP, `${where}: no event says that it was so erased`)
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
  const held = await included(entry, index, top, path.map(unb64))
  demand(held, step, `${where}: this is not leaf ${String(index)} of the log`)
}

/** SHA-256(salt ‖ canonical event): all that the log holds of an event. Of one that was erased, what the file says. */
export async function commitmentOf({ leaf, state, stream, topic }: Logged, step: Step): Promise<Bytes> {
  if (leaf.commitment !== undefined && leaf.salt === '') return unhex(leaf.commitment)
  const salt = unb64(leaf.salt)
  demand(salt.length === 32, step, 'a salt is 32 bytes')
  return sha256(concat(salt, bytesOf({ leaf, state, stream, topic })))
}

function bytesOf({ leaf, state, stream, topic }: Logged): Bytes {
  const { id, internals, recorded_at } = leaf
  return canonical({ id, internals, recorded_at, state, stream, topic, v: 1 })
}

/** The checkpoint that a signed note states, once the signature of the key is found under it. LogError. */
export function opened(note: string, vkey: string): Promise<Checkpoint> {
  return openCheckpoint(note, { log: vkey, witnesses: [], quorum: 0, v: 1 })
}
