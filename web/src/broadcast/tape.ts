/** A kept recording beside the replayed events: the pieces around the instant that is shown, and no more of them. */

import { send } from '@/api/http'
import type { Got } from '@/api/types'

import { Player } from './player'

export type Index = Got<'/lots/{lot_id}/{aired}/{number}/index'>

/** Seconds of picture that are fetched ahead. */
const AHEAD = 20
/** Milliseconds between two looks. */
const BEAT = 250
/** Seconds off the event's clock that nobody notices. */
const DRIFT = 1.5
/** Faster than this a picture is only stills. */
const FASTEST = 4

/** The piece that a player begins with for `at` milliseconds: the last key frame before it, or the first there is. */
export function beginning({ at, keys }: Pick<Index, 'at' | 'keys'>, instant: number): number | null {
  let found = keys[0] ?? null
  for (const key of keys) {
    if ((at[key] ?? 0) > instant) break
    found = key
  }
  return found
}

export class Tape {
  readonly #video: HTMLVideoElement
  readonly #path: string
  readonly #index: Index
  readonly #player: Player
  readonly #timer: ReturnType<typeof setInterval>
  readonly #left = new AbortController()
  #next = 0
  #busy = false
  #target = 0
  #rate = 0

  /** `path`: of the pieces, without a number; `failed`: the recording cannot be shown (any more). */
  constructor(video: HTMLVideoElement, path: string, index: Index, failed: (why: unknown) => void) {
    this.#video = video
    this.#path = path
    this.#index = index
    this.#player = new Player(video, index.mime, false, failed)
    this.#timer = setInterval(() => {
      this.#look().catch((thrown: unknown) => {
        if (!this.#left.signal.aborted) failed(thrown)
      })
    }, BEAT)
  }

  /** Show the picture of `seconds` after the recording began. `speed` 0: stand still. */
  show(seconds: number, speed: number): void {
    this.#target = Math.max(0, seconds)
    this.#rate = speed
    const moves = speed > 0 && speed <= FASTEST
    if (moves) this.#video.playbackRate = speed
    if (moves && this.#video.paused) this.#video.play().catch(() => undefined) // until somebody presses, where a browser asks for that
    if (!moves && !this.#video.paused) this.#video.pause()
    const off = Math.abs(this.#video.currentTime - this.#target)
    if (off > (moves ? DRIFT * speed : speed ? DRIFT : 0.2) && this.#player.reaches(this.#target) !== null) this.#video.currentTime = this.#target
  }

  close(): void {
    clearInterval(this.#timer)
    this.#left.abort()
    this.#player.close()
  }

  async #look(): Promise<void> {
    if (this.#busy || !this.#player.idle) return
    this.#busy = true
    try {
      if (this.#next === 0) await this.#fetch(0)
      const reached = this.#player.reaches(this.#target)
      if (reached === null) this.#next = this.#covers() ? this.#next : (beginning(this.#index, this.#target * 1000) ?? this.#index.at.length)
      else if (reached - this.#target > AHEAD * Math.max(1, this.#rate > FASTEST ? 1 : this.#rate)) return
      if (this.#next < this.#index.at.length) await this.#fetch(this.#next)
    } finally {
      this.#busy = false
    }
  }

  /** Whether going on as before comes to the target by itself soon. */
  #covers(): boolean {
    const at = this.#index.at[this.#next]
    const begins = beginning(this.#index, this.#target * 1000)
    return at !== undefined && begins !== null && this.#next > begins && at <= this.#target * 1000
  }

  async #fetch(piece: number): Promise<void> {
    const answer = await send({ method: 'GET', path: `${this.#path}/${String(piece)}`, quiet: true, signal: this.#left.signal })
    this.#player.append(new Uint8Array(await answer.arrayBuffer()))
    this.#next = piece + 1
  }
}
