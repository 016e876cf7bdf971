/** Seals one envelope's body: runs go out to the ciphers, come back in any order and are put together as parts. */

import { HEADER_SIZE, MAGIC, sealedLength, type BodyKey } from '@/crypto/body'
import { concat, type Bytes } from '@/crypto/bytes'
import { FileChangedError } from '@/crypto/errors'

import type { Caller } from './call'
import type { Counted, SealRun } from './cipher'
import { contentOfBytes, contentOfFiles, patchesOf, readsOf, RUN_CHUNKS, RUN_SIZE, runLength, type Content } from './content'
import { Parts, Turns } from './parts'
import type { Place } from './sinks'
import { Sums } from './sums'

/** The workers at hand. The keeper writes beside the others: each write holds its thread up. */
export interface Hands {
  readonly keeper: Caller
  readonly ciphers: readonly Caller[]
}

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
export async function seal(job: SealJob, hands: Hands, progress: (done: number) => void): Promise<SealedResult> {
  const { keeper, ciphers } = hands
  const lengths = new Map([...job.files].map(([name, file]) => [name, file.size]))
  const content = job.bytes === null ? contentOfFiles(job.envelope, lengths) : contentOfBytes(job.envelope, job.bytes)
  const files = content.names.map((name) => job.files.get(name))
  await Promise.all(ciphers.map((cipher) => cipher.ask('begin', { body: job.body, files })))
  await keeper.ask('keep', job.place)
  try {
    const parts = new Parts()
    const prefix = concat(MAGIC, job.header.subarray(0, HEADER_SIZE))
    await parts.add(prefix)
    await write(keeper, prefix)
    await pass(content, hands, parts, progress)
    const partHashes = await parts.end()
    if (parts.length !== sealedLength(content.padded)) throw new Error('a run has another length than laid out')
    const sealed = await keeper.ask<Blob>('kept', null)
    if (sealed.size !== parts.length) throw new FileChangedError({ reason: 'the sealed file is not as long as written' })
    return { length: parts.length, partHashes, sealed }
  } catch (error) {
    await keeper.ask('drop', null)
    throw error
  }
}

/** The bytes are taken over; their memory comes back. */
function write(keeper: Caller, data: Bytes): Promise<Bytes> {
  return keeper.ask<Bytes>('write', data, [data.buffer])
}

/** Runs under way for each cipher: the browser takes longer to read one than a cipher to encipher it. */
const LANES = 3
/** By so many runs the disk may fall behind before a cipher waits for it. */
export const BEHIND = 6

async function pass(content: Content, { keeper, ciphers }: Hands, parts: Parts, progress: (done: number) => void): Promise<void> {
  const [sums, turns] = [new Sums(), new Turns()]
  const kept = new Map<number, Promise<Bytes>>()
  let next = 0
  const work = async (cipher: Caller): Promise<void> => {
    while (next < content.runs) {
      const run = next
      next += 1
      const [size, first] = [runLength(content, run), run * RUN_CHUNKS]
      sums.add(run, await cipher.ask<Counted[]>('read', { first, size, reads: readsOf(content, run) }))
      await sums.upTo(run)
      // The memory of one certain run, not of whichever is free: so no run waits for a later one, whose turn comes after its own.
      await turns.past(run - BEHIND)
      const spare = (await kept.get(run - BEHIND))?.buffer
      kept.delete(run - BEHIND)
      const question: SealRun = { first, ends: run === content.runs - 1, patches: patchesOf(content, run, sums.crcOf), spare }
      const sealed = await cipher.ask<Bytes>('seal', question, spare === undefined ? [] : [spare])
      await turns.take(run, async () => {
        await parts.add(sealed)
        const writing = write(keeper, sealed) // begun in its turn; no turn waits for its end
        writing.catch(() => undefined) // who takes its memory hears of it, or the end does
        kept.set(run, writing)
      })
      progress(run * RUN_SIZE + size)
    }
  }
  await Promise.all(ciphers.flatMap((cipher) => Array.from({ length: LANES }, () => work(cipher))))
  await Promise.all(kept.values())
}
