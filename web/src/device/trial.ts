/** A device's trial (R-CRED-03): it decrypts what the platform encrypted to it, before bids may be sealed to it. */

import { giveAt } from '@/api/command'
import { send } from '@/api/http'
import { b64, concat, unb64, utf8 } from '@/crypto/bytes'
import { unwrap, type OpeningKey } from '@/crypto/suite'

import { signerOf, type Device } from './device'

const LABEL = utf8('bidding/device-trial/v1\0')
const PROVE = 'registration/prove'

/** The private key stays here; what it opened goes back, signed. False if it does not open. Throws `Problem`. */
export async function prove(device: Device, credential = device.credential, opening: OpeningKey = device.opening): Promise<boolean> {
  const headers = { 'Content-Type': 'application/json' }
  const body = JSON.stringify({ credential })
  const response = await send({ method: 'POST', path: '/parties/me/credentials/trial', body, headers, quiet: true })
  const { trial } = (await response.json()) as { trial: string }
  const secret = await unwrap(unb64(trial), opening, concat(LABEL, utf8(credential)))
  if (secret === null) return false
  await giveAt('/parties/me/credentials/prove', { credential, secret: b64(secret) }, { sign: signerOf(device), act: PROVE })
  return true
}
