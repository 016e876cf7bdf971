/** WebM as a browser records it, cut into pieces that a relay can give out one by one: the head, then whole clusters.
 *
 * A recorder hands on bytes wherever it happens to stand, and its clusters last as long as it likes. Here blocks are taken
 * out (RFC 9559) and put into clusters of our own, a new one at every key frame, so that who comes late waits for
 * none. Frames are not touched.
 */

export interface Piece {
  readonly bytes: Uint8Array<ArrayBuffer>
  /** A player can begin here. */
  readonly key: boolean
}

const EBML = 0x1a45dfa3
const SEGMENT = 0x18538067
const TRACKS = 0x1654ae6b
const ENTRY = 0xae
const TRACK_NUMBER = 0xd7
const TRACK_TYPE = 0x83
const CLUSTER = 0x1f43b675
const TIMESTAMP = 0xe7
const SIMPLE_BLOCK = 0xa3
const GROUP = 0xa0
const BLOCK = 0xa1
const REFERENCE = 0xfb
const VIDEO = 1
const KEYFRAME = 0x80

interface Element {
  readonly id: number
  /** First byte of its data, and the byte behind it; null for an unknown size. */
  readonly begin: number
  readonly end: number | null
}

interface Block {
  readonly at: number
  readonly key: boolean
  readonly bytes: Uint8Array
  /** Where its two bytes of relative time stand. */
  readonly time: number
}

export class Cutter {
  #rest: Uint8Array<ArrayBuffer> = new Uint8Array(0)
  #headed = false
  #video = 0
  #clusterAt = 0
  #blocks: Block[] = []

  /** What the recorder brought next: the pieces that are whole by now, the last of them ending here. */
  push(bytes: Uint8Array): Piece[] {
    this.#rest = joined(this.#rest, bytes)
    const pieces: Piece[] = []
    if (!this.#headed) {
      const head = this.#head()
      if (head === null) return []
      pieces.push({ bytes: head, key: true })
    }
    let at = 0
    for (let one = element(this.#rest, at); one; one = element(this.#rest, at)) {
      if (one.id === CLUSTER || one.id === SEGMENT) {
        at = one.begin
        continue
      }
      if (one.end === null || one.end > this.#rest.length) break
      if (one.id === TIMESTAMP) this.#clusterAt = number(this.#rest.subarray(one.begin, one.end))
      const block = this.#block(one, at, one.end)
      if (block?.key && this.#blocks.length) pieces.push(this.#cluster())
      if (block) this.#blocks.push(block)
      at = one.end
    }
    this.#rest = this.#rest.slice(at)
    if (this.#blocks.length) pieces.push(this.#cluster())
    return pieces
  }

  /** Everything before the first cluster, its segment of unknown size; null while it is not all there. */
  #head(): Uint8Array<ArrayBuffer> | null {
    const data = this.#rest
    let at = 0
    const parts: Uint8Array[] = []
    for (let one = element(data, at); one; one = element(data, at)) {
      if (one.id === CLUSTER) {
        this.#headed = true
        this.#rest = data.slice(at)
        return joined(...parts)
      }
      if (one.id === SEGMENT) {
        parts.push(new Uint8Array([0x18, 0x53, 0x80, 0x67, 0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff]))
        at = one.begin
        continue
      }
      if (one.end === null || one.end > data.length || (at === 0 && one.id !== EBML)) return null
      if (one.id === TRACKS) this.#video = videoTrack(data.subarray(one.begin, one.end))
      parts.push(data.subarray(at, one.end))
      at = one.end
    }
    return null
  }

  #block(one: Element, from: number, end: number): Block | null {
    const bytes = this.#rest.slice(from, end)
    let place = one.begin - from
    let key = false
    if (one.id === GROUP) {
      const inside = [...children(bytes.subarray(place))]
      const block = inside.find(({ id }) => id === BLOCK)
      if (!block) return null
      key = !inside.some(({ id }) => id === REFERENCE)
      place += block.begin
    } else if (one.id !== SIMPLE_BLOCK) return null
    else key = ((bytes[place + 3] ?? 0) & KEYFRAME) !== 0
    const track = (bytes[place] ?? 0) & 0x7f
    const relative = new DataView(bytes.buffer).getInt16(place + 1)
    return { at: this.#clusterAt + relative, key: key && track === this.#video, bytes, time: place + 1 }
  }

  #cluster(): Piece {
    const blocks = this.#blocks
    this.#blocks = []
    const at = Math.max(0, Math.min(...blocks.map((one) => one.at)))
    for (const one of blocks) new DataView(one.bytes.buffer).setInt16(one.time, one.at - at)
    const length = blocks.reduce((sum, one) => sum + one.bytes.length, 10)
    const head = new DataView(new ArrayBuffer(22))
    head.setUint32(0, CLUSTER)
    head.setBigUint64(4, (1n << 56n) | BigInt(length))
    head.setUint8(12, TIMESTAMP)
    head.setUint8(13, 0x88)
    head.setBigUint64(14, BigInt(at))
    const key = this.#video === 0 || blocks[0]?.key === true
    return { bytes: joined(new Uint8Array(head.buffer), ...blocks.map((one) => one.bytes)), key }
  }
}

function videoTrack(tracks: Uint8Array): number {
  for (const entry of children(tracks)) {
    if (entry.id !== ENTRY) continue
    const data = tracks.subarray(entry.begin, entry.end ?? tracks.length)
    const fields = new Map([...children(data)].map((one) => [one.id, number(data.subarray(one.begin, one.end ?? 0))]))
    if (fields.get(TRACK_TYPE) === VIDEO) return fields.get(TRACK_NUMBER) ?? 0
  }
  return 0
}

function* children(data: Uint8Array): Generator<Element> {
  let at = 0
  for (let one = element(data, at); one?.end; one = element(data, at)) {
    yield one
    at = one.end
  }
}

/** The element at `at`; null while its id and size are not all there. */
function element(data: Uint8Array, at: number): Element | null {
  const id = vint(data, at)
  const size = id && vint(data, at + id.length)
  if (!id || !size) return null
  const begin = at + id.length + size.length
  const [first = 0, ...rest] = size
  const bits = first & (0xff >> size.length)
  const unknown = bits === 0xff >> size.length && rest.every((byte) => byte === 0xff)
  return { id: number(id), begin, end: unknown ? null : begin + number([bits, ...rest]) }
}

/** The bytes of a variable-size integer (RFC 8794 §4), its length marker among them. */
function vint(data: Uint8Array, at: number): Uint8Array | null {
  const length = Math.clz32(data[at] ?? 0) - 23
  return length > 8 || at + length > data.length ? null : data.subarray(at, at + length)
}

function number(data: Iterable<number>): number {
  return [...data].reduce((value, byte) => value * 256 + byte, 0)
}

function joined(...parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0))
  let at = 0
  for (const one of parts) {
    whole.set(one, at)
    at += one.length
  }
  return whole
}
