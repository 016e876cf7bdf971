/** Every binding act: a certified device of the party said just this about this lot. */

import * as v from 'valibot'

import { unb64, utf8 } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import type { Signed } from '@/crypto/signing'
import { Statement, verifyStatement } from '@/crypto/statement'

import { erasures, unsaid } from './erased'
import type { Event, Read } from './events'
import type { LeafProof } from './format'
import known from './known.json'
import { demand, within, type Step } from './steps'

const SignedAct = v.strictObject({ statement: v.string(), signature: v.string() })
const BINDING = new Set(known.binding)

/** How many acts there are. `leaves`: the events' own; the statements of one that was erased on an order may be gone. */
export async function checkActs(
  read: Read,
  events: readonly Event[],
  leaves: readonly (LeafProof | undefined)[],
  step: Step = 'acts',
): Promise<number> {
  let count = 0
  const told = erasures(read.record)
  for (const [at, event] of events.entries()) {
    const gone = unsaid(told, event.topic, leaves[at])
    for (const act of actsOf(event)) {
      if (gone && act.statement === '' && act.signature === '') continue
      await within(step, () => checkAct(read, act, new Date(event.at), step))
      count += 1
    }
  }
  return count
}

async function checkAct(read: Read, act: v.InferOutput<typeof SignedAct>, at: Date, step: Step): Promise<void> {
  const said = signed(act.statement, act.signature)
  const named = parseCanonical(said.payload, Statement)
  const key = read.keys.get(named.credential)
  demand(key !== undefined, step, `no certificate for ${named.credential.slice(0, 12)}`)
  const statement = await verifyStatement(said, key.raw)
  demand(key.party === statement.by, step, `${statement.act}: signed by another party's device`)
  demand(statement.lot === read.record.lot, step, `${statement.act}: said of another lot`)
  demand(BINDING.has(statement.act), step, `${statement.act}: not a binding act`)
  const held = key.days === undefined || key.days.some(([since, until]) => since <= at && at <= until)
  demand(held, step, `${statement.act}: no chain to a trusted authority was valid at that instant`)
}

/** The signed statements that an event keeps. */
function actsOf(event: Event): v.InferOutput<typeof SignedAct>[] {
  return Object.values(event.state).flatMap((value) => (v.is(SignedAct, value) ? [value] : []))
}

/** CanonicalError if the signature is not strict base64url. */
export function signed(text: string, signature: string): Signed {
  return { payload: utf8(text), signature: unb64(signature) }
}

/** What one of the party's devices signed, or undefined if it was none of them. */
export async function byParty<T>(
  read: Read,
  party: string,
  verified: (raw: Uint8Array<ArrayBuffer>) => Promise<T>,
): Promise<T | undefined> {
  for (const key of read.keys.values()) {
    if (key.party !== party) continue
    try {
      return await verified(key.raw)
    } catch {
      continue
    }
  }
  return undefined
}
