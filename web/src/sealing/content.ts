/**
 * The padded content of an envelope as something to be read anywhere, in runs of whole chunks.
 *
 * A run's bytes come from the chosen files, from pieces made of their checksums, and are zeros otherwise. So runs can be
 * read and checksummed by several workers at once, and enciphered when the files before them have been read.
 */

import { layOut, type CrcOf, type Piece } from '@/crypto/archive'
import { CHUNK, chunkCount } from '@/crypto/body'
import type { Bytes } from '@/crypto/bytes'
import { lengthPrefix } from '@/crypto/envelope'
import { LENGTH_SIZE, paddedSize } from '@/crypto/padding'

/** Chunks in a run: 2.5 MiB. Smaller ones are read more slowly, larger ones are memory: several are under way at once. */
export const RUN_CHUNKS = 160
export const RUN_SIZE = RUN_CHUNKS * CHUNK

/** Bytes `from`…`to` of file `file` belong at `at` of the run. */
export interface Read {
  readonly file: number
  readonly from: number
  readonly to: number
  readonly at: number
}

/** `data` belongs at `at` of the run. */
export interface Patch {
  readonly at: number
  readonly data: Bytes
}

export interface Content {
  /** Bytes of the padded plaintext. */
  readonly padded: number
  readonly runs: number
  /** What is sealed, without length and padding. */
  readonly length: number
  /** The files' names in the order in which `Read.file` counts them. */
  readonly names: readonly string[]
  readonly pieces: readonly Piece[]
}

/** A small content in memory: the opening form. FormTooLongError. */
export function contentOfBytes(envelope: string, data: Bytes): Content {
  return content(envelope, data.length, [], [{ start: 0, length: data.length, make: () => data }])
}

/** An archive of the files with these names and lengths. FileNameError. */
export function contentOfFiles(envelope: string, files: ReadonlyMap<string, number>): Content {
  const { length, names, pieces } = layOut(files)
  return content(envelope, length, names, pieces)
}

function content(envelope: string, length: number, names: readonly string[], pieces: readonly Piece[]): Content {
  const padded = paddedSize(envelope, length)
  const moved = pieces.map((piece) => ({ ...piece, start: piece.start + LENGTH_SIZE }))
  const prefix = { start: 0, length: LENGTH_SIZE, make: () => lengthPrefix(length) }
  return { padded, runs: Math.ceil(chunkCount(padded) / RUN_CHUNKS), length, names, pieces: [prefix, ...moved] }
}

/** Bytes of plaintext in this run; RUN_SIZE for all but the last, which ends the body. */
export function runLength({ padded }: Content, run: number): number {
  return Math.min(RUN_SIZE, padded - run * RUN_SIZE)
}

/** What of this run comes from files. */
export function readsOf(whole: Content, run: number): Read[] {
  return overlapping(whole, run).flatMap(({ piece, from, to, at }) =>
    'file' in piece ? [{ file: piece.file, from, to, at }] : [],
  )
}

/** What of this run is made. `crcOf` is asked for files that end before or in this run only. */
export function patchesOf(whole: Content, run: number, crcOf: CrcOf): Patch[] {
  return overlapping(whole, run).flatMap(({ piece, from, to, at }) =>
    'file' in piece ? [] : [{ at, data: piece.make(crcOf).slice(from, to) }],
  )
}

interface Overlap {
  readonly piece: Piece
  /** Within the piece. */
  readonly from: number
  readonly to: number
  /** Within the run. */
  readonly at: number
}

function overlapping(whole: Content, run: number): Overlap[] {
  const start = run * RUN_SIZE
  const end = start + runLength(whole, run)
  return whole.pieces
    .filter((piece) => piece.start < end && piece.start + piece.length > start)
    .map((piece) => {
      const from = Math.max(0, start - piece.start)
      const to = Math.min(piece.length, end - piece.start)
      return { piece, from, to, at: piece.start + from - start }
    })
}
