/** CRC-32 as ZIP wants it (ISO 3309), fast on large data, and joinable: pieces may be counted anywhere. */

/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index here is below the length of its array,
   and a check for undefined at each of sixteen bytes would halve the speed */

const POLYNOMIAL = 0xedb88320
const TABLES = 16

// tables[n][b]: the CRC of byte b followed by n zero bytes, so sixteen bytes are taken at a time.
const tables = buildTables()

/** The CRC of `data`, going on from `crc` (that of what came before; 0 at first). */
export function crc32(data: Uint8Array, crc = 0): number {
  const [t0, t1, t2, t3, t4, t5, t6, t7, t8, t9, t10, t11, t12, t13, t14, t15] = tables
  let c = ~crc
  let at = 0
  const end = data.length - (data.length % TABLES)
  while (at < end) {
    const a = c ^ (data[at]! | (data[at + 1]! << 8) | (data[at + 2]! << 16) | (data[at + 3]! << 24))
    c =
      t15[a & 255]! ^ t14[(a >>> 8) & 255]! ^ t13[(a >>> 16) & 255]! ^ t12[a >>> 24]! ^
      t11[data[at + 4]!]! ^ t10[data[at + 5]!]! ^ t9[data[at + 6]!]! ^ t8[data[at + 7]!]! ^
      t7[data[at + 8]!]! ^ t6[data[at + 9]!]! ^ t5[data[at + 10]!]! ^ t4[data[at + 11]!]! ^
      t3[data[at + 12]!]! ^ t2[data[at + 13]!]! ^ t1[data[at + 14]!]! ^ t0[data[at + 15]!]!
    at += TABLES
  }
  for (; at < data.length; at += 1) c = (c >>> 8) ^ t0[(c ^ data[at]!) & 255]!
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

type Tables = [
  Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array,
  Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array, Uint32Array,
]

function buildTables(): Tables {
  const made = Array.from({ length: TABLES }, () => new Uint32Array(256))
  for (let byte = 0; byte < 256; byte += 1) {
    let crc = byte
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ POLYNOMIAL : crc >>> 1
    made[0]![byte] = crc
  }
  for (let zeros = 1; zeros < TABLES; zeros += 1) {
    for (let byte = 0; byte < 256; byte += 1) {
      const before = made[zeros - 1]![byte]!
      made[zeros]![byte] = (before >>> 8) ^ made[0]![before & 255]!
    }
  }
  return made as Tables
}
