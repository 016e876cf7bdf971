import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { watch, type Watching } from './watch'

class Socket {
  static all: Socket[] = []
  onopen: (() => void) | null = null
  onmessage: ((event: { data: string | ArrayBuffer }) => void) | null = null
  onclose: ((event: { code: number }) => void) | null = null
  binaryType = ''
  close = vi.fn()
  constructor() {
    Socket.all.push(this)
  }
  brings(...pieces: number[]): void {
    this.onmessage?.({ data: JSON.stringify({ mime: 'video/webm' }) })
    for (const one of pieces) this.onmessage?.({ data: new Uint8Array([one]).buffer })
  }
}

const said: Watching[] = []
const heads: number[] = []
const pieces: number[] = []

function watching(): () => void {
  return watch('ws://x', {
    head: (_, bytes) => heads.push(bytes[0] ?? -1),
    piece: (bytes) => pieces.push(bytes[0] ?? -1),
    status: (now) => said.push(now),
  }, () => 1)
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('WebSocket', Socket)
  Socket.all = []
  said.length = heads.length = pieces.length = 0
})
afterEach(() => {
  vi.useRealTimers()
})

it('begins anew with the head after a lost line', () => {
  watching()
  Socket.all[0]?.brings(0, 1, 2)
  Socket.all[0]?.onclose?.({ code: 1006 })
  expect(said.at(-1)).toBe('lost')
  vi.advanceTimersByTime(1000)
  Socket.all[1]?.brings(0, 9)
  expect([heads, pieces]).toEqual([[0, 0], [1, 2, 9]])
  expect(said.at(-1)).toBe('live')
})

it('says that the host is silent, that it is over, and that there is no place', () => {
  const leave = watching()
  Socket.all[0]?.brings(0, 1)
  vi.advanceTimersByTime(6001)
  expect(said.at(-1)).toBe('silent')
  Socket.all[0]?.onclose?.({ code: 1000 })
  expect(said.at(-1)).toBe('over')
  vi.advanceTimersByTime(60_000)
  expect(Socket.all).toHaveLength(1)
  leave()

  watching()
  for (let tried = 1; tried <= 3; tried += 1) {
    Socket.all.at(-1)?.onclose?.({ code: 1006 })
    vi.advanceTimersByTime(20_000)
  }
  expect(said.at(-1)).toBe('crowded')
})
