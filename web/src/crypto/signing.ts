/**
 * One signature mechanism for everything that is said: Ed25519 over label ‖ 0x00 ‖ canonical JSON.
 *
 * The label says what kind of document is signed, so that no signature serves for another kind.
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

/** The canonical bytes that were signed, kept as received, and the 64-byte signature. */
export interface Signed {
  readonly payload: Bytes
  readonly signature: Bytes
}

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
  try {
    const key = await crypto.subtle.importKey('raw', publicRaw, 'Ed25519', false, ['verify'])
    return await crypto.subtle.verify('Ed25519', key, signed.signature, signedBytes(label, signed.payload))
  } catch {
    return false // bytes that cannot be a key
  }
}

function signedBytes(label: Label, payload: Bytes): Bytes {
  return concat(utf8(label), Uint8Array.of(0), payload)
}
