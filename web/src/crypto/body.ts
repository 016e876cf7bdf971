/**
 * The sealed body: magic, Cobblestone-256 header, chunks, key commitment.
 *
 *     100FWB1\n ‖ salt(24) ‖ commitment(32) ‖ chunk* ‖ last chunk
 *     chunk = AES-256-GCM of 16384 bytes; the last holds 0…16383 and marks the end
 *
 * Cobblestone-256 is C2SP chunked-encryption with AEAD_AES_256_GCM (c2sp.org/chunked-encryption@v1). Chunks are
 * independent of each other given key and index, so any run of whole chunks can be worked on anywhere.
 * In suite `gm-1` SM4-GCM stands in AES-GCM's place, with the same sizes: `sm4-body`, loaded when it is needed.
 */

import { concat, equal, random, utf8, type Bytes } from './bytes'
import { GM_1 } from './choices'

export const MAGIC = utf8('100FWB1\n')
export const SALT_SIZE = 24
const COMMITMENT_SIZE = 32
export const HEADER_SIZE = SALT_SIZE + COMMITMENT_SIZE
/** The first 64 bytes of a sealed body. */
export const PREFIX_SIZE = MAGIC.length + HEADER_SIZE

export const CHUNK = 16384
const TAG = 16
export const SEALED_CHUNK = CHUNK + TAG
export const CEK_SIZE = 32
const NONCE_SIZE = 12

const KDF_INFO = utf8('c2sp.org/chunked-encryption@v1+AEAD_AES_256_GCM\0')

/** What the chunks of one body are enciphered with. The key can be used but not read out; of SM4 it is its 16 bytes. */
export interface BodyKey {
  readonly key: CryptoKey | Bytes
  readonly nonce: Bytes
}

/** A body key and the header (salt ‖ commitment) that belongs to it. */
export interface DerivedBody extends BodyKey {
  readonly header: Bytes
}

/** How many chunks `padded` bytes make; the last is always present and always short. */
export function chunkCount(padded: number): number {
  return Math.floor(padded / CHUNK) + 1
}

/** Bytes of the sealed body around `padded` bytes of padded plaintext. */
export function sealedLength(padded: number): number {
  return PREFIX_SIZE + padded + TAG * chunkCount(padded)
}

/** The padded plaintext's length inside a body of `sealed` bytes; null if no body has that length. */
export function paddedLength(sealed: number): number | null {
  const chunks = Math.floor((sealed - PREFIX_SIZE) / SEALED_CHUNK)
  const rest = sealed - PREFIX_SIZE - chunks * SEALED_CHUNK
  return sealed > PREFIX_SIZE && rest >= TAG ? chunks * CHUNK + rest - TAG : null
}

/** salt ‖ commitment of a sealed body from its first 64 bytes; null if it is not a sealed body. */
export function headerOf(firstBytes: Bytes): Bytes | null {
  const whole = firstBytes.length >= PREFIX_SIZE && equal(firstBytes.subarray(0, MAGIC.length), MAGIC)
  return whole ? firstBytes.slice(MAGIC.length, PREFIX_SIZE) : null
}

/** The keys of a new body, under a fresh salt. */
export function newBody(cek: Bytes, context: Bytes, suite: string): Promise<DerivedBody> {
  return derive(cek, random(SALT_SIZE), context, suite)
}

/** The keys of the body with this header, or null if `cek` and `context` are not those it was sealed with. */
export async function bodyOf(cek: Bytes, header: Bytes, context: Bytes, suite: string): Promise<DerivedBody | null> {
  if (cek.length !== CEK_SIZE || header.length !== HEADER_SIZE) return null
  const derived = await derive(cek, header.slice(0, SALT_SIZE), context, suite)
  return equal(derived.header, header) ? derived : null
}

async function derive(cek: Bytes, salt: Bytes, context: Bytes, suite: string): Promise<DerivedBody> {
  if (suite !== GM_1) return deriveAes(cek, salt, context)
  const { key, nonce, commitment } = (await sm4()).derived(cek, salt, context)
  return { key, nonce, header: concat(salt, commitment) }
}

const sm4 = () => import('./sm4-body')

