/** Values of DER (X.690, 10), as far as time-stamp tokens and the certificates in them need to be taken apart. */

import { concat, hex, type Bytes } from '@/crypto/bytes'

/** A value: its tag, its content, and both together. */
export interface Der {
  readonly tag: number
  readonly content: Bytes
  readonly whole: Bytes
}

export const INTEGER = 0x02
export const OCTETS = 0x04
export const OBJECT = 0x06
export const INSTANT = 0x18
export const SEQUENCE = 0x30
export const SET = 0x31

/** The values that stand in this one's content. RangeError where it is cut. */
export function inside(value: Der | undefined): Der[] {
  const found: Der[] = []
  let rest = value?.content ?? new Uint8Array()
  while (rest.length > 0) {
    const one = first(rest)
    found.push(one)
    rest = rest.slice(one.whole.length)
  }
  return found
}

/** The one value of this tag that the bytes are. RangeError. */
export function only(data: Bytes | undefined, tag: number): Der {
  const found = first(data ?? new Uint8Array())
  if (found.tag !== tag || found.whole.length !== data?.length) throw new RangeError('other DER than expected')
  return found
}

/** Whether this is the object identifier whose content is these hex digits. */
export function names(value: Der | undefined, object: string): boolean {
  return value?.tag === OBJECT && hex(value.content) === object
}

/** r and s of a signature side by side (IEEE P1363), `size` bytes each. RangeError. */
export function sideBySide(signature: Bytes, size: number): Bytes {
  const numbers = inside(only(signature, SEQUENCE)).map(({ tag, content }) => {
    const begun = content.findIndex((byte) => byte !== 0)
    const digits = content.slice(begun < 0 ? content.length : begun)
    if (tag !== INTEGER || digits.length > size) throw new RangeError('not a signature of this curve')
    return concat(new Uint8Array(size - digits.length), digits)
  })
  return concat(...numbers)
}

function first(data: Bytes): Der {
  const tag = data[0] ?? 0
  let [length, at] = [data[1] ?? 0, 2]
  if (length & 0x80) {
    const size = length & 0x7f
    if (size < 1 || size > 4) throw new RangeError('not DER')
    length = data.slice(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0)
    at += size
  }
  if (at + length > data.length) throw new RangeError('not DER')
  return { tag, content: data.slice(at, at + length), whole: data.slice(0, at + length) }
}
