/** 8 MiB parts and their RFC 6962 tree: the root stands for the sealed bytes, whatever store keeps them. */

import { concat, sha256, type Bytes } from './bytes'

export const PART_SIZE = 8 * 1024 * 1024

const LEAF = Uint8Array.of(0)
const NODE = Uint8Array.of(1)

/** How many parts `length` bytes make. */
export function partCount(length: number): number {
  return Math.ceil(length / PART_SIZE)
}

/** The SHA-256 of each part of a body in memory. */
export function partHashes(body: Bytes): Promise<Bytes[]> {
  const starts = Array.from({ length: partCount(body.length) }, (_, part) => part * PART_SIZE)
  return Promise.all(starts.map((start) => sha256(body.subarray(start, start + PART_SIZE))))
}

/** RFC 6962, 2.1: MTH(D[n]) over the part hashes; SHA-256 of nothing for no parts. */
export async function treeRoot(hashes: readonly Bytes[]): Promise<Bytes> {
  if (hashes.length === 0) return sha256(new Uint8Array())
  let level = await Promise.all(hashes.map((hash) => sha256(concat(LEAF, hash))))
  // Pairing level by level gives MTH: an odd node at the end goes up unhashed, as the split at the largest
  // power of two below n demands.
  while (level.length > 1) level = await Promise.all(pairs(level))
  return level[0] ?? new Uint8Array()
}

function pairs(level: readonly Bytes[]): Promise<Bytes>[] {
  const above: Promise<Bytes>[] = []
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = level.slice(at, at + 2)
    if (left !== undefined) above.push(right === undefined ? Promise.resolve(left) : sha256(concat(NODE, left, right)))
  }
  return above
}
