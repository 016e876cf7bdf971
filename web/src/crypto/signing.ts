/**
 * One signature mechanism for everything that is said: a signature over label ‖ 0x00 ‖ canonical JSON.
 *
 * The label says what kind of document is signed, so that no signature serves for another kind. Devices sign with
 * Ed25519 (32 raw bytes); keys that licensed authorities certified with RSA or ECDSA (SubjectPublicKeyInfo), or SM2 (64
 * raw bytes), whose code is loaded when such a signature is checked.
 */

import type * as v from 'valibot'

import { concat, utf8, type Bytes } from './bytes'
import { canonical, conform, parseCanonical } from './canonical'
import { SignatureError } from './errors'
import type { OwnKey } from './suite'

export type Label =
  | 'bidding/act/v1'
  | 'bidding/manifest/v1'
  | 'bidding/receipt/v1'
  | 'bidding/refusal/v1'
  | 'bidding/release/v1'
  | 'bidding/session/v1'
  | 'bidding/record/v1'
  | 'bidding/bundle/v1'
  | 'bidding/release-receipt/v1'
  | 'bidding/enrolment/v1'
  | 'bidding/certificate-binding/v1'

/** The canonical bytes that were signed, kept as received, and the signature. */
export interface Signed {
  readonly payload: Bytes
  readonly signature: Bytes
}

const ED25519 = 32
const SM2 = 64
type Algorithms = readonly (readonly [algorithm: EcKeyImportParams & EcdsaParams | RsaHashedImportParams | { name: 'Ed25519' }, format: 'raw' | 'spki'])[]
const DEVICES: Algorithms = [[{ name: 'Ed25519' }, 'raw']]
/** What signs with a key that a licensed authority certified, as `bidding/crypto/public_keys.py` has it. */
export const LICENSED: Algorithms = [
  [{ name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' }, 'spki'],
  [{ name: 'ECDSA', namedCurve: 'P-384', hash: 'SHA-384' }, 'spki'],
  [{ name: 'RSASSA-PKCS1-v1_5', hash: 'SHA-256' }, 'spki'],
]

/** Sign `value` with a device's Ed25519 key, after checking every constraint of its shape. */
export async function sign<T extends v.GenericSchema>(
  label: Label,
  value: v.InferInput<T>,
  shape: T,
  key: OwnKey,
): Promise<Signed> {
  const payload = canonical(conform(value, shape))
  const signature = await crypto.subtle.sign('Ed25519', key.pair.privateKey, signedBytes(label, payload))
  return { payload, signature: new Uint8Array(signature) }
}

/**
 * The signed value. The signature is checked over the bytes received, before they are read.
 *
 * SignatureError: another key, label or payload. CanonicalError: signed, but not a canonical value of that shape.
 */
export async function verify<T extends v.GenericSchema>(
  label: Label,
  signed: Signed,
  publicRaw: Bytes,
  shape: T,
): Promise<v.InferOutput<T>> {
  await verifyBytes(label, signed, publicRaw)
  return parseCanonical(signed.payload, shape)
}

/** SignatureError unless the bytes are signed by that key under that label, whatever they say. */
export async function verifyBytes(label: Label, signed: Signed, publicRaw: Bytes): Promise<void> {
  if (!(await isSignedBy(label, signed, publicRaw))) {
    throw new SignatureError(label, 'not by this key over these bytes')
  }
}

async function isSignedBy(label: Label, signed: Signed, publicRaw: Bytes): Promise<boolean> {
  const said = signedBytes(label, signed.payload)
  if (publicRaw.length === SM2) return (await import('./sm2-signature')).signedBySm2(publicRaw, said, signed.signature)
  for (const [algorithm, format] of publicRaw.length === ED25519 ? DEVICES : LICENSED) {
    try {
      const key = await crypto.subtle.importKey(format, publicRaw, algorithm, false, ['verify'])
      return await crypto.subtle.verify(algorithm, key, signed.signature, said)
    } catch {
      continue // bytes that cannot be such a key
    }
  }
  return false
}

/** What the signature is computed over. */
export function signedBytes(label: Label, payload: Bytes): Bytes {
  return concat(utf8(label), Uint8Array.of(0), payload)
}
