/**
 * Several files in one envelope: a plain ZIP, stored, with nothing of the machine in it.
 *
 * The same names and bytes give the same archive as the command line makes: sorted names, fixed time stamp,
 * ZIP64 fields in every local header, sizes in data descriptors. It is laid out before a byte is read, as a list
 * of pieces at known places; those that hold checksums are made when the files before them have been read.
 */

import { concat, utf8, type Bytes } from './bytes'
import { requireSafeNames } from './names'

/** From here on sizes and offsets stand in ZIP64 fields: Python's limit, lower than the format's. */
const ZIP64_LIMIT = 2 ** 31 - 1
const COUNT_LIMIT = 2 ** 16 - 1

const LOCAL_SIZE = 30
const ZIP64_EXTRA = 20
const DESCRIPTOR_SIZE = 24

const NEEDS_ZIP64 = 45
const UNIX = 3
const HAS_DESCRIPTOR = 0x0008
const IS_UTF8 = 0x0800
const DATE_1980 = 0x21
const REGULAR_0644 = 0o100644 * 2 ** 16

/** The CRC-32 of file `index`, in the archive's order. */
export type CrcOf = (index: number) => number

/** A stretch of the content that comes from file `file`, or is made when `crcs` says the files before it are known. */
export type Piece =
  | { readonly start: number; readonly length: number; readonly file: number }
  | { readonly start: number; readonly length: number; readonly make: (crcOf: CrcOf) => Bytes }

export interface Archive {
  readonly length: number
  /** In the order of the archive. */
  readonly names: readonly string[]
  readonly pieces: readonly Piece[]
}

/** The archive of files with these names and lengths in bytes. FileNameError. */
export function layOut(files: ReadonlyMap<string, number>): Archive {
  const names = [...files.keys()].sort(byCodePoint)
  requireSafeNames(names)
  const entries: Entry[] = []
  const pieces: Piece[] = []
  let at = 0
  const put = (length: number, make: (crcOf: CrcOf) => Bytes): void => {
    pieces.push({ start: at, length, make })
    at += length
  }
  names.forEach((name, file) => {
    const entry = { name: utf8(name), length: files.get(name) ?? 0, offset: at }
    entries.push(entry)
    put(LOCAL_SIZE + entry.name.length + ZIP64_EXTRA, () => localHeader(entry))
    if (entry.length > 0) pieces.push({ start: at, length: entry.length, file })
    at += entry.length
    put(DESCRIPTOR_SIZE, (crcOf) => pack(['I', 0x08074b50], ['I', crcOf(file)], ['Q', entry.length], ['Q', entry.length]))
  })
  const end = directoryEnd(entries, at)
  put(end.length, (crcOf) => concat(...entries.map((entry, file) => directoryEntry(entry, crcOf(file))), end.tail))
  return { length: at, names, pieces }
}

interface Entry {
  readonly name: Bytes
  readonly length: number
  readonly offset: number
}

/** Python sorts by code point, JavaScript by UTF-16 unit; UTF-8 bytes sort as code points do. */
export function byCodePoint(left: string, right: string): number {
  const [a, b] = [Array.from(left), Array.from(right)]
  const different = a.findIndex((letter, at) => letter !== b[at])
  if (different < 0) return a.length - b.length
  return (a[different]?.codePointAt(0) ?? -1) - (b[different]?.codePointAt(0) ?? -1)
}

function localHeader({ name }: Entry): Bytes {
  const unknown = 2 ** 32 - 1
  const fixed = pack(
    ['I', 0x04034b50], ['H', NEEDS_ZIP64], ['H', flagsOf(name)], ['H', 0], ['H', 0], ['H', DATE_1980],
    ['I', 0], ['I', unknown], ['I', unknown], ['H', name.length], ['H', ZIP64_EXTRA],
  )
  return concat(fixed, name, pack(['H', 1], ['H', 16], ['Q', 0], ['Q', 0]))
}

function directoryEntry({ name, length, offset }: Entry, crc: number): Bytes {
  const big = length > ZIP64_LIMIT
  const far = offset > ZIP64_LIMIT
  const wide = [...(big ? [length, length] : []), ...(far ? [offset] : [])]
  const extra = wide.length === 0 ? [] : [pack(['H', 1], ['H', 8 * wide.length], ...wide.map(quad))]
  const narrow = (value: number, isWide: boolean): number => (isWide ? 2 ** 32 - 1 : value)
  const fixed = pack(
    ['I', 0x02014b50], ['H', NEEDS_ZIP64 + UNIX * 256], ['H', NEEDS_ZIP64], ['H', flagsOf(name)], ['H', 0],
    ['H', 0], ['H', DATE_1980], ['I', crc], ['I', narrow(length, big)], ['I', narrow(length, big)],
    ['H', name.length], ['H', extra[0]?.length ?? 0], ['H', 0], ['H', 0], ['H', 0], ['I', REGULAR_0644],
    ['I', narrow(offset, far)],
  )
  return concat(fixed, name, ...extra)
}

/** The directory's length with everything after it, and what stands after it. */
function directoryEnd(entries: readonly Entry[], start: number): { length: number; tail: Bytes } {
  const size = entries.reduce((sum, entry) => sum + directoryEntry(entry, 0).length, 0)
  const count = entries.length
  const wide = count > COUNT_LIMIT || start > ZIP64_LIMIT || size > ZIP64_LIMIT
  const zip64 = wide
    ? pack(
        ['I', 0x06064b50], ['Q', 44], ['H', NEEDS_ZIP64], ['H', NEEDS_ZIP64], ['I', 0], ['I', 0],
        ['Q', count], ['Q', count], ['Q', size], ['Q', start],
        ['I', 0x07064b50], ['I', 0], ['Q', start + size], ['I', 1],
      )
    : new Uint8Array()
  const least = (value: number, bits: number): number => Math.min(value, 2 ** bits - 1)
  const tail = pack(
    ['I', 0x06054b50], ['H', 0], ['H', 0], ['H', least(count, 16)], ['H', least(count, 16)],
    ['I', least(size, 32)], ['I', least(start, 32)], ['H', 0],
  )
  return { length: size + zip64.length + tail.length, tail: concat(zip64, tail) }
}

function flagsOf(name: Bytes): number {
  return HAS_DESCRIPTOR + (name.some((byte) => byte > 127) ? IS_UTF8 : 0)
}

type Field = readonly ['H' | 'I' | 'Q', number]
const WIDTH = { H: 2, I: 4, Q: 8 }

function quad(value: number): Field {
  return ['Q', value]
}

/** Little-endian fields of 2, 4 and 8 bytes, as Python's struct names them. */
function pack(...fields: readonly Field[]): Bytes {
  const made = new Uint8Array(fields.reduce((sum, [kind]) => sum + WIDTH[kind], 0))
  const view = new DataView(made.buffer)
  let at = 0
  for (const [kind, value] of fields) {
    if (kind === 'H') view.setUint16(at, value, true)
    else if (kind === 'I') view.setUint32(at, value, true)
    else view.setBigUint64(at, BigInt(value), true)
    at += WIDTH[kind]
  }
  return made
}
