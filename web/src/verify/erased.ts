/** Events of a lot whose personal data were erased on an order (docs/decisions/0011): what the log itself says of them. */

import * as v from 'valibot'

import { hex, sha256, type Bytes } from '@/crypto/bytes'

import type { LeafProof, LotRecord } from './format'
import known from './known.json'

const SAID = 'lot.personal-data-erased.v1'
const Said = v.object({ stripped: v.array(v.object({ event: v.string(), sha256: v.string() })) })
const ERASABLE = new Set(known.erasable)

/** Id of each event that the record says was erased → hex SHA-256 of what is left. */
export function erasures(record: LotRecord): ReadonlyMap<string, string> {
  const said = record.events.filter(({ topic }) => topic === SAID).map(({ state }) => v.parse(Said, JSON.parse(state)))
  return new Map(said.flatMap(({ stripped }) => stripped.map((one) => [one.event, one.sha256])))
}

/** Whether the statements of this event may be gone. */
export function unsaid(told: ReadonlyMap<string, string>, topic: string, leaf: LeafProof | undefined): boolean {
  return leaf?.commitment !== undefined && ERASABLE.has(topic) && told.has(leaf.id)
}

/** Whether `left`, the canonical event as it stands, is what the record says is left of it. */
export async function soErased(told: ReadonlyMap<string, string>, topic: string, leaf: LeafProof, left: Bytes): Promise<boolean> {
  return unsaid(told, topic, leaf) && told.get(leaf.id) === hex(await sha256(left))
}
