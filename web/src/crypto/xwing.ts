/**
 * The key wrap of suite `intl-pq`: HPKE with X-Wing (KEM 0x647a), which is ML-KEM-768 with X25519.
 *
 * Browsers do not speak ML-KEM yet, so the KEM is noble's, handed to HPKE. Loaded where a lot names the suite, nowhere else.
 */

import { ml_kem768_x25519 as mlkem } from '@noble/post-quantum/hybrid.js'
import { AEAD_AES_256_GCM, CipherSuite, KDF_HKDF_SHA256, type KEM, type Key } from 'hpke'

import { concat, random, type Bytes } from './bytes'
import { INTL_PQ, KEY_SIZE, SUITES } from './choices'
import { KeyError } from './errors'
import type { KeyWrap } from './suite'

const NAME = 'MLKEM768-X25519'
const ENCAPSULATED = 1120

/** As raw as it stands in documents; HPKE only looks at its type. */
interface RawKey extends Key {
  readonly raw: Uint8Array
}

function key(type: 'private' | 'public', raw: Uint8Array): RawKey {
  return { algorithm: { name: NAME }, extractable: true, type, raw: raw.slice() }
}

function pair(seed: Uint8Array): { privateKey: RawKey; publicKey: RawKey } {
  return { privateKey: key('private', seed), publicKey: key('public', mlkem.getPublicKey(seed)) }
}

const kem = (): KEM<RawKey> => ({
  id: 0x647a,
  type: 'KEM',
  name: NAME,
  Nsecret: 32,
  Nenc: ENCAPSULATED,
  Npk: SUITES[INTL_PQ].publicSize,
  Nsk: KEY_SIZE,
  DeriveKeyPair: () => Promise.reject(new Error('keys are made by their seeds')),
  GenerateKeyPair: () => Promise.resolve(pair(random(KEY_SIZE))),
  SerializePublicKey: ({ raw }) => Promise.resolve(raw.slice()),
  DeserializePublicKey: (raw) => Promise.resolve(key('public', raw)),
  SerializePrivateKey: ({ raw }) => Promise.resolve(raw.slice()),
  DeserializePrivateKey: (raw) => Promise.resolve(key('private', raw)),
  Encap({ raw }) {
    const { cipherText, sharedSecret } = mlkem.encapsulate(raw)
    return Promise.resolve({ enc: cipherText, shared_secret: sharedSecret })
  },
  Decap: (enc, { raw }) => Promise.resolve(mlkem.decapsulate(enc, raw)),
})
const hpke = new CipherSuite(kem, KDF_HKDF_SHA256, AEAD_AES_256_GCM)

/** Private key: the 32-byte seed; public: ML-KEM's 1184 bytes ‖ X25519's 32. */
export const xwing: KeyWrap = {
  admits(privateRaw) {
    return privateRaw.length === KEY_SIZE
  },

  publicOf(privateRaw) {
    if (privateRaw.length !== KEY_SIZE) throw new KeyError({ what: 'X-Wing private key: not 32 bytes' })
    return new Uint8Array(mlkem.getPublicKey(privateRaw))
  },

  async wrap(secret, publicRaw, info) {
    try {
      const sealed = await hpke.Seal(await hpke.DeserializePublicKey(publicRaw), secret, { info })
      return concat(sealed.encapsulatedSecret, sealed.ciphertext)
    } catch {
      throw new KeyError({ what: 'X-Wing public key: wrong length, modulus or small order' })
    }
  },

  async unwrap(wrapped, privateRaw, info): Promise<Bytes | null> {
    try {
      const own = await hpke.DeserializePrivateKey(privateRaw)
      return new Uint8Array(await hpke.Open(own, wrapped.slice(0, ENCAPSULATED), wrapped.slice(ENCAPSULATED), { info }))
    } catch {
      return null
    }
  },
}
