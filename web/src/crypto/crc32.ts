/** CRC-32 as ZIP wants it (ISO 3309), fast on large data, and joinable: pieces may be counted anywhere. */

/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index here is below the length of its array,
   and a check for undefined at each of sixteen bytes would halve the speed */

const POLYNOMIAL = 0xedb88320
const TABLES = 16
const ENTRIES = 256

// table[256·n + b]: the CRC of byte b followed by n zero bytes, so sixteen bytes are taken at a time.
const table = buildTable()

/** The CRC of `data`, going on from `crc` (that of what came before; 0 at first). */
export function crc32(data: Uint8Array, crc = 0): number {
  let c = ~crc
  let at = 0
  for (; at < data.length && (data.byteOffset + at) % 4 !== 0; at += 1) c = (c >>> 8) ^ table[(c ^ data[at]!) & 255]!
  // Words in the machine's order, which is little-endian wherever there are browsers.
  const end = 4 * Math.floor((data.length - at) / TABLES)
  const words = end > 0 ? new Int32Array(data.buffer, data.byteOffset + at, end) : new Int32Array()
  for (let word = 0; word < end; word += 4) {
    const [p, q, r, s] = [c ^ words[word]!, words[word + 1]!, words[word + 2]!, words[word + 3]!]
    c =
      table[3840 + (p & 255)]! ^ table[3584 + ((p >>> 8) & 255)]! ^ table[3328 + ((p >>> 16) & 255)]! ^ table[3072 + (p >>> 24)]! ^
      table[2816 + (q & 255)]! ^ table[2560 + ((q >>> 8) & 255)]! ^ table[2304 + ((q >>> 16) & 255)]! ^ table[2048 + (q >>> 24)]! ^
      table[1792 + (r & 255)]! ^ table[1536 + ((r >>> 8) & 255)]! ^ table[1280 + ((r >>> 16) & 255)]! ^ table[1024 + (r >>> 24)]! ^
      table[768 + (s & 255)]! ^ table[512 + ((s >>> 8) & 255)]! ^ table[256 + ((s >>> 16) & 255)]! ^ table[s >>> 24]!
  }
  for (at += end * 4; at < data.length; at += 1) c = (c >>> 8) ^ table[(c ^ data[at]!) & 255]!
  return ~c >>> 0
}

/** The CRC of two pieces one after the other, from theirs and the second one's length in bytes. */
export function joinedCrc(first: number, second: number, secondLength: number): number {
  return (multiply(powerOfX(secondLength), first) ^ second) >>> 0
}

/** a · b modulo the polynomial, bits reversed as CRC-32 has them. */
function multiply(a: number, b: number): number {
  let product = 0
  for (let bit = 31; bit >= 0; bit -= 1) {
    if ((a >>> bit) & 1) product ^= b
    b = b & 1 ? (b >>> 1) ^ POLYNOMIAL : b >>> 1
  }
  return product >>> 0
}

/** x^(8 · bytes) modulo the polynomial. */
function powerOfX(bytes: number): number {
  let [power, square] = [0x80000000, 0x00800000] // 1 and x⁸
  for (let left = bytes; left > 0; left = Math.floor(left / 2)) {
    if (left % 2 === 1) power = multiply(square, power)
    square = multiply(square, square)
  }
  return power
}

function buildTable(): Int32Array {
  const made = new Int32Array(TABLES * ENTRIES)
  for (let byte = 0; byte < ENTRIES; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    made[byte] = crc
  }
  for (let at = ENTRIES; at < made.length; at += 1) {
    const before = made[at - ENTRIES]!
    made[at] = (before >>> 8) ^ made[before & 255]!
  }
  return made
}
