/** One request: language, waiting where the server says so, one login in between, problems as `Problem`. */

import { language } from '@/i18n'

import { problemOf, unreachable, type Problem } from './problem'

/** A request that may be sent again: a reading one, or one with an `Idempotency-Key`. */
export interface Sent {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string | Blob
  readonly signal?: AbortSignal
  /** A 401 is an answer here, not a reason to ask for a login. */
  readonly quiet?: boolean
}

declare global {
  interface Window {
    early?: Record<string, Promise<Response | undefined> | undefined>
  }
}

const TRIES = 4
/** Seconds; a server that asks for more is told to the reader instead. */
const LONGEST_WAIT = 10

type Relogin = () => Promise<boolean>
let relogin: Relogin | undefined

/** Asked when a session ended: resolves to true once the user is logged in again. */
export function onSessionEnded(ask: Relogin): void {
  relogin = ask
}

/** The answer, 2xx. Throws `Problem`. */
export async function send(sent: Sent): Promise<Response> {
  let asked = false
  for (let tried = 1; ; tried += 1) {
    const outcome = await attempt(sent)
    if (outcome instanceof Response) return outcome
    if (outcome.status === 401 && !asked && !sent.quiet && relogin) {
      asked = true
      if (await relogin()) continue
    }
    const wait = outcome.retryAfter || 2 ** (tried - 1) * 0.5
    const again = outcome.status === 0 || outcome.status === 503 || outcome.code === 'version-moved'
    if (!again || tried >= TRIES || wait > LONGEST_WAIT) throw outcome
    await pause(wait, sent.signal)
  }
}

async function attempt(sent: Sent): Promise<Response | Problem> {
  let response: Response | undefined
  try {
    response = await begunEarly(sent)
    response ??= await fetch(sent.path, {
      method: sent.method,
      credentials: 'same-origin',
      cache: 'no-store',
      headers: { Accept: 'application/json, application/problem+json', 'Accept-Language': language.value, ...sent.headers },
      ...(sent.body === undefined ? {} : { body: sent.body }),
      ...(sent.signal ? { signal: sent.signal } : {}),
    })
  } catch (thrown) {
    if (sent.signal?.aborted) throw thrown
    return unreachable()
  }
  return response.ok ? response : problemOf(response)
}

/** What the page's HTML asked for before the client was there (`build/early.ts`), once, if it went well. */
async function begunEarly({ method, path }: Sent): Promise<Response | undefined> {
  const begun = method === 'GET' ? window.early?.[path] : undefined
  if (begun === undefined || window.early === undefined) return undefined
  Reflect.deleteProperty(window.early, path)
  const response = await begun
  return response?.ok ? response : undefined
}

async function pause(seconds: number, signal?: AbortSignal): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, seconds * 1000)
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason as Error)
    })
  })
}
