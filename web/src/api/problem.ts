/** What went wrong, in one shape: the API's problem details (RFC 9457), and what the network does to a request. */

import { words } from '@/i18n'

const own = words('problem', {
  zh: {
    network: { title: '连不上平台', detail: '请求没有送到，或者回答没有收到。', next: '检查网络后重试；重试不会重复办理。' },
    unreadable: { title: '看不懂平台的回答', detail: '网络中间的设备可能改动了回答。', next: '换一个网络后重试，或联系交易中心。' },
    broken: { title: '页面出错', detail: '这个页面没有按预期运行。', next: '刷新页面；您填写的内容已保留。' },
  },
  en: {
    network: { title: 'The platform cannot be reached', detail: 'The request did not arrive, or its answer did not.', next: 'Check the network and try again; nothing is done twice.' },
    unreadable: { title: 'The answer makes no sense', detail: 'Something on the way may have changed it.', next: 'Try again on another network, or call the trading centre.' },
    broken: { title: 'This page failed', detail: 'It did not run as it should.', next: 'Reload it; what you typed has been kept.' },
  },
})

interface Details {
  readonly title: string
  readonly detail: string
  readonly next: string
  readonly code: string
  readonly rule?: string
  readonly instance?: string
  readonly found?: Readonly<Record<string, unknown>>
}

/** `status` 0: no answer. `code`: of the API's catalogue, or `client-…`. The texts are in the language asked for. */
export class Problem extends Error {
  readonly status: number
  readonly code: string
  readonly rule: string
  readonly instance: string
  readonly found: Readonly<Record<string, unknown>>
  /** Seconds, 0 if the server named none. */
  readonly retryAfter: number
  readonly #details: Details | (() => Details)

  constructor(status: number, details: Details | (() => Details), retryAfter = 0) {
    const now = typeof details === 'function' ? details() : details
    super(now.detail)
    this.name = 'Problem'
    this.#details = details
    this.status = status
    this.code = now.code
    this.rule = now.rule ?? ''
    this.instance = (now.instance ?? '').replace(/^urn:request:/, '')
    this.found = now.found ?? {}
    this.retryAfter = retryAfter
  }

  get title(): string {
    return this.#now.title
  }

  get detail(): string {
    return this.#now.detail
  }

  /** What to do now. */
  get next(): string {
    return this.#now.next
  }

  /** Whether the same request may succeed when it is repeated. */
  get passing(): boolean {
    return this.status === 0 || this.status === 429 || this.status >= 500
  }

  get #now(): Details {
    return typeof this.#details === 'function' ? this.#details() : this.#details
  }
}

function ours(name: 'network' | 'unreadable' | 'broken'): () => Details {
  return () => ({
    title: own(`${name}.title`),
    detail: own(`${name}.detail`),
    next: own(`${name}.next`),
    code: `client-${name}`,
  })
}

export function unreachable(): Problem {
  return new Problem(0, ours('network'))
}

/** Any thrown thing as a `Problem`; what is none means that our own code failed. */
export function asProblem(thrown: unknown): Problem {
  return thrown instanceof Problem ? thrown : new Problem(-1, ours('broken'))
}

export async function problemOf(response: Response): Promise<Problem> {
  const retryAfter = Number(response.headers.get('Retry-After') ?? '') || 0
  const said: unknown = await response.json().catch(() => null)
  return isDetails(said)
    ? new Problem(response.status, said, retryAfter)
    : new Problem(response.status, ours('unreadable'), retryAfter)
}

function isDetails(said: unknown): said is Details {
  if (typeof said !== 'object' || said === null) return false
  return ['title', 'detail', 'next', 'code'].every(
    (name) => typeof (said as Record<string, unknown>)[name] === 'string',
  )
}
