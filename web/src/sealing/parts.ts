/** Runs that come back in any order, put together as the parts that the tree of a sealed body stands on. */

import { sha256, type Bytes } from '@/crypto/bytes'
import { PART_SIZE } from '@/crypto/parts'

/** Lets things happen in the order of their numbers, which begin at 0. */
export class Turns {
  #turn = 0
  readonly #waiting = new Map<number, (() => void)[]>()

  async take<T>(number: number, act: () => Promise<T>): Promise<T> {
    await this.past(number - 1)
    const done = await act()
    this.#turn += 1
    for (const go of this.#waiting.get(number) ?? []) go()
    this.#waiting.delete(number)
    return done
  }

  /** Settles when this number has had its turn; at once for those before the first. */
  async past(number: number): Promise<void> {
    if (number < this.#turn) return
    const waiting = this.#waiting.get(number) ?? []
    this.#waiting.set(number, waiting)
    await new Promise<void>((go) => waiting.push(go))
  }
}

/** Collects a stream of bytes into 8 MiB parts and hashes each while the next one fills. */
export class Parts {
  length = 0
  readonly #part = new Uint8Array(PART_SIZE)
  readonly #hashes: Promise<Bytes>[] = []

  async add(data: Bytes): Promise<void> {
    for (let taken = 0; taken < data.length;) {
      const filled = this.length % PART_SIZE
      const piece = data.subarray(taken, taken + PART_SIZE - filled)
      this.#part.set(piece, filled)
      taken += piece.length
      this.length += piece.length
      if (this.length % PART_SIZE === 0) await this.#put(this.#part)
    }
  }

  async end(): Promise<Bytes[]> {
    const rest = this.length % PART_SIZE
    if (rest > 0) await this.#put(this.#part.subarray(0, rest))
    return Promise.all(this.#hashes)
  }

  async #put(part: Bytes): Promise<void> {
    await this.#hashes.at(-1) // at most one is being hashed: each holds a copy of its part
    this.#hashes.push(sha256(part))
  }
}
