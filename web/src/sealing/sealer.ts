/** Seals one envelope's body: runs go out to the ciphers, come back in any order and are put together as parts. */

import { HEADER_SIZE, MAGIC, sealedLength, type BodyKey } from '@/crypto/body'
import { sha256, type Bytes } from '@/crypto/bytes'
import { PART_SIZE } from '@/crypto/parts'

import type { Caller } from './call'
import type { Counted, SealRun } from './cipher'
import { contentOfBytes, contentOfFiles, patchesOf, readsOf, RUN_CHUNKS, RUN_SIZE, runLength, type Content } from './content'
import { openSink, type Place, type Sink } from './sinks'
import { Sums } from './sums'

export interface SealJob {
  readonly envelope: string
  /** The opening form's bytes, or null for an archive of `files`. */
  readonly bytes: Bytes | null
  /** Name in the archive → file. */
  readonly files: ReadonlyMap<string, Blob>
  readonly body: BodyKey
  /** salt ‖ commitment. */
  readonly header: Bytes
  readonly place: Place
}

export interface SealedResult {
  readonly length: number
  readonly partHashes: readonly Bytes[]
  readonly sealed: Blob
}

/** `progress` gets the padded bytes sealed so far. Nothing is left behind when it fails. */
export async function seal(job: SealJob, ciphers: readonly Caller[], progress: (done: number) => void): Promise<SealedResult> {
  const lengths = new Map([...job.files].map(([name, file]) => [name, file.size]))
  const content = job.bytes === null ? contentOfFiles(job.envelope, lengths) : contentOfBytes(job.envelope, job.bytes)
  const files = content.names.map((name) => job.files.get(name))
  await Promise.all(ciphers.map((cipher) => cipher.ask('begin', { body: job.body, files })))
  const sink = await openSink(job.place)
  try {
    const parts = new Parts(sink)
    await parts.add(MAGIC)
    await parts.add(job.header.subarray(0, HEADER_SIZE))
    await pass(content, ciphers, parts, progress)
    const partHashes = await parts.end()
    if (parts.length !== sealedLength(content.padded)) throw new Error('a run has another length than laid out')
    return { length: parts.length, partHashes, sealed: await sink.finish() }
  } catch (error) {
    await sink.abandon()
    throw error
  }
}

/** Every cipher takes the next run when it is free; so at most one run for each is under way. */
async function pass(content: Content, ciphers: readonly Caller[], parts: Parts, progress: (done: number) => void): Promise<void> {
  const [sums, turns] = [new Sums(), new Turns()]
  let next = 0
  const work = async (cipher: Caller): Promise<void> => {
    let spare: ArrayBuffer | undefined
    while (next < content.runs) {
      const run = next
      next += 1
      const size = runLength(content, run)
      sums.add(run, await cipher.ask<Counted[]>('read', { size, reads: readsOf(content, run) }))
      await sums.upTo(run)
      const ends = run === content.runs - 1
      const patches = patchesOf(content, run, sums.crcOf)
      const question: SealRun = { first: run * RUN_CHUNKS, ends, patches, spare }
      const sealed = await cipher.ask<Bytes>('seal', question, spare === undefined ? [] : [spare])
      await turns.take(run, () => parts.add(sealed))
      spare = sealed.buffer
      progress(run * RUN_SIZE + size)
    }
  }
  await Promise.all(ciphers.map(work))
}

/** Lets things happen in the order of their numbers. */
class Turns {
  #turn = 0
  readonly #waiting = new Map<number, () => void>()

  async take(number: number, act: () => Promise<void>): Promise<void> {
    if (number !== this.#turn) await new Promise<void>((go) => this.#waiting.set(number, go))
    await act()
    this.#turn += 1
    this.#waiting.get(this.#turn)?.()
    this.#waiting.delete(this.#turn)
  }
}

/** Collects a stream of bytes into 8 MiB parts, hashes each while it is written and the next one fills. */
class Parts {
  length = 0
  readonly #part = new Uint8Array(PART_SIZE)
  readonly #hashes: Promise<Bytes>[] = []

  constructor(private readonly sink: Sink) {}

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
    await this.sink.write(part)
  }
}
