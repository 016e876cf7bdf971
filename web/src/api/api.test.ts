import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, test, vi } from 'vitest'

import { giveAt, type Sign } from './command'
import { onSessionEnded } from './http'
import { Problem } from './problem'
import { address, read, readAhead } from './read'

interface Call {
  path: string
  key: string | null
  body: string
}

/** Answers one after the other; `network` fails as a cut connection does. */
function answering(...answers: (Response | 'network')[]): Call[] {
  const calls: Call[] = []
  vi.stubGlobal('fetch', (path: string, init: RequestInit) => {
    calls.push({ path, key: new Headers(init.headers).get('Idempotency-Key'), body: init.body as string })
    const next = answers.shift() ?? 'network'
    return next === 'network' ? Promise.reject(new TypeError('cut')) : Promise.resolve(next)
  })
  return calls
}

const ok = (said: object = {}): Response => Response.json(said, { headers: { ETag: '"7"' } })
const refused = (status: number, code: string, headers = {}): Response =>
  Response.json({ title: 't', detail: 'd', next: 'n', code, rule: 'R-OPEN-28' }, { status, headers })

let number = 0
let path = ''
beforeEach(() => {
  const { setTimeout: later } = globalThis
  vi.stubGlobal('setTimeout', (act: () => void) => later(act, 0)) // waits are over at once
  path = `/acts/${String((number += 1))}`
  onSessionEnded(() => Promise.resolve(false))
})

describe('one key per intended act', () => {
  test('pressed twice: one request', async () => {
    const calls = answering(ok({ number: 1 }))
    const [first, second] = await Promise.all([giveAt(path, { a: 1 }), giveAt(path, { a: 1 })])
    expect(calls).toHaveLength(1)
    expect(second).toEqual(first)
    expect(first).toEqual({ answer: { number: 1 }, etag: '"7"' })
  })

  test('the answer was lost: the same key, statement and signature again', async () => {
    const sign = vi.fn<Sign>((act, lot, body) => Promise.resolve({ statement: { act, lot, body }, signature: String(Math.random()) }))
    const calls = answering('network', 'network', 'network', 'network', ok())
    await expect(giveAt(path, { a: 1 }, { sign, act: 'x/y' })).rejects.toMatchObject({ status: 0, passing: true })
    await giveAt(path, { a: 1 }, { sign, act: 'x/y' })
    expect(sign).toHaveBeenCalledOnce()
    expect(new Set(calls.map((one) => one.key)).size).toBe(1)
    expect(new Set(calls.map((one) => one.body)).size).toBe(1)
  })

  test('other content is another act, and so is the next one after an answer', async () => {
    const calls = answering('network', 'network', 'network', 'network', ok(), ok())
    await giveAt(path, { a: 1 }).catch(() => undefined)
    await giveAt(path, { a: 2 })
    await giveAt(path, { a: 2 })
    expect(new Set(calls.map((one) => one.key)).size).toBe(3)
  })

  test('a refusal ends it', async () => {
    const calls = answering(refused(409, 'too-late'), ok())
    await expect(giveAt(path, { a: 1 })).rejects.toMatchObject({ code: 'too-late', rule: 'R-OPEN-28', next: 'n' })
    await giveAt(path, { a: 1 })
    expect(calls[0]?.key).not.toBe(calls[1]?.key)
  })
})

describe('waiting and logging in', () => {
  test('503 with Retry-After is tried again', async () => {
    const calls = answering(refused(503, 'unavailable', { 'Retry-After': '1' }), ok({ status: 'ok' }))
    expect(await read('/healthz')).toEqual({ status: 'ok' })
    expect(calls).toHaveLength(2)
  })

  test('a long Retry-After is told to the reader', async () => {
    const calls = answering(refused(503, 'unavailable', { 'Retry-After': '600' }))
    await expect(read('/healthz')).rejects.toMatchObject({ retryAfter: 600 })
    expect(calls).toHaveLength(1)
  })

  test('an ended session asks for a login once and goes on with the same act', async () => {
    const ask = vi.fn(() => Promise.resolve(true))
    onSessionEnded(ask)
    const calls = answering(refused(401, 'session-ended'), ok())
    await giveAt(path, { a: 1 })
    expect(ask).toHaveBeenCalledOnce()
    expect(calls[0]).toEqual(calls[1])
  })

  test('who does not log in gets the problem, and keeps the act', async () => {
    const calls = answering(refused(401, 'session-ended'), ok())
    await expect(giveAt(path, { a: 1 })).rejects.toBeInstanceOf(Problem)
    await giveAt(path, { a: 1 })
    expect(calls[0]?.key).toBe(calls[1]?.key)
  })

  test('an answer that is no problem document', async () => {
    answering(new Response('<html>', { status: 418 }))
    await expect(read('/healthz')).rejects.toMatchObject({ status: 418, code: 'client-unreadable' })
  })
})

test('what was asked ahead is the page’s first answer, once', async () => {
  const calls = answering(ok({ status: 'first' }), ok({ status: 'second' }))
  readAhead('/healthz')
  expect(await read('/healthz')).toEqual({ status: 'first' })
  expect(await read('/healthz')).toEqual({ status: 'second' })
  expect(calls).toHaveLength(2)
})

test('addresses', () => {
  expect(address('/lots/{lot_id}', { lot_id: 'a/b' }, { phase: ['x', 'y'], cursor: undefined })).toBe(
    '/lots/a%2Fb?phase=x&phase=y',
  )
})
