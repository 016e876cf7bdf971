/** What an opened envelope holds: the directory of a stored ZIP, read from anywhere in it on demand. */

import { fromUtf8, type Bytes } from './bytes'
import { CanonicalError, FileNameError, OpeningError } from './errors'
import { MAX_FILES, requireSafeNames } from './names'

/** A file in the archive: its length in bytes, its CRC-32, and where its bytes begin. */
export interface Member {
  readonly name: string
  readonly length: number
  readonly crc: number
  readonly local: number
}

/** `length` bytes of the archive from `offset` on. */
export type ReadAt = (offset: number, length: number) => Promise<Bytes>

const END_SIZE = 22
const LOCATOR_SIZE = 20
const END64_SIZE = 56
const ENTRY_SIZE = 46
const LOCAL_SIZE = 30
const MAX_COMMENT = 2 ** 16 - 1
const WIDE = 2 ** 32 - 1
const ENCRYPTED = 0x1
/** A generous bound: 10 000 entries with names of 200 bytes and their ZIP64 fields. */
const MAX_DIRECTORY = MAX_FILES * (ENTRY_SIZE + 200 + 32)

/** The files of the archive of `length` bytes. OpeningError(container) for anything but stored, safely named files. */
export async function members(read: ReadAt, length: number): Promise<Member[]> {
  const { count, size, start } = await findDirectory(read, length)
  if (count < 1 || count > MAX_FILES || size > MAX_DIRECTORY || start + size > length) {
    throw refused('no file, or too many')
  }
  const directory = await read(start, size)
  const found: Member[] = []
  let at = 0
  while (found.length < count) {
    const [member, next] = entryAt(directory, at)
    found.push(member)
    at = next
  }
  try {
    requireSafeNames(found.map((member) => member.name))
  } catch (error) {
    if (error instanceof FileNameError) throw refused(`unsafe file name: ${error.reason}`)
    throw error
  }
  if (found.reduce((sum, member) => sum + member.length, 0) > length) throw refused('files overlap')
  return found
}

/** Where the member's bytes begin in the archive. */
export async function contentStart(read: ReadAt, member: Member): Promise<number> {
  const header = viewOf(await read(member.local, LOCAL_SIZE))
  if (header.getUint32(0, true) !== 0x04034b50) throw refused('no file where the directory says')
  return member.local + LOCAL_SIZE + header.getUint16(26, true) + header.getUint16(28, true)
}

async function findDirectory(read: ReadAt, length: number): Promise<{ count: number; size: number; start: number }> {
  const tailLength = Math.min(length, END_SIZE + MAX_COMMENT)
  const tail = viewOf(await read(length - tailLength, tailLength))
  let at = tailLength - END_SIZE
  while (at >= 0 && tail.getUint32(at, true) !== 0x06054b50) at -= 1
  if (at < 0) throw refused('not an archive')
  const narrow = {
    count: tail.getUint16(at + 10, true),
    size: tail.getUint32(at + 12, true),
    start: tail.getUint32(at + 16, true),
  }
  const locatorAt = at - LOCATOR_SIZE
  if (locatorAt < 0 || tail.getUint32(locatorAt, true) !== 0x07064b50) return narrow
  const end64At = wide(tail, locatorAt + 8)
  if (end64At + END64_SIZE > length) throw refused('not an archive')
  const end64 = viewOf(await read(end64At, END64_SIZE))
  if (end64.getUint32(0, true) !== 0x06064b50) throw refused('not an archive')
  return { count: wide(end64, 32), size: wide(end64, 40), start: wide(end64, 48) }
}

function entryAt(directory: Bytes, at: number): [Member, number] {
  if (at + ENTRY_SIZE > directory.length) throw refused('the directory is cut')
  const view = viewOf(directory.subarray(at))
  if (view.getUint32(0, true) !== 0x02014b50) throw refused('not a directory')
  if (view.getUint16(8, true) & ENCRYPTED || view.getUint16(10, true) !== 0) throw refused('compressed or encrypted')
  const nameEnd = ENTRY_SIZE + view.getUint16(28, true)
  const extraEnd = nameEnd + view.getUint16(30, true)
  const end = extraEnd + view.getUint16(32, true)
  if (at + end > directory.length) throw refused('the directory is cut')
  const sizes = wideFields(view, nameEnd, extraEnd, {
    length: view.getUint32(24, true),
    stored: view.getUint32(20, true),
    local: view.getUint32(42, true),
  })
  if (sizes.length !== sizes.stored) throw refused('sizes disagree')
  const name = nameOf(directory.slice(at + ENTRY_SIZE, at + nameEnd))
  return [{ name, length: sizes.length, local: sizes.local, crc: view.getUint32(16, true) }, at + end]
}

/** The 64-bit values that stand in the ZIP64 field for those that read 0xFFFFFFFF, in this order. */
function wideFields<T extends { length: number; stored: number; local: number }>(
  view: DataView,
  from: number,
  to: number,
  narrow: T,
): T {
  for (let at = from; at + 4 <= to; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue
    let next = at + 4
    const take = (value: number): number => {
      if (value !== WIDE) return value
      if (next + 8 > to) throw refused('the directory is cut')
      next += 8
      return wide(view, next - 8)
    }
    return { ...narrow, length: take(narrow.length), stored: take(narrow.stored), local: take(narrow.local) }
  }
  return narrow
}

function nameOf(raw: Bytes): string {
  try {
    return fromUtf8(raw)
  } catch (error) {
    if (error instanceof CanonicalError) throw refused('a file name is not UTF-8')
    throw error
  }
}

function wide(view: DataView, at: number): number {
  const value = Number(view.getBigUint64(at, true))
  if (!Number.isSafeInteger(value)) throw refused('not an archive')
  return value
}

function viewOf(data: Bytes): DataView {
  return new DataView(data.buffer, data.byteOffset, data.byteLength)
}

function refused(reason: string): OpeningError {
  return new OpeningError('container', reason)
}
