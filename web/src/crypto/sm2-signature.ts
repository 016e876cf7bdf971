/** SM2 signatures with SM3 (GB/T 32918.2), under the signer's identifier that GM/T 0009 gives where none is agreed on. */

import { sm2 } from 'sm-crypto-v2'

import { hex, type Bytes } from './bytes'

/** Bytes of a raw public key, x ‖ y, and of a signature, r ‖ s. */
export const SM2_SIZE = 64
const SIGNER_ID = '1234567812345678'
/** Of a point: x and y follow. */
const UNCOMPRESSED = '04'

/** Whether that key signed these bytes. */
export function signedBySm2(publicRaw: Bytes, message: Bytes, signature: Bytes): boolean {
  if (publicRaw.length !== SM2_SIZE || signature.length !== SM2_SIZE) return false
  try {
    return sm2.doVerifySignature(message, hex(signature), UNCOMPRESSED + hex(publicRaw), { hash: true, userId: SIGNER_ID })
  } catch {
    return false // no point of the curve
  }
}
