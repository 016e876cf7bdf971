/** The device's own lock before its key signs what another screen asks for (R-CRED-05): PIN, fingerprint or face. */

import { Problem } from '@/api/problem'
import { random, utf8, type Bytes } from '@/crypto/bytes'

import { lockedBy, lockOf, type Device } from './device'
import { t } from './scan-words'

const CHALLENGE = 32 // bytes; nobody verifies the answer but this page
const TIMEOUT = 60_000 // milliseconds
/** Where an authenticator says that it verified the user (WebAuthn, 6.1): bit 2 of the byte after the hash. */
const FLAGS = 32
const VERIFIED = 0x04

/** Asks for it where the browser can: in a page at a name, on a device with a lock. Throws `Problem` if it stays locked. */
export async function unlock(device: Device): Promise<void> {
  if (!(await offered())) return
  const lock = await lockOf(device)
  try {
    if (lock === undefined ? await registered(device) : await verified(lock)) return
  } catch (thrown) {
    if (!(thrown instanceof DOMException)) throw thrown
    // An address without a name has no locks. One that was taken out of the device is set up anew by the next press.
    if (thrown.name === 'SecurityError') return
    await lockedBy(device, null)
  }
  throw new Problem(-1, () => ({ title: t('locked.title'), detail: t('locked.detail'), next: t('locked.next'), code: 'client-locked', rule: 'R-CRED-05' }))
}

async function offered(): Promise<boolean> {
  return typeof PublicKeyCredential === 'function' && PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable().catch(() => false)
}

/** The first time: to set it up takes the lock itself. */
async function registered(device: Device): Promise<boolean> {
  const made = (await navigator.credentials.create({
    publicKey: {
      rp: { name: location.hostname },
      user: { id: utf8(device.credential.slice(0, 32)), name: device.name, displayName: device.label },
      challenge: random(CHALLENGE),
      pubKeyCredParams: [{ type: 'public-key', alg: -7 }, { type: 'public-key', alg: -257 }],
      authenticatorSelection: { authenticatorAttachment: 'platform', userVerification: 'required', residentKey: 'discouraged' },
      timeout: TIMEOUT,
    },
  })) as PublicKeyCredential | null
  if (made === null) return false
  if (!says((made.response as AuthenticatorAttestationResponse).getAuthenticatorData())) return false
  await lockedBy(device, new Uint8Array(made.rawId))
  return true
}

async function verified(lock: Bytes): Promise<boolean> {
  const found = (await navigator.credentials.get({
    publicKey: {
      challenge: random(CHALLENGE),
      allowCredentials: [{ type: 'public-key', id: lock, transports: ['internal'] }],
      userVerification: 'required',
      timeout: TIMEOUT,
    },
  })) as PublicKeyCredential | null
  return found !== null && says((found.response as AuthenticatorAssertionResponse).authenticatorData)
}

function says(data: ArrayBuffer): boolean {
  return ((new Uint8Array(data)[FLAGS] ?? 0) & VERIFIED) !== 0
}
