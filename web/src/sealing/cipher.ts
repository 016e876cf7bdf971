/** One worker's work on runs of chunks: read files and count their checksums, encipher, decipher and look. */

import { openChunks, sealChunks, type BodyKey } from '@/crypto/body'
import type { Bytes } from '@/crypto/bytes'
import { crc32 } from '@/crypto/crc32'
import { FileChangedError } from '@/crypto/errors'

import type { Answer } from './call'
import type { Patch, Read } from './content'
import { openSource, type Source } from './sinks'

/** A piece of file `file` inside a run: its CRC-32 alone, and its length. */
export interface Counted {
  readonly file: number
  readonly crc: number
  readonly length: number
}

export interface Begin {
  readonly body: BodyKey
  readonly files: readonly Blob[]
  /** Of the sealed file that is to be opened, where this browser keeps it. */
  readonly kept?: FileSystemFileHandle
}

/** `first`: the run's first chunk, by which the cipher knows a run that it has read again. */
export interface ReadRun {
  readonly first: number
  readonly size: number
  readonly reads: readonly Read[]
}

export interface SealRun {
  readonly first: number
  readonly ends: boolean
  readonly patches: readonly Patch[]
  /** The memory of an earlier answer, which would otherwise be garbage that the browser collects late. */
  readonly spare: ArrayBuffer | undefined
}

/** Bytes `from`…`from + size` of `sealed`; `spare` as in `SealRun`. */
export interface OpenRun {
  readonly sealed: Blob
  readonly from: number
  readonly size: number
  readonly spare: ArrayBuffer | undefined
  readonly first: number
  readonly ends: boolean
  /** Where in the run's plaintext files lie; `from`…`to` are counted, `at` is not used. */
  readonly reads: readonly Read[]
  /** From here on the run's plaintext must be zeros. */
  readonly zerosFrom: number
}

/**
 * `good`: every chunk is authentic; `zeros`: nothing but zeros stands where padding must. `sealed`: the bytes that were
 * looked at, to be hashed without being read again.
 */
export interface Looked {
  readonly sealed: Bytes
  readonly good: boolean
  readonly zeros: boolean
  readonly counted: readonly Counted[]
}

/** The answers of one worker. Between `read` and `seal` it keeps the runs that it has read. */
export function cipherAnswers(): Readonly<Record<string, Answer>> {
  let begun: Begin | undefined
  const runs = new Map<number, Bytes>()
  let source: Source | undefined
  /** Memory of plaintexts that were looked at. */
  const spares: ArrayBuffer[] = []

  const body = (): Begin => {
    if (begun === undefined) throw new Error('nothing was begun')
    return begun
  }

  return {
    async begin(question: Begin) {
      source?.close()
      begun = question
      runs.clear()
      source = question.kept && (await openSource(question.kept))
      return { value: null }
    },

    /** Others may write the kept file again. */
    end() {
      source?.close()
      source = undefined
      return Promise.resolve({ value: null })
    },

    async read({ first, size, reads }: ReadRun) {
      const counted: Counted[] = []
      let run: Bytes | undefined
      for (const read of reads) {
        const data = await readFile(body().files[read.file], read)
        counted.push({ file: read.file, crc: crc32(data), length: data.length })
        if (data.length === size) run = data // nothing else in it, as nearly always in a large file
        else {
          run ??= new Uint8Array(size)
          run.set(data, read.at)
        }
      }
      runs.set(first, run ?? new Uint8Array(size))
      return { value: counted }
    },

    async seal({ first, ends, patches, spare: memory }: SealRun) {
      const run = runs.get(first)
      if (run === undefined) throw new Error('a run was not read')
      runs.delete(first)
      for (const { at, data } of patches) run.set(data, at)
      const sealed = await sealChunks(body().body, first, run, ends, memory)
      return { value: sealed, transfer: [sealed.buffer] }
    },

    async open({ sealed: blob, from, size, spare, first, ends, reads, zerosFrom }: OpenRun) {
      const sealed =
        source === undefined
          ? new Uint8Array(await blob.slice(from, from + size).arrayBuffer())
          : readInto(source, new Uint8Array(spare?.byteLength === size ? spare : new ArrayBuffer(size)), from)
      const plain = await openChunks(body().body, first, sealed, ends, spares.pop())
      const transfer = [sealed.buffer]
      if (plain === null) return { value: { sealed, good: false, zeros: true, counted: [] } satisfies Looked, transfer }
      const counted = reads.map(({ file, from, to }) => ({
        file,
        crc: crc32(plain.subarray(from, to)),
        length: to - from,
      }))
      const zeros = plain.subarray(zerosFrom).every((byte) => byte === 0)
      spares.push(plain.buffer)
      return { value: { sealed, good: true, zeros, counted } satisfies Looked, transfer }
    },
  }
}

function readInto(source: Source, memory: Bytes, at: number): Bytes {
  return memory.subarray(0, source.read(memory, at))
}

async function readFile(file: Blob | undefined, { from, to }: Read): Promise<Bytes> {
  if (file === undefined) throw new FileChangedError({ reason: 'no such file' })
  const data = new Uint8Array(await file.slice(from, to).arrayBuffer())
  if (data.length !== to - from) throw new FileChangedError({ reason: 'shorter than it was' })
  return data
}
