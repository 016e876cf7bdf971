/** Logging in: the device signs a challenge, the server sets a cookie that scripts cannot read. */

import { send } from '@/api/http'
import { refreshSession, type Who } from '@/app/session'

import { enrolled, signerOf, type Device } from './device'
import { prove } from './trial'

/** Throws `Problem`. */
export async function logIn(device: Device): Promise<Who | null> {
  const { challenge } = await post<{ challenge: string }>('/sessions/challenges', { credential: device.credential })
  const said = await signerOf(device)('session/login', null, { challenge })
  const { name, proved } = await post<{ name: string; proved: boolean }>('/sessions', { ...said, carrier: 'cookie' })
  await enrolled(device, name)
  // One that fails may still look and sign; a bid sealed to it is refused, and the account page tells why.
  if (!proved) await prove(device).catch(() => false)
  return refreshSession()
}

async function post<T>(path: string, content: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' }
  const response = await send({ method: 'POST', path, body: JSON.stringify(content), headers, quiet: true })
  return (await response.json()) as T
}
