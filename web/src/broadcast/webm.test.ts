import { describe, expect, it } from 'vitest'

import { Cutter } from './webm'

const UNKNOWN = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]
const VIDEO = 2
const SOUND = 1

function element(id: readonly number[], ...data: (readonly number[])[]): number[] {
  const body = data.flat()
  return [...id, 0x40 | (body.length >> 8), body.length & 0xff, ...body]
}
const track = (number: number, type: number): number[] => element([0xae], element([0xd7], [number]), element([0x83], [type]))
const EBML = element([0x1a, 0x45, 0xdf, 0xa3], element([0x42, 0x82], [...'webm'].map((one) => one.charCodeAt(0))))
const INFO = element([0x15, 0x49, 0xa9, 0x66], element([0x2a, 0xd7, 0xb1], [0x0f, 0x42, 0x40]))
const TRACKS = element([0x16, 0x54, 0xae, 0x6b], track(SOUND, 2), track(VIDEO, 1))
const HEAD = [...EBML, 0x18, 0x53, 0x80, 0x67, ...UNKNOWN, ...INFO, ...TRACKS]
/** As Chromium writes them: of unknown size, each with its own time. */
const cluster = (at: number, ...blocks: (readonly number[])[]): number[] => [0x1f, 0x43, 0xb6, 0x75, ...UNKNOWN, ...element([0xe7], [at >> 8, at & 0xff]), ...blocks.flat()]
const block = (of: number, relative: number, key = false): number[] => element([0xa3], [0x80 | of, (relative >> 8) & 0xff, relative & 0xff, key ? 0x80 : 0, 7, 7, 7])

const bytes = (...parts: (readonly number[])[]): Uint8Array => new Uint8Array(parts.flat())

interface Read {
  readonly at: number
  readonly times: readonly number[]
}
/** A piece's own time and its blocks' times after the recording began. */
function readPiece(piece: Uint8Array): Read {
  const view = new DataView(piece.buffer, piece.byteOffset)
  expect(view.getUint32(0)).toBe(0x1f43b675)
  expect(Number(view.getBigUint64(4) & 0xffffffffffffffn)).toBe(piece.length - 12)
  const at = Number(view.getBigUint64(14))
  const times: number[] = []
  for (let place = 22; place < piece.length; place += 3 + (view.getUint16(place + 1) & 0x3fff)) times.push(at + view.getInt16(place + 4))
  return { at, times }
}

describe('the cutter', () => {
  it('gives the head as it is, and then clusters that begin at key frames', () => {
    const cutter = new Cutter()
    const pieces = cutter.push(bytes(HEAD, cluster(0, block(SOUND, 0), block(VIDEO, 5, true), block(VIDEO, 70)), cluster(3300, block(VIDEO, 0, true))))
    expect(pieces.map(({ key }) => key)).toEqual([true, false, true, true])
    expect([...(pieces[0]?.bytes ?? [])]).toEqual(HEAD)
    expect(pieces.slice(1).map((one) => readPiece(one.bytes))).toEqual([
      { at: 0, times: [0] },
      { at: 5, times: [5, 70] },
      { at: 3300, times: [3300] },
    ])
  })

  it('keeps every block and its time wherever the recorder cuts', () => {
    const whole = bytes(HEAD, cluster(1000, block(VIDEO, 0, true), block(SOUND, 20), block(VIDEO, 66), block(VIDEO, 133)))
    for (let cut = 1; cut < whole.length; cut += 1) {
      const cutter = new Cutter()
      const pieces = [...cutter.push(whole.slice(0, cut)), ...cutter.push(whole.slice(cut))]
      expect([...(pieces[0]?.bytes ?? [])]).toEqual(HEAD)
      expect(pieces.slice(1).flatMap((one) => readPiece(one.bytes).times)).toEqual([1000, 1020, 1066, 1133])
      expect(pieces[1]?.key).toBe(true)
    }
  })

  it('goes on in a cluster that lasts, with a piece for each slice', () => {
    const cutter = new Cutter()
    cutter.push(bytes(HEAD, cluster(0, block(VIDEO, 0, true))))
    const [piece, ...more] = cutter.push(bytes(block(VIDEO, 900), block(VIDEO, 966)))
    expect(more).toEqual([])
    expect(piece?.key).toBe(false)
    expect(readPiece(piece?.bytes ?? new Uint8Array()).times).toEqual([900, 966])
    expect(cutter.push(new Uint8Array())).toEqual([])
  })

  it('takes every piece of sound alone for a beginning', () => {
    const cutter = new Cutter()
    const head = [...EBML, 0x18, 0x53, 0x80, 0x67, ...UNKNOWN, ...INFO, ...element([0x16, 0x54, 0xae, 0x6b], track(SOUND, 2))]
    expect(cutter.push(bytes(head, cluster(0, block(SOUND, 0, true)))).map(({ key }) => key)).toEqual([true, true])
    expect(cutter.push(bytes(block(SOUND, 20, true))).map(({ key }) => key)).toEqual([true])
  })

  it('reads a frame in a group, whose key frames refer to none', () => {
    const cutter = new Cutter()
    const inside = element([0xa1], [0x80 | VIDEO, 0, 40, 0, 7])
    const pieces = cutter.push(bytes(HEAD, cluster(0, element([0xa0], inside), element([0xa0], inside, element([0xfb], [1])))))
    expect(pieces.map(({ key }) => key)).toEqual([true, true])
  })
})
