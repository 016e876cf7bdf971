/** Bytes and their spellings: hex, base64url without padding, UTF-8. */

import { CanonicalError } from './errors'

/** WebCrypto takes views of plain buffers only, never of shared ones. */
export type Bytes = Uint8Array<ArrayBuffer>

const encoder = new TextEncoder()
// A byte order mark is kept, so that JSON refuses it; bytes that are not UTF-8 are an error.
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

export function utf8(text: string): Bytes {
  return encoder.encode(text)
}

export function fromUtf8(data: Bytes): string {
  try {
    return decoder.decode(data)
  } catch {
    throw new CanonicalError('not UTF-8')
  }
}

export function concat(...pieces: readonly Uint8Array[]): Bytes {
  const joined = new Uint8Array(pieces.reduce((sum, piece) => sum + piece.length, 0))
  let at = 0
  for (const piece of pieces) {
    joined.set(piece, at)
    at += piece.length
  }
  return joined
}

/** Whether both are the same bytes; takes as long wherever they differ. */
export function equal(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  let difference = 0
  left.forEach((byte, at) => {
    difference |= byte ^ (right[at] ?? 0)
  })
  return difference === 0
}

/** `left ⊕ right`, both equally long. */
export function xor(left: Bytes, right: Bytes): Bytes {
  return left.map((byte, at) => byte ^ (right[at] ?? 0))
}

/** `count` unpredictable bytes. */
export function random(count: number): Bytes {
  return crypto.getRandomValues(new Uint8Array(count))
}

export function hex(data: Uint8Array): string {
  return Array.from(data, (byte) => byte.toString(16).padStart(2, '0')).join('')
}

/** The bytes of lower-case hex; CanonicalError for anything else. */
export function unhex(text: string): Bytes {
  if (!/^([0-9a-f]{2})*$/.test(text)) throw new CanonicalError('not lower-case hex')
  return Uint8Array.from(text.match(/../g) ?? [], (pair) => parseInt(pair, 16))
}

/** base64url without padding (RFC 4648, 5). */
export function b64(data: Uint8Array): string {
  let binary = ''
  for (let at = 0; at < data.length; at += 0x8000) {
    binary += String.fromCharCode(...data.subarray(at, at + 0x8000))
  }
  return btoa(binary).replaceAll('+', '-').replaceAll('/', '_').replace(/=+$/, '')
}

/** The bytes of unpadded base64url; CanonicalError for any other spelling of the same bytes. */
export function unb64(text: string): Bytes {
  if (!/^[A-Za-z0-9_-]*$/.test(text) || text.length % 4 === 1) {
    throw new CanonicalError('not base64url without padding')
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const data = Uint8Array.from(binary, (letter) => letter.charCodeAt(0))
  if (b64(data) !== text) throw new CanonicalError('base64url with trailing bits set')
  return data
}

export async function sha256(data: Bytes): Promise<Bytes> {
  return new Uint8Array(await crypto.subtle.digest('SHA-256', data))
}

/** Hex SHA-256. */
export async function digest(data: Bytes): Promise<string> {
  return hex(await sha256(data))
}
