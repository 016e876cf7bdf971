import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Sender, type Sending } from './sender'

const EBML = [0x1a, 0x45, 0xdf, 0xa3, 0x80]
const SEGMENT = [0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
const TRACKS = [0x16, 0x54, 0xae, 0x6b, 0x88, 0xae, 0x86, 0xd7, 0x81, 1, 0x83, 0x81, 1]
const CLUSTER = [0x1f, 0x43, 0xb6, 0x75, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xe7, 0x81, 0]

/** A block of picture, `size` bytes of frame. */
function block(at: number, key: boolean, size = 1): Uint8Array {
  const body = new Uint8Array(13 + size)
  const view = new DataView(body.buffer)
  view.setUint8(0, 0xa3)
  view.setBigUint64(1, (1n << 56n) | BigInt(4 + size))
  body.set([0x81, at >> 8, at & 0xff, key ? 0x80 : 0], 9)
  return body
}

class Recorder {
  static latest: Recorder
  static isTypeSupported = (): boolean => true
  state = 'recording'
  ondataavailable: ((event: { data: Blob }) => void) | null = null
  onstop: (() => void) | null = null
  constructor() {
    Recorder.latest = this
  }
  start(): void {
    this.state = 'recording'
  }
  stop(): void {
    this.state = 'inactive'
    queueMicrotask(() => this.onstop?.())
  }
  async brings(...parts: (Uint8Array | readonly number[])[]): Promise<void> {
    this.ondataavailable?.({ data: new Blob(parts.map((one) => new Uint8Array(one))) })
    await vi.advanceTimersByTimeAsync(10)
  }
}

const track = { onended: null, stop: vi.fn() }
const stream = { getTracks: () => [track], getVideoTracks: () => [track] } as unknown as MediaStream
const said: Sending[] = []
const paths: string[] = []
let answers: (() => Response)[] = []
const fine = (): Response => new Response(null, { status: 204 })
const refusal = (status: number, code: string) => (): Response =>
  new Response(JSON.stringify({ title: code, detail: '', next: '', code, status }), { status, headers: { 'Content-Type': 'application/problem+json' } })

function sender(): Sender {
  return new Sender('/pieces', stream, { status: (now) => said.push(now), ended: () => undefined })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('MediaRecorder', Recorder)
  vi.stubGlobal('fetch', (path: string) => {
    const answer = (answers.shift() ?? fine)()
    if (answer.ok) paths.push(path)
    return Promise.resolve(answer)
  })
  said.length = paths.length = 0
  answers = []
  track.stop.mockClear()
})
afterEach(() => {
  vi.useRealTimers()
})

it('sends the head and then piece after piece, numbered without a gap', async () => {
  const made = sender()
  await Recorder.latest.brings(EBML, SEGMENT, TRACKS, CLUSTER, block(0, true))
  await Recorder.latest.brings(block(900, false))
  expect(paths).toEqual(['/pieces/0', '/pieces/1', '/pieces/2'])
  expect(said.at(-1)).toBe('sending')
  await made.stop()
  expect(track.stop).toHaveBeenCalled()
})

it('holds what a lost line keeps back and goes on with the same number', async () => {
  sender()
  await Recorder.latest.brings(EBML, SEGMENT, TRACKS, CLUSTER, block(0, true))
  answers = Array.from({ length: 4 }, () => refusal(503, 'unavailable'))
  await Recorder.latest.brings(block(900, false))
  await Recorder.latest.brings(block(1800, false))
  await vi.advanceTimersByTimeAsync(20_000)
  expect(said).toContain('waiting')
  expect(paths).toEqual(['/pieces/0', '/pieces/1', '/pieces/2', '/pieces/3'])
  expect(said.at(-1)).toBe('sending')
})

it('leaves out what is too old, up to a key frame, and no number with it', async () => {
  sender()
  await Recorder.latest.brings(EBML, SEGMENT, TRACKS, CLUSTER, block(0, true))
  answers = Array.from({ length: 4 }, () => refusal(503, 'unavailable'))
  for (let second = 1; second <= 8; second += 1) await Recorder.latest.brings(block(second * 900, second % 4 === 0, 1_000_000))
  await vi.advanceTimersByTimeAsync(20_000)
  // The first was on its way; the second and third went when there was no room left, and the fourth is a key frame.
  expect(paths).toEqual(Array.from({ length: 8 }, (_, number) => `/pieces/${String(number)}`))
})

it('says that the store is full and tries on, and stops for good where it is refused', async () => {
  sender()
  answers = [refusal(507, 'no-room')]
  await Recorder.latest.brings(EBML, SEGMENT, TRACKS, CLUSTER, block(0, true))
  expect(said.at(-1)).toBe('full')
  await vi.advanceTimersByTimeAsync(16_000)
  expect(said.at(-1)).toBe('sending')
  answers = [refusal(409, 'broadcast-over')]
  await Recorder.latest.brings(block(900, false))
  expect(said.at(-1)).toBe('failed')
  expect(track.stop).toHaveBeenCalled()
  expect(Recorder.latest.state).toBe('inactive')
})
