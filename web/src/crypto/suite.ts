/**
 * Suites: by which algorithms keys are wrapped. The notice chooses one, every document names it, nothing is negotiated.
 *
 * `intl-1` is HPKE (RFC 9180, single shot, base mode) with X25519, HKDF-SHA256 and AES-256-GCM: its keys are WebCrypto's
 * on the device, non-extractable where they are kept. The other suites' code is loaded when a key of theirs is used.
 */

import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke'

import { b64, concat, digest, equal, random, unb64, type Bytes } from './bytes'
import { KeyError, UnsupportedSuiteError } from './errors'
import { GM_1, INTL_1, INTL_PQ, KEY_SIZE, SUITES, type SuiteName } from './choices'

const ENCAPSULATED = 32

/** How a suite that WebCrypto does not speak wraps 32 bytes for one recipient, bound to `info`. */
export interface KeyWrap {
  /** Whether these bytes can be a private key. */
  admits(privateRaw: Bytes): boolean
  /** KeyError if they cannot. */
  publicOf(privateRaw: Bytes): Bytes
  /** KeyError if that is no public key of the suite. */
  wrap(secret: Bytes, publicRaw: Bytes, info: Bytes): Promise<Bytes> | Bytes
  /** Null if key, `info` or a byte of `wrapped` is not the one it was made with. */
  unwrap(wrapped: Bytes, privateRaw: Bytes, info: Bytes): Promise<Bytes | null> | Bytes | null
}

const LOADED: Readonly<Record<Exclude<SuiteName, typeof INTL_1>, () => Promise<KeyWrap>>> = {
  [INTL_PQ]: async () => (await import('./xwing')).xwing,
  [GM_1]: async () => (await import('./sm2')).sm2Wrap,
}

const hpke = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** A key pair on this device and its raw public half. */
export interface OwnKey {
  readonly pair: CryptoKeyPair
  readonly publicRaw: Bytes
}

/** A pair of a suite that WebCrypto does not speak: its private half is 32 bytes in this page's memory. */
export interface RawKey {
  readonly suite: string
  readonly privateRaw: Bytes
  readonly publicRaw: Bytes
}

/** By which wraps open; WebCrypto's own are of `intl-1`. */
export type OpeningKey = OwnKey | RawKey

export type Algorithm = 'X25519' | 'Ed25519'

/** UnsupportedSuiteError unless this program speaks it. */
export function requireSuite(suite: string): asserts suite is SuiteName {
  if (!Object.hasOwn(SUITES, suite)) throw new UnsupportedSuiteError({ suite })
}

/** Whether a wrapped key is as long as this suite makes it. */
export function wrapFits(suite: string, wrapped: Bytes): boolean {
  requireSuite(suite)
  return wrapped.length === SUITES[suite].wrapSize
}

/** Null for `intl-1`, which WebCrypto speaks. UnsupportedSuiteError. */
async function keyWrapOf(suite: string): Promise<KeyWrap | null> {
  requireSuite(suite)
  return suite === INTL_1 ? null : LOADED[suite]()
}

/** Lower-case hex SHA-256 of a raw public key: its name in signed documents. */
export function keyId(publicRaw: Bytes): Promise<string> {
  return digest(publicRaw)
}

/**
 * `secret` for one recipient, bound to `info`; as long as the suite says for a 32-byte key (80 bytes in `intl-1`).
 *
 * KeyError if that is no public key of the suite.
 */
export async function wrap(secret: Bytes, publicRaw: Bytes, info: Bytes, suite: string = INTL_1): Promise<Bytes> {
  const other = await keyWrapOf(suite)
  if (other !== null) return other.wrap(secret, publicRaw, info)
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
 * The algorithms cannot tell these apart; the caller knows which layer it stands in and refuses accordingly.
 */
export async function unwrap(wrapped: Bytes, own: OpeningKey, info: Bytes): Promise<Bytes | null> {
  if ('suite' in own) return (await keyWrapOf(own.suite))?.unwrap(wrapped, own.privateRaw, info) ?? null
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

/** The same of any suite: of SM2 one in 2³² numbers is none. */
export async function newPrivateOf(suite: string): Promise<Bytes> {
  const other = await keyWrapOf(suite)
  for (;;) {
    const made = newPrivate()
    if (other?.admits(made) ?? true) return made
  }
}

/** The raw public half of a raw opening key of this suite. KeyError if it can be none. */
export async function openingPublic(privateRaw: Bytes, suite: string): Promise<Bytes> {
  return (await keyWrapOf(suite))?.publicOf(privateRaw) ?? publicOf(privateRaw, 'X25519')
}

/** An opening key of any suite from its raw private half; of `intl-1` nobody can read it out again. KeyError. */
export async function openingKey(privateRaw: Bytes, suite: string): Promise<OpeningKey> {
  if (suite === INTL_1) return ownKey(privateRaw, 'X25519')
  return { suite, privateRaw, publicRaw: await openingPublic(privateRaw, suite) }
}

/** Whether a disclosed private key is the one whose public half (B64) was announced. KeyError. */
export async function keyMatches(privateRaw: Bytes, announced: string, suite: string = INTL_1): Promise<boolean> {
  return equal(await openingPublic(privateRaw, suite), unb64(announced))
}

/** `{key, public}` of a raw public key, as manifests name a recipient. */
export async function recipient(publicRaw: Bytes): Promise<{ key: string; public: string }> {
  return { key: await keyId(publicRaw), public: b64(publicRaw) }
}

function importPrivate(privateRaw: Bytes, algorithm: Algorithm, extractable: boolean): Promise<CryptoKey> {
  if (privateRaw.length !== KEY_SIZE) throw new KeyError({ what: `${algorithm} private key: not 32 bytes` })
  const wrapped = concat(Uint8Array.from(PKCS8[algorithm]), privateRaw)
  return crypto.subtle.importKey('pkcs8', wrapped, { name: algorithm }, extractable, USES[algorithm][0])
}
