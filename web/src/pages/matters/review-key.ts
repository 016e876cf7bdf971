/** The key that applications are sealed to, made and kept on the host's device until they are closed. */

import { b64, type Bytes } from '@/crypto/bytes'
import { KeyError } from '@/crypto/errors'
import { recoveryCode, seedOfCode } from '@/crypto/recovery'
import { newPrivate, publicOf } from '@/crypto/suite'
import { keep, take } from '@/device/store'

const shelf = (lot: string): string => `${lot}/prequalification`

/** The public half. Made once: asked again, after a reload say, it is the same. */
export async function reviewKey(lot: string): Promise<string> {
  const found = await take<Bytes>('offices', shelf(lot))
  const key = found ?? newPrivate()
  if (!found) await keep('offices', shelf(lot), key)
  return b64(await publicOf(key, 'X25519'))
}

/** What to write down, if this device has the private half of the notice's key; null if it has not. */
export async function writtenDown(lot: string, announced: string): Promise<string | null> {
  const key = await take<Bytes>('offices', shelf(lot))
  return key && b64(await publicOf(key, 'X25519')) === announced ? recoveryCode(key) : null
}

/** The private half, base64url: this device's, or what was written down. KeyError for what is no such code, and without either. */
export async function privateKey(lot: string, code: string): Promise<string> {
  if (code.trim()) return b64(await seedOfCode(code))
  const kept = await take<Bytes>('offices', shelf(lot))
  if (kept === undefined) throw new KeyError({ what: 'the review key is not on this device' })
  return b64(kept)
}
