/** Records a stream and sends it piece by piece, in order, each until it is taken. A lost line holds pieces back for a while;
 * then the oldest go, up to a key frame, so that viewers see what is now and not what was. */

import { send } from '@/api/http'
import { Problem } from '@/api/problem'

import { Cutter, type Piece } from './webm'

export type Sending = 'sending' | 'waiting' | 'full' | 'failed'

export interface Told {
  /** `waiting`: the platform cannot be reached; `full`: its store has no room; `failed`: it refused, for good. */
  status(now: Sending, why: unknown): void
  /** The device ended it: the screen is no longer shared, the camera was pulled out. */
  ended(): void
}

export const PICTURE = 'video/webm;codecs="vp8,opus"'
export const SOUND = 'audio/webm;codecs=opus'

/** Milliseconds of one piece. */
const SLICE = 1000
/** Bits a second: a third below what the platform takes, for key frames. */
const VIDEO_RATE = 900_000
const AUDIO_RATE = 48_000
/** Bytes that wait for the line at most. */
const HELD = 6 * 1024 * 1024
/** Milliseconds between two tries, and that the last pieces get at the end. */
const AGAIN = 2000
const AGAIN_FULL = 15_000
const LAST = 8000

/** Whether this browser can record what the platform relays. */
export function records(type: string): boolean {
  return typeof MediaRecorder !== 'undefined' && MediaRecorder.isTypeSupported(type)
}

export class Sender {
  readonly #path: string
  readonly #stream: MediaStream
  readonly #told: Told
  readonly #recorder: MediaRecorder
  readonly #cutter = new Cutter()
  #queue: Piece[] = []
  #number = 0
  #reading: Promise<void> = Promise.resolve()
  #sending: Promise<void> | null = null
  #closed = false

  /** `path`: of the pieces, without a number. */
  constructor(path: string, stream: MediaStream, told: Told) {
    this.#path = path
    this.#stream = stream
    this.#told = told
    const type = stream.getVideoTracks().length ? PICTURE : SOUND
    this.#recorder = new MediaRecorder(stream, { mimeType: type, videoBitsPerSecond: VIDEO_RATE, audioBitsPerSecond: AUDIO_RATE })
    this.#recorder.ondataavailable = ({ data }) => {
      this.#reading = this.#reading.then(async () => {
        this.#take(this.#cutter.push(new Uint8Array(await data.arrayBuffer())))
      })
    }
    for (const track of stream.getTracks()) track.onended = told.ended
    this.#recorder.start(SLICE)
  }

  /** The last piece is out, or was given up; device and line are free. */
  async stop(): Promise<void> {
    if (this.#recorder.state !== 'inactive') {
      const stopped = new Promise((resolve) => {
        this.#recorder.onstop = resolve
      })
      this.#recorder.stop()
      await stopped
      await this.#reading
    }
    this.#release()
    await Promise.race([this.#sending, pause(LAST)])
    this.#closed = true
    this.#queue = []
  }

  #release(): void {
    for (const track of this.#stream.getTracks()) {
      track.onended = null
      track.stop()
    }
  }

  #take(pieces: readonly Piece[]): void {
    if (this.#closed) return
    this.#queue.push(...pieces)
    if (this.#number > 0 || this.#queue.length > 1) this.#shorten()
    this.#sending ??= this.#send().finally(() => {
      this.#sending = null
    })
  }

  /** Never the first: it is on its way, and after it the head must not be missing. */
  #shorten(): void {
    const waiting = this.#queue.reduce((sum, one) => sum + one.bytes.length, 0)
    const newest = this.#queue.findLastIndex(({ key }) => key)
    if (waiting > HELD && newest > 1) this.#queue.splice(1, newest - 1)
  }

  async #send(): Promise<void> {
    for (let piece = this.#queue[0]; piece && !this.#closed; piece = this.#queue[0]) {
      try {
        const body = new Blob([piece.bytes], { type: 'video/webm' })
        await send({ method: 'PUT', path: `${this.#path}/${String(this.#number)}`, body, headers: { 'Content-Type': 'video/webm' } })
        this.#number += 1
        this.#queue.shift()
        this.#told.status('sending', null)
      } catch (thrown) {
        const full = thrown instanceof Problem && thrown.status === 507
        const fast = thrown instanceof Problem && thrown.code === 'broadcast-too-fast'
        if (!(thrown instanceof Problem) || !(thrown.passing || full || fast)) {
          this.#closed = true
          this.#release()
          if (this.#recorder.state !== 'inactive') this.#recorder.stop()
          this.#told.status('failed', thrown)
          return
        }
        this.#told.status(full ? 'full' : 'waiting', thrown)
        await pause(full ? AGAIN_FULL : AGAIN)
      }
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}
