/** Digests of files of any size, read piece by piece: WebCrypto has no hash that can be fed. */

import { sha256 as hashing } from '@noble/hashes/sha2.js'

import { hex, sha256, type Bytes } from './bytes'
import { PART_SIZE, partCount, treeRoot } from './parts'

/** Nothing of a piece is kept, and the collector is slow to come for larger ones. */
const PIECE = 2 * 1024 * 1024

/** Hex SHA-256. `done`: told the bytes read so far. */
export async function digestOf(file: Blob, done: (bytes: number) => void): Promise<string> {
  const hash = hashing.create()
  for (let at = 0; at < file.size; at += PIECE) {
    hash.update(await piece(file, at, PIECE))
    done(Math.min(at + PIECE, file.size))
  }
  return hex(hash.digest())
}

/** Hex root of a sealed body's tree of parts (RFC 6962). `done`: told the bytes read so far. */
export async function rootOf(sealed: Blob, done: (bytes: number) => void): Promise<string> {
  const hashes: Bytes[] = []
  for (let part = 0; part < partCount(sealed.size); part += 1) {
    hashes.push(await sha256(await piece(sealed, part * PART_SIZE, PART_SIZE)))
    done(Math.min((part + 1) * PART_SIZE, sealed.size))
  }
  return hex(await treeRoot(hashes))
}

async function piece(file: Blob, at: number, size: number): Promise<Bytes> {
  return new Uint8Array(await file.slice(at, at + size).arrayBuffer())
}
