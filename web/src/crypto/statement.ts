/** Binding acts: what a party says and signs on its own device, kept word for word in the event. */

import * as v from 'valibot'

import type { Bytes } from './bytes'
import { b64, fromUtf8 } from './bytes'
import { canonical, conform, Digest, Name, One } from './canonical'
import { SignatureError } from './errors'
import { instant, Instant } from './instant'
import { sign, verify, type Signed } from './signing'
import { keyId, type OwnKey } from './suite'

const LABEL = 'bidding/act/v1'

/** `lot` is null for acts outside a lot. `body` is the act's content: JSON without fractions. */
export const Statement = v.strictObject({
  act: v.pipe(v.string(), v.regex(/^[a-z][a-z0-9_./-]{0,79}$/)),
  lot: v.nullable(Name),
  by: Name,
  credential: Digest,
  at: Instant,
  body: v.record(v.string(), v.unknown()),
  v: One,
})
export type Statement = v.InferOutput<typeof Statement>

/** A statement as it travels: JSON object and detached signature. */
export interface SignedStatement {
  readonly statement: Statement
  readonly signature: string
}

/** What `by` says with the device key `signing`. `now`: this device's clock; the platform judges by its own. */
export async function signStatement(
  signing: OwnKey,
  said: { act: string; lot: string | null; by: string; body: Record<string, unknown>; now: Date },
): Promise<SignedStatement> {
  const { act, lot, by, body, now } = said
  const credential = await keyId(signing.publicRaw)
  const made = await sign(LABEL, { act, lot, by, credential, at: instant(now), body, v: 1 }, Statement, signing)
  // The very bytes that were signed travel, not the object they were made from.
  return { statement: JSON.parse(fromUtf8(made.payload)) as Statement, signature: b64(made.signature) }
}

/** A statement as it will travel, before it is signed: `credential` says which device is to sign it. */
export function stated(said: { act: string; lot: string | null; by: string; credential: string; body: object; now: Date }): Statement {
  const { act, lot, by, credential, body, now } = said
  const made = canonical(conform({ act, lot, by, credential, at: instant(now), body, v: 1 }, Statement))
  return JSON.parse(fromUtf8(made)) as Statement
}

/** The signature (base64url) over a statement that somebody else composed for this key. */
export async function signGiven(signing: OwnKey, statement: Statement): Promise<string> {
  return b64((await sign(LABEL, statement, Statement, signing)).signature)
}

/** The statement, signed by the credential it names. SignatureError, CanonicalError. */
export async function verifyStatement(signed: Signed, publicRaw: Bytes): Promise<Statement> {
  const statement = await verify(LABEL, signed, publicRaw, Statement)
  if (statement.credential !== (await keyId(publicRaw))) {
    throw new SignatureError(LABEL, 'the statement names another credential')
  }
  return statement
}
