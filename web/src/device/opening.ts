/**
 * This device's opening keys of suites that WebCrypto does not speak (docs/sealed-bids.md, 15).
 *
 * Made when a lot asks for one, and bound to the party by a statement. They are bytes, so they are kept enciphered under a
 * key that cannot be read out: a copy of the browser's files does not hold them.
 */

import { giveAt } from '@/api/command'
import { read } from '@/api/read'
import { b64, random, type Bytes } from '@/crypto/bytes'
import { INTL_1 } from '@/crypto/choices'
import { newPrivateOf, openingPublic, type OpeningKey } from '@/crypto/suite'

import { alsoOpens, signerOf, type Device } from './device'
import { take } from './store'
import { prove } from './trial'

/** `sealed`: the private key under `guard`, a non-extractable AES-GCM key, with `iv`. */
export interface KeptOpening {
  readonly suite: string
  readonly publicRaw: Bytes
  readonly guard: CryptoKey
  readonly iv: Bytes
  readonly sealed: Bytes
}

const IV_SIZE = 12

/** What opens this device's bids of the suite; null if it has never made such a key. */
export async function heldOpening(device: Device, suite: string): Promise<OpeningKey | null> {
  if (suite === INTL_1) return device.opening
  const known = (await take<Device>('devices', device.credential)) ?? device
  const kept = known.others?.find((one) => one.suite === suite)
  if (kept === undefined) return null
  const opened = await crypto.subtle.decrypt({ name: 'AES-GCM', iv: kept.iv }, kept.guard, kept.sealed)
  return { suite, privateRaw: new Uint8Array(opened), publicRaw: kept.publicRaw }
}

/** The device's key of the suite, made, bound and tried if need be. Throws `Problem`. */
export async function boundOpening(device: Device, suite: string): Promise<OpeningKey> {
  if (suite === INTL_1) return device.opening
  // Two tabs make one key, and bind it once.
  return navigator.locks.request(`bidding-opening-${device.credential}`, async () => {
    const own = (await heldOpening(device, suite)) ?? (await made(device, suite))
    const [known, signing] = [await credentialOf(own), signerOf(device)]
    if (known?.proved_at) return own
    if (known !== undefined) await prove(device, known.credential, own)
    else {
      // As the command line does: a recipient beside the device's own key, which signs nothing.
      const body = { signing_key: null, opening_key: b64(own.publicRaw), suite, label: `${device.label.slice(0, 60)} ${suite}`, recovery: true, possession: '' }
      const { answer } = await giveAt('/parties/me/credentials', body, { sign: signing, act: 'registration/bind' })
      for (const { credential } of (answer as { issued: readonly { readonly credential: string }[] }).issued) await prove(device, credential, own)
    }
    return own
  })
}

async function credentialOf(own: OpeningKey): Promise<{ readonly credential: string; readonly proved_at: string | null } | undefined> {
  const me = (await read('/parties/me')) as unknown as {
    readonly credentials: readonly { credential: string; opening_key: string; revoked: string; proved_at: string | null }[]
  }
  return me.credentials.find((one) => one.opening_key === b64(own.publicRaw) && one.revoked === '')
}

async function made(device: Device, suite: string): Promise<OpeningKey> {
  const privateRaw = await newPrivateOf(suite)
  const publicRaw = await openingPublic(privateRaw, suite)
  const guard = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt', 'decrypt'])
  const iv = random(IV_SIZE)
  const sealed = new Uint8Array(await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, guard, privateRaw))
  await alsoOpens(device, { suite, publicRaw, guard, iv, sealed })
  return { suite, privateRaw, publicRaw }
}
