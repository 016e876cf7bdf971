/**
 * Suite `intl-1`: HPKE (RFC 9180, single shot, base mode) with X25519, HKDF-SHA256 and AES-256-GCM.
 *
 * Keys stand in documents as raw 32-byte strings; on the device they are WebCrypto keys, non-extractable where
 * they are kept.
 */

import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke'

import { b64, concat, digest, equal, random, unb64, type Bytes } from './bytes'
import { KeyError, UnsupportedSuiteError } from './errors'

export const INTL_1 = 'intl-1'
export const KEY_SIZE = 32
const ENCAPSULATED = 32
/** Bytes of a wrapped 32-byte key: 32 encapsulated + 32 encrypted + 16 tag. */
export const WRAP_SIZE = 80

const hpke = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** A key pair on this device and its raw public half. */
export interface OwnKey {
  readonly pair: CryptoKeyPair
  readonly publicRaw: Bytes
}

export type Algorithm = 'X25519' | 'Ed25519'

export function requireSuite(suite: string): void {
  if (suite !== INTL_1) throw new UnsupportedSuiteError({ suite })
}

/** Browsers speak one suite under one policy; a notice that asks for others is for the command line. */
export function requireSpoken(terms: { readonly suites: readonly string[]; readonly key_policy: string }): void {
  if (terms.suites.length !== 1 || terms.key_policy !== 'P1') throw new UnsupportedSuiteError({ suite: `${terms.suites.join()} ${terms.key_policy}` })
  for (const suite of terms.suites) requireSuite(suite)
}

/** Lower-case hex SHA-256 of a raw public key: its name in signed documents. */
export function keyId(publicRaw: Bytes): Promise<string> {
  return digest(publicRaw)
}

/**
 * `enc ‖ ciphertext` of `secret` for one recipient (80 bytes for a 32-byte key), bound to `info`.
 *
 * KeyError if the public key is not 32 bytes or is a point of small order.
 */
export async function wrap(secret: Bytes, publicRaw: Bytes, info: Bytes): Promise<Bytes> {
  if (publicRaw.length !== KEY_SIZE) throw new KeyError({ what: 'X25519 public key: not 32 bytes' })
  try {
    const recipient = await hpke.DeserializePublicKey(publicRaw)
    const sealed = await hpke.Seal(recipient, secret, { info })
    return concat(sealed.encapsulatedSecret, sealed.ciphertext)
  } catch {
    throw new KeyError({ what: 'X25519 public key: of small order' })
  }
}

/**
 * The wrapped bytes, or null if key, `info` or a byte of `wrapped` is not the one it was made with.
 *
 * HPKE cannot tell these apart; the caller knows which layer it stands in and refuses accordingly.
 */
export async function unwrap(wrapped: Bytes, own: OwnKey, info: Bytes): Promise<Bytes | null> {
  try {
    // The whole pair: with a lone non-extractable private key some runtimes cannot decapsulate.
    const opened = await hpke.Open(own.pair, wrapped.slice(0, ENCAPSULATED), wrapped.slice(ENCAPSULATED), { info })
    return new Uint8Array(opened)
  } catch {
    return null
  }
}

// PKCS#8 (RFC 8410, 7) in front of the 32 raw bytes, which is the one way WebCrypto takes a private key alone.
const PKCS8: Record<Algorithm, readonly number[]> = {
  X25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x6e, 4, 0x22, 4, 0x20],
  Ed25519: [0x30, 0x2e, 2, 1, 0, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 4, 0x22, 4, 0x20],
}
const USES: Record<Algorithm, readonly [KeyUsage[], KeyUsage[]]> = {
  X25519: [['deriveBits'], []],
  Ed25519: [['sign'], ['verify']],
}

/** The raw public half of a raw private key. KeyError if it is not 32 bytes. */
export async function publicOf(privateRaw: Bytes, algorithm: Algorithm): Promise<Bytes> {
  const { x } = await crypto.subtle.exportKey('jwk', await importPrivate(privateRaw, algorithm, true))
  if (x === undefined) throw new KeyError({ what: `${algorithm}: no public half` })
  return unb64(x)
}

/** A kept key from its raw private half; afterwards nobody can read it out again. */
export async function ownKey(privateRaw: Bytes, algorithm: Algorithm): Promise<OwnKey> {
  const publicRaw = await publicOf(privateRaw, algorithm)
  const [privateKey, publicKey] = await Promise.all([
    importPrivate(privateRaw, algorithm, false),
    crypto.subtle.importKey('raw', publicRaw, { name: algorithm }, true, USES[algorithm][1]),
  ])
  return { pair: { privateKey, publicKey }, publicRaw }
}

/** A fresh pair whose private half never leaves WebCrypto. */
export async function generateKey(algorithm: Algorithm): Promise<OwnKey> {
  const pair = await crypto.subtle.generateKey({ name: algorithm }, false, USES[algorithm].flat())
  if (!('privateKey' in pair)) throw new KeyError({ what: `${algorithm}: no pair` })
  return { pair, publicRaw: new Uint8Array(await crypto.subtle.exportKey('raw', pair.publicKey)) }
}

/** A fresh raw private key, for what must be handed on later: session keys, the recovery code. */
export function newPrivate(): Bytes {
  return random(KEY_SIZE)
}

/** Whether a disclosed private key is the one whose public half (B64) was announced. */
export async function keyMatches(privateRaw: Bytes, announced: string): Promise<boolean> {
  return equal(await publicOf(privateRaw, 'X25519'), unb64(announced))
}

/** `{key, public}` of a raw X25519 public key, as manifests name a recipient. */
export async function recipient(publicRaw: Bytes): Promise<{ key: string; public: string }> {
  return { key: await keyId(publicRaw), public: b64(publicRaw) }
}

function importPrivate(privateRaw: Bytes, algorithm: Algorithm, extractable: boolean): Promise<CryptoKey> {
  if (privateRaw.length !== KEY_SIZE) throw new KeyError({ what: `${algorithm} private key: not 32 bytes` })
  const wrapped = concat(Uint8Array.from(PKCS8[algorithm]), privateRaw)
  return crypto.subtle.importKey('pkcs8', wrapped, { name: algorithm }, extractable, USES[algorithm][0])
}
