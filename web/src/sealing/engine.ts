/** The page's side of sealing: starts the workers, hands them jobs, hears of progress, ends them. */

import { GM_1 } from '@/crypto/choices'

import { Caller } from './call'
import type { Found, OpenJob } from './opener'
import type { SealedResult, SealJob } from './sealer'

/** A new worker of that kind; how it is loaded differs between the client and the offline page. */
export type StartWorker = (kind: 'cipher' | 'sealer') => Worker

/**
 * The browser enciphers each chunk on the thread that asks for it, so two ciphers keep two cores busy. Each holds some
 * 40 MB of runs that are under way: no more of them, however many cores there are.
 */
const CIPHERS = 2

/** Ciphers for a trial opening: AES is fast enough for one, and a second brings memory that is collected late. SM4 is slow. */
export function ciphersToOpen(suite: string): number {
  return suite === GM_1 ? CIPHERS : 1
}

/** One envelope at a time. `close` ends everything at once: it is how work is cancelled. */
export class Engine {
  readonly #workers: Worker[]
  readonly #sealer: Caller
  #progress: (done: number) => void = () => undefined
  #fail: (reason: unknown) => void = () => undefined

  constructor(start: StartWorker, ciphers = CIPHERS) {
    const sealer = start('sealer')
    this.#workers = [sealer]
    for (let made = 0; made < 1 + ciphers; made += 1) {
      const cipher = start('cipher')
      const { port1, port2 } = new MessageChannel()
      cipher.postMessage({ port: port1 }, [port1])
      sealer.postMessage({ ports: [port2] }, [port2])
      this.#workers.push(cipher)
    }
    for (const worker of this.#workers) {
      worker.addEventListener('error', (event) => {
        this.#fail(new Error(`a worker failed: ${event.message}`))
      })
    }
    sealer.addEventListener('message', (event: MessageEvent<{ progress?: number }>) => {
      if (event.data.progress !== undefined) this.#progress(event.data.progress)
    })
    this.#sealer = new Caller(sealer)
  }

  /** Seals one envelope. `progress` gets padded bytes. SealingError and its kinds. */
  seal(job: SealJob, progress: (done: number) => void): Promise<SealedResult> {
    return this.#ask('seal', job, progress)
  }

  /** Checks every byte of a sealed envelope of documents and tells its files. OpeningError. */
  open(job: OpenJob, progress: (done: number) => void): Promise<Found[]> {
    return this.#ask('open', job, progress)
  }

  /** One file of a sealed envelope. OpeningError. */
  extract(job: OpenJob, file: Found): Promise<Blob> {
    return this.#ask('extract', { job, file }, () => undefined)
  }

  /** Ends the workers; what was under way fails with the reason. */
  close(reason: unknown = new DOMException('cancelled', 'AbortError')): void {
    for (const worker of this.#workers) worker.terminate()
    this.#fail(reason)
  }

  #ask<T>(kind: string, job: unknown, progress: (done: number) => void): Promise<T> {
    this.#progress = progress
    return new Promise<T>((resolve, reject) => {
      this.#fail = reject
      this.#sealer.ask<T>(kind, job).then(resolve, reject)
    })
  }
}
