/** Checksums of files that several workers read in pieces, in whatever order. */

import { joinedCrc } from '@/crypto/crc32'

import type { Counted } from './cipher'

/** Waits for all runs up to one, then knows the checksum of every file that ended there. */
export class Sums {
  readonly #arrived = new Map<number, readonly Counted[]>()
  readonly #crcs = new Map<number, number>()
  #next = 0
  #waiting: { run: number; go: () => void }[] = []

  /** What was counted in `run`. Runs may arrive in any order. */
  add(run: number, counted: readonly Counted[]): void {
    this.#arrived.set(run, counted)
    for (let found = this.#arrived.get(this.#next); found !== undefined; found = this.#arrived.get(this.#next)) {
      for (const { file, crc, length } of found) {
        this.#crcs.set(file, joinedCrc(this.#crcs.get(file) ?? 0, crc, length))
      }
      this.#arrived.delete(this.#next)
      this.#next += 1
    }
    const known = this.#waiting.filter(({ run: wanted }) => wanted < this.#next)
    this.#waiting = this.#waiting.filter(({ run: wanted }) => wanted >= this.#next)
    for (const { go } of known) go()
  }

  /** Settles when every run up to and with `run` has been counted. */
  upTo(run: number): Promise<void> {
    if (run < this.#next) return Promise.resolve()
    return new Promise((go) => this.#waiting.push({ run, go }))
  }

  /** The CRC-32 of file `file`, as far as it was counted. */
  crcOf = (file: number): number => this.#crcs.get(file) ?? 0
}
