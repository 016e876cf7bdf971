/** Commands: `Idempotency-Key` always, `If-Match` where the lot must be as the author saw it, signed where it binds. */

import { send } from './http'
import { intended, settled } from './intents'
import { Problem } from './problem'
import { address } from './read'
import type { Binding, BodyOf, LotCommand } from './types'

/** Wire form of a binding act. */
export interface SignedStatement {
  readonly statement: object
  readonly signature: string
}

/** Signs as the party that is logged in, on its device: `device/` has the one that is used. */
export type Sign = (act: string, lot: string | null, body: object) => Promise<SignedStatement>

export interface Done<T = Record<string, unknown>> {
  readonly answer: T
  /** The lot's version after it, for the next `If-Match`. */
  readonly etag: string
}

interface Options {
  /** `ETag` of the lot as the author saw it; guarded commands need it. */
  readonly ifMatch?: string
  readonly signal?: AbortSignal
}

type Signing<N extends LotCommand> = Binding<N> extends true ? { readonly sign: Sign } : unknown

/** `give('opening/object', lot, { kind, text }, { sign })`. Throws `Problem`; safe to call again after one. */
export async function give<N extends LotCommand>(
  name: N,
  lot: string,
  body: BodyOf<N>,
  options: Options & Signing<N>,
): Promise<Done> {
  const sign = (options as { sign?: Sign }).sign
  return post(`${address('/lots/{lot}', { lot })}/${name}`, name, lot, body as object, sign, options)
}

/** A command outside a lot, as `POST /parties`; `act` is its name in a signed statement. */
export async function giveAt(
  path: string,
  body: object,
  options: Options & { readonly sign?: Sign; readonly act?: string } = {},
): Promise<Done> {
  return post(path, options.act ?? path, null, body, options.sign, options)
}

const underWay = new Map<string, Promise<Done>>()

function post(path: string, act: string, lot: string | null, body: object, sign: Sign | undefined, options: Options): Promise<Done> {
  const name = `POST ${path}`
  const same = `${name} ${JSON.stringify(body)}`
  const running = underWay.get(same)
  if (running) return running // pressed twice
  const promise = once(name, path, act, lot, body, sign, options).finally(() => underWay.delete(same))
  underWay.set(same, promise)
  return promise
}

async function once(
  name: string,
  path: string,
  act: string,
  lot: string | null,
  body: object,
  sign: Sign | undefined,
  { ifMatch, signal }: Options,
): Promise<Done> {
  const intent = await intended(name, body, async () => JSON.stringify(sign ? await sign(act, lot, body) : body))
  try {
    const response = await send({
      method: 'POST',
      path,
      body: intent.body,
      headers: {
        'Content-Type': 'application/json',
        'Idempotency-Key': intent.key,
        ...(ifMatch ? { 'If-Match': ifMatch } : {}),
      },
      ...(signal ? { signal } : {}),
    })
    const answer = (response.status === 204 ? {} : await response.json()) as Record<string, unknown>
    await settled(name)
    return { answer, etag: response.headers.get('ETag') ?? '' }
  } catch (thrown) {
    // A refusal is final for these bytes; a lost answer is not, and neither is a session that ended.
    if (thrown instanceof Problem && !thrown.passing && thrown.status !== 401) await settled(name)
    throw thrown
  }
}