/** HKDF-Expand-SHA-512(cek, kdf info ‖ salt ‖ context) = key(32) ‖ nonce(12) ‖ commitment(32). */
async function deriveAes(cek: Bytes, salt: Bytes, context: Bytes): Promise<DerivedBody> {
  const info = concat(KDF_INFO, salt, context)
  // WebCrypto's HKDF always extracts first; expanding alone is two HMACs (RFC 5869, 2.3).
  const mac = await crypto.subtle.importKey('raw', cek, { name: 'HMAC', hash: 'SHA-512' }, false, ['sign'])
  const first = new Uint8Array(await crypto.subtle.sign('HMAC', mac, concat(info, Uint8Array.of(1))))
  const second = await crypto.subtle.sign('HMAC', mac, concat(first, info, Uint8Array.of(2)))
  const material = concat(first, new Uint8Array(second))
  const [nonceAt, commitmentAt] = [CEK_SIZE, CEK_SIZE + NONCE_SIZE]
  return {
    key: await crypto.subtle.importKey('raw', material.subarray(0, nonceAt), 'AES-GCM', false, ['encrypt', 'decrypt']),
    nonce: material.slice(nonceAt, commitmentAt),
    header: concat(salt, material.subarray(commitmentAt, commitmentAt + COMMITMENT_SIZE)),
  }
}

/**
 * The sealed chunks of `plain`, which begins with chunk `first`. All but the body's last chunk are whole.
 *
 * `ends`: `plain` holds the end of the padded plaintext, so a last chunk of less than 16384 bytes, maybe of
 * none, is made. All chunks are in flight at once: callers bound the memory by the length of `plain`.
 * `spare`: memory that is used for the answer if it fits.
 */
export async function sealChunks(
  body: BodyKey,
  first: number,
  plain: Bytes,
  ends: boolean,
  spare?: ArrayBuffer,
): Promise<Bytes> {
  const count = ends ? chunkCount(plain.length) : plain.length / CHUNK
  const length = plain.length + TAG * count
  const sealed = new Uint8Array(spare?.byteLength === length ? spare : new ArrayBuffer(length))
  const encipher = await encipherer(body)
  const chunk = async (index: number): Promise<void> => {
    const data = plain.subarray(index * CHUNK, (index + 1) * CHUNK)
    const made = await encipher(nonceOf(body, first + index), data)
    sealed.set(new Uint8Array(made), index * SEALED_CHUNK)
  }
  await Promise.all(Array.from({ length: count }, (_, index) => chunk(index)))
  return sealed
}

/**
 * The plaintext of a run of whole sealed chunks; null if one of them was altered or does not belong there.
 *
 * `ends`: the run reaches the body's end, whose last chunk must be there and short. `spare` as in `sealChunks`.
 */
export async function openChunks(
  body: BodyKey,
  first: number,
  sealed: Bytes,
  ends: boolean,
  spare?: ArrayBuffer,
): Promise<Bytes | null> {
  const count = ends ? Math.floor(sealed.length / SEALED_CHUNK) + 1 : sealed.length / SEALED_CHUNK
  const length = sealed.length - TAG * count
  if (length < 0 || (ends && sealed.length - (count - 1) * SEALED_CHUNK < TAG)) return null
  const plain = new Uint8Array(spare?.byteLength === length ? spare : new ArrayBuffer(length))
  const decipher = await decipherer(body)
  const chunk = async (index: number): Promise<void> => {
    const data = sealed.subarray(index * SEALED_CHUNK, (index + 1) * SEALED_CHUNK)
    const made = await decipher(nonceOf(body, first + index), data)
    plain.set(new Uint8Array(made), index * CHUNK)
  }
  try {
    await Promise.all(Array.from({ length: count }, (_, index) => chunk(index)))
  } catch {
    return null
  }
  return plain
}

/** One chunk under this nonce. */
type Chunk = (iv: Bytes, data: Bytes) => Promise<ArrayBuffer> | Uint8Array

async function encipherer({ key }: BodyKey): Promise<Chunk> {
  if (!(key instanceof Uint8Array)) return (iv, plain) => crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, plain)
  const { encipher } = await sm4()
  return (iv, plain) => encipher(key, iv, plain)
}

/** What it gives throws or rejects for a chunk that was altered or does not belong there. */
async function decipherer({ key }: BodyKey): Promise<Chunk> {
  if (!(key instanceof Uint8Array)) return (iv, sealed) => crypto.subtle.decrypt({ name: 'AES-GCM', iv }, key, sealed)
  const { decipher } = await sm4()
  return (iv, sealed) => decipher(key, iv, sealed)
}

/** The nonce of chunk i: i, big-endian, XORed into the last 8 bytes. By division: bit operators wrap at 2³¹. */
function nonceOf(body: BodyKey, index: number): Bytes {
  const iv = body.nonce.slice()
  for (let at = NONCE_SIZE - 1, left = index; left > 0; at -= 1, left = Math.floor(left / 256)) {
    iv[at] = (iv[at] ?? 0) ^ (left % 256)
  }
  return iv
}
