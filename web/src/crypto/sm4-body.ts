/**
 * The body of suite `gm-1`: C2SP chunked encryption with SM4-GCM, its key, nonce and commitment by HKDF-Expand-SM3.
 *
 * WebCrypto speaks none of it. The library's calls are synchronous: big bodies belong in a worker.
 * Loaded where a lot names the suite, nowhere else.
 */

import { sm3, sm4 } from 'sm-crypto-v2'

import { concat, hex, unhex, utf8, type Bytes } from './bytes'

const KDF_INFO = utf8('c2sp.org/chunked-encryption@v1+AEAD_SM4_GCM\0')
const [KEY_SIZE, NONCE_SIZE, COMMITMENT_SIZE, TAG] = [16, 12, 32, 16]

/** HKDF-Expand-SM3(cek, kdf info ‖ salt ‖ context) = key(16) ‖ nonce(12) ‖ commitment(32). */
export function derived(cek: Bytes, salt: Bytes, context: Bytes): { key: Bytes; nonce: Bytes; commitment: Bytes } {
  const [key, info] = [hex(cek), concat(KDF_INFO, salt, context)]
  const mac = (data: Bytes): Bytes => unhex(sm3(data, { key, mode: 'hmac' }))
  const first = mac(concat(info, Uint8Array.of(1)))
  const material = concat(first, mac(concat(first, info, Uint8Array.of(2))))
  const [nonceAt, commitmentAt] = [KEY_SIZE, KEY_SIZE + NONCE_SIZE]
  return {
    key: material.slice(0, nonceAt),
    nonce: material.slice(nonceAt, commitmentAt),
    commitment: material.slice(commitmentAt, commitmentAt + COMMITMENT_SIZE),
  }
}

/** The sealed chunk, 16 bytes longer than `plain`. */
export function encipher(key: Bytes, iv: Bytes, plain: Bytes): Bytes {
  const { output, tag } = sm4.encrypt(plain, key, { mode: 'gcm', iv, output: 'array', outputTag: true, padding: 'none' })
  if (tag === undefined) throw new Error('SM4-GCM gave no tag')
  return concat(output, tag)
}

/** The chunk's plaintext. Throws if it was altered or does not belong there. */
export function decipher(key: Bytes, iv: Bytes, sealed: Bytes): Uint8Array {
  const [tag, body] = [sealed.subarray(-TAG), sealed.subarray(0, -TAG)]
  return sm4.decrypt(body, key, { mode: 'gcm', iv, output: 'array', tag, padding: 'none' })
}
