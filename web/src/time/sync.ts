/** Setting the platform's clock by its signed time (`GET /time`): a middle box cannot move a deadline unseen. */

import { read } from '@/api/read'

import { platform, type Clock } from './clock'

const LABEL = 'bidding/time/v1'

let key: Promise<CryptoKey> | undefined

function receiptKey(): Promise<CryptoKey> {
  key ??= read('/keys')
    .then(({ receipt }) => crypto.subtle.importKey('raw', bytes(receipt), 'Ed25519', false, ['verify']))
    .catch((thrown: unknown) => {
      key = undefined
      throw thrown
    })
  return key
}

/** Asks and sets. A time whose signature is wrong changes nothing: false. A browser without Ed25519 takes it unsigned,
 * which only spectators' pages do. Throws `Problem`. */
export async function sync(clock: Clock = platform): Promise<boolean> {
  const began = performance.now()
  const { now, signature } = await read('/time')
  const roundTrip = performance.now() - began
  if (!(await genuine(now, signature))) return false
  clock.sync(now, roundTrip + 2 * (performance.now() - began - roundTrip))
  return true
}

async function genuine(now: string, signature: string): Promise<boolean> {
  const subtle = (globalThis.crypto as Crypto | undefined)?.subtle as SubtleCrypto | undefined
  if (!subtle) return true
  const signed = new TextEncoder().encode(`${LABEL}\0${JSON.stringify({ now })}`)
  try {
    return await subtle.verify('Ed25519', await receiptKey(), bytes(signature), signed)
  } catch (thrown) {
    return thrown instanceof DOMException && thrown.name === 'NotSupportedError'
  }
}

function bytes(base64url: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64url.replace(/-/g, '+').replace(/_/g, '/'))
  return Uint8Array.from(text, (one) => one.charCodeAt(0))
}
