/**
 * The key wrap of suite `gm-1`: SM2 encryption (GB/T 32918.4) of `secret ‖ SM3(info)`, as C1 ‖ C3 ‖ C2 without its prefix.
 *
 * SM2 encryption binds nothing beside its plaintext, so the hash of `info` is a part of that; C3 keeps both whole.
 * Loaded where a lot names the suite, nowhere else.
 */

import { sm2, sm3 } from 'sm-crypto-v2'

import { concat, equal, hex, unhex, type Bytes } from './bytes'
import { KeyError } from './errors'
import { GM_1, KEY_SIZE, SUITES } from './choices'
import type { KeyWrap } from './suite'

const N = 0xfffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123n
/** Of both points in hex: x and y follow. */
const UNCOMPRESSED = '04'
const C1C3C2 = 1

/** Public keys are 64 bytes, x ‖ y. */
export const sm2Wrap: KeyWrap = {
  admits,

  publicOf(privateRaw) {
    requireAdmitted(privateRaw)
    return unhex(sm2.getPublicKeyFromPrivateKey(hex(privateRaw)).slice(UNCOMPRESSED.length))
  },

  wrap(secret, publicRaw, info) {
    const bound = concat(secret, hash(info))
    try {
      if (publicRaw.length !== SUITES[GM_1].publicSize) throw new Error('length')
      return unhex(sm2.doEncrypt(bound, UNCOMPRESSED + hex(publicRaw), C1C3C2))
    } catch {
      throw new KeyError({ what: 'SM2 public key: not 64 bytes, or no point of the curve' })
    }
  },

  unwrap(wrapped, privateRaw, info) {
    requireAdmitted(privateRaw)
    const opened = wrapped.length === SUITES[GM_1].wrapSize ? decrypted(wrapped, privateRaw) : null
    if (opened?.length !== KEY_SIZE + KEY_SIZE) return null // the library gives nothing back where C3 does not fit
    return equal(opened.subarray(KEY_SIZE), hash(info)) ? opened.slice(0, KEY_SIZE) : null
  },
}

/** 1 … n − 2. */
function admits(privateRaw: Bytes): boolean {
  if (privateRaw.length !== KEY_SIZE) return false
  const number = BigInt(`0x${hex(privateRaw)}`)
  return number > 0n && number < N - 1n
}

function requireAdmitted(privateRaw: Bytes): void {
  if (!admits(privateRaw)) throw new KeyError({ what: 'SM2 private key: not 32 bytes in 1 … n − 2' })
}

function decrypted(wrapped: Bytes, privateRaw: Bytes): Bytes | null {
  try {
    return Uint8Array.from(sm2.doDecrypt(hex(wrapped), hex(privateRaw), C1C3C2, { output: 'array' }))
  } catch {
    return null // C1 is no point of the curve
  }
}

function hash(data: Bytes): Bytes {
  return unhex(sm3(data))
}
