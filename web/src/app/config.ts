/** What the server says of itself before anything else: `GET /client-config`. */

import { read } from '@/api/read'
import type { Got } from '@/api/types'

export type Config = Got<'/client-config'>

let asked: Promise<Config> | undefined

/** Asked once per page load. Throws `Problem`; the next call asks again. */
export function config(): Promise<Config> {
  asked ??= read('/client-config').catch((thrown: unknown) => {
    asked = undefined
    throw thrown
  })
  return asked
}

/** Where the live gateway is, as seen from this page. */
export function liveOrigin(said: Config, here: Pick<Location, 'protocol' | 'hostname' | 'host'> = location): string {
  const scheme = here.protocol === 'https:' ? 'wss:' : 'ws:'
  if (said.live_url) return said.live_url.replace(/\/$/, '')
  return said.live_port === null ? `${scheme}//${here.host}` : `${scheme}//${here.hostname}:${String(said.live_port)}`
}
