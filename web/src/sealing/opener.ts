/** Opens a sealed body in place: every check of an opening, and single files on demand. No plaintext is kept. */

import { contentStart, members, type Member, type ReadAt } from '@/crypto/archive-reader'
import { CHUNK, openChunks, paddedLength, PREFIX_SIZE, SEALED_CHUNK, type BodyKey } from '@/crypto/body'
import { equal, sha256, type Bytes } from '@/crypto/bytes'
import { contentLength } from '@/crypto/envelope'
import { OpeningError } from '@/crypto/errors'
import { LENGTH_SIZE } from '@/crypto/padding'
import { PART_SIZE, partCount, treeRoot } from '@/crypto/parts'

import type { Caller } from './call'
import type { Looked, OpenRun } from './cipher'
import type { Read } from './content'
import { Parts, Turns } from './parts'
import { Sums } from './sums'

/** Chunks looked at together: 2 MiB. Nothing of them is kept, and the collector is slow to come for larger ones. */
const RUN_CHUNKS = 128
const RUN_SIZE = RUN_CHUNKS * CHUNK

export interface OpenJob {
  readonly envelope: string
  readonly sealed: Blob
  /** Where this browser keeps the same bytes, which spares memory; `sealed` does without. */
  readonly kept?: FileSystemFileHandle
  /** Derived from content key, header and target: that it exists is the check of the commitment. */
  readonly body: BodyKey
  /** 32 bytes, from the signed manifest. */
  readonly root: Bytes
}

/** A file in the envelope, its bytes from `start` on in the archive. */
export interface Found extends Member {
  readonly start: number
}

/**
 * The files of an envelope of documents, after every byte of it has been checked: root, chunks, end, padding, names,
 * and each file's checksum. OpeningError with the first layer that fails. `progress` gets the padded bytes looked at.
 */
export async function openAll(job: OpenJob, ciphers: readonly Caller[], progress: (done: number) => void): Promise<Found[]> {
  await Promise.all(ciphers.map((cipher) => cipher.ask('begin', { body: job.body, files: [], kept: job.kept })))
  const altered = new OpeningError('root', 'not the bytes of the manifest', job.envelope)
  let looked: Whole
  try {
    looked = await look(job, ciphers, progress)
  } catch (error) {
    // Damaged bytes may fail anywhere: if they are not those of the manifest, that comes first.
    if (!equal(await rootOf(job.sealed), job.root)) throw altered
    throw error
  } finally {
    await Promise.all(ciphers.map((cipher) => cipher.ask('end', null)))
  }
  if (!equal(await treeRoot(looked.hashes), job.root)) throw altered
  looked.found.forEach((member, file) => {
    if (looked.sums.crcOf(file) !== member.crc) throw new OpeningError('container', `checksum of ${member.name}`, job.envelope)
  })
  return looked.found
}

/** One file of a sealed envelope, in pieces that the browser may put on disk. */
export async function extract(job: OpenJob, { start, length }: Found): Promise<Blob> {
  const read = reader(job)
  const pieces: Blob[] = []
  for (let at = 0; at < length; at += RUN_SIZE) {
    pieces.push(new Blob([await read(start + at, Math.min(RUN_SIZE, length - at))]))
  }
  return new Blob(pieces)
}

/** What was found by looking at every byte once: the files, their checksums, and the hashes of the parts. */
interface Whole {
  readonly found: Found[]
  readonly sums: Sums
  readonly hashes: readonly Bytes[]
}

async function look(job: OpenJob, ciphers: readonly Caller[], progress: (done: number) => void): Promise<Whole> {
  const padded = paddedLength(job.sealed.size)
  if (padded === null) throw new OpeningError('aead', 'no sealed body has that length', job.envelope)
  const read = reader(job)
  const length = contentLength(await read(-LENGTH_SIZE, Math.min(LENGTH_SIZE, padded)), padded, job.envelope)
  const listed = await members(read, length)
  const found = await Promise.all(listed.map(async (one) => ({ ...one, start: await contentStart(read, one) })))
  const runs = Math.ceil((job.sealed.size - PREFIX_SIZE) / (RUN_CHUNKS * SEALED_CHUNK))
  const [sums, turns, parts] = [new Sums(), new Turns(), new Parts()]
  await parts.add(new Uint8Array(await job.sealed.slice(0, PREFIX_SIZE).arrayBuffer()))
  let next = 0
  // One run under way for each cipher: it waits for nothing but its own work.
  const work = async (cipher: Caller): Promise<void> => {
    let spare: ArrayBuffer | undefined
    while (next < runs) {
      const run = next
      next += 1
      const question: OpenRun = {
        sealed: job.sealed,
        ...placeOf(job.sealed, run),
        spare,
        first: run * RUN_CHUNKS,
        ends: run === runs - 1,
        reads: readsIn(found, run),
        zerosFrom: Math.max(0, LENGTH_SIZE + length - run * RUN_SIZE),
      }
      const looked = await cipher.ask<Looked>('open', question, spare === undefined ? [] : [spare])
      if (!looked.good) throw new OpeningError('aead', 'truncated or altered', job.envelope)
      if (!looked.zeros) throw new OpeningError('padding', 'padding is not zero', job.envelope)
      sums.add(run, looked.counted)
      await turns.take(run, () => parts.add(looked.sealed))
      spare = looked.sealed.buffer
      progress(Math.min(padded, (run + 1) * RUN_SIZE))
    }
  }
  await Promise.all(ciphers.map(work))
  return { found, sums, hashes: await parts.end() }
}

/** Where a run stands in the sealed body. */
function placeOf(sealed: Blob, run: number): { from: number; size: number } {
  const from = PREFIX_SIZE + run * RUN_CHUNKS * SEALED_CHUNK
  return { from, size: Math.min(RUN_CHUNKS * SEALED_CHUNK, sealed.size - from) }
}

/** Where in this run's plaintext the files lie. */
function readsIn(found: readonly Found[], run: number): Read[] {
  const start = run * RUN_SIZE - LENGTH_SIZE
  return found.flatMap((member, file) => {
    const [from, to] = [Math.max(0, member.start - start), Math.min(RUN_SIZE, member.start + member.length - start)]
    return from < to ? [{ file, from, to, at: 0 }] : []
  })
}

/** Reads content by deciphering the chunks that hold it; −8 is where its length stands. OpeningError(aead). */
function reader({ sealed, body, envelope }: OpenJob): ReadAt {
  return async (offset, length) => {
    const [from, to] = [LENGTH_SIZE + offset, LENGTH_SIZE + offset + length]
    const first = Math.floor(from / CHUNK)
    const end = Math.ceil(to / CHUNK)
    const chunks = sealed.slice(PREFIX_SIZE + first * SEALED_CHUNK, PREFIX_SIZE + end * SEALED_CHUNK)
    const ends = chunks.size < (end - first) * SEALED_CHUNK
    const plain = await openChunks(body, first, new Uint8Array(await chunks.arrayBuffer()), ends)
    const wanted = plain?.subarray(from - first * CHUNK, to - first * CHUNK)
    if (wanted?.length !== length) throw new OpeningError('aead', 'truncated or altered', envelope)
    return wanted
  }
}

/** The tree's head over the parts, one after the other: the browser hashes beside the workers. */
async function rootOf(sealed: Blob): Promise<Bytes> {
  const hashes: Bytes[] = []
  for (let part = 0; part < partCount(sealed.size); part += 1) {
    const data = await sealed.slice(part * PART_SIZE, (part + 1) * PART_SIZE).arrayBuffer()
    hashes.push(await sha256(new Uint8Array(data)))
  }
  return treeRoot(hashes)
}
