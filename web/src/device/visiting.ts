/** In a demonstration: this browser as the device of a made-up party. Its keys come from the platform, which no real one does. */

import type { Got } from '@/api/types'
import type { Who } from '@/app/session'
import { unb64 } from '@/crypto/bytes'
import { ownKey } from '@/crypto/suite'

import type { Device } from './device'
import { logIn } from './login'
import { keep } from './store'

export type Visitor = Got<'/demonstration'>['visitors'][number]

/** Keeps the device as any other and logs in as it. Throws `Problem`. */
export async function become(visitor: Visitor, label: string): Promise<Who | null> {
  const [signing, opening] = await Promise.all([ownKey(unb64(visitor.signing), 'Ed25519'), ownKey(unb64(visitor.opening), 'X25519')])
  const { credential, party, name } = visitor
  const device: Device = { credential, party, name, label, signing, opening, enrolled: true }
  await keep('devices', credential, device)
  return logIn(device)
}
