/** One lot as somebody with a standing works on it: read, kept fresh, acted upon. */

import { onScopeDispose, shallowRef, type ShallowRef } from 'vue'

import { binds, type Act } from '@/api/acts'
import { give, type Done } from '@/api/command'
import { Problem } from '@/api/problem'
import { readResponse } from '@/api/read'
import type { BodyOf, Got } from '@/api/types'
import { sign } from '@/device/device'
import { Clock, platform } from '@/time/clock'

export type LotShown = Got<'/lots/{lot_id}'>

/** Somebody else's act moved the lot meanwhile: look again, then say the same. */
const MOVED = 412
const LOOKS = 4

export interface LotDesk {
  readonly id: string
  readonly lot: ShallowRef<LotShown | null>
  /** Why the lot could not be read; null once it could. */
  readonly problem: ShallowRef<unknown>
  readonly clock: Clock
  load(): Promise<void>
  /** Gives the command, signed where it binds, and reads the lot anew. Throws `Problem`. */
  act(name: Act, body: object): Promise<Done>
}

/** `every`: milliseconds between looks while the page is in sight; 0: only when asked. */
export function useLotDesk(id: string, every = 0): LotDesk {
  const lot = shallowRef<LotShown | null>(null)
  const problem = shallowRef<unknown>(null)
  const clock = new Clock(platform.now())
  let etag = ''
  let busy = false

  async function look(): Promise<void> {
    const response = await readResponse('/lots/{lot_id}', { path: { lot_id: id } })
    etag = response.headers.get('ETag') ?? ''
    lot.value = (await response.json()) as LotShown
    clock.sync(lot.value.now)
  }

  async function load(): Promise<void> {
    try {
      await look()
      problem.value = null
    } catch (thrown) {
      problem.value = thrown
    }
  }

  async function act(name: Act, body: object): Promise<Done> {
    busy = true
    try {
      for (let looked = 1; ; looked += 1) {
        if (!etag) await look()
        try {
          return await give(name, id, body as BodyOf<typeof name>, { ifMatch: etag, ...(binds(name) ? { sign } : {}) } as never)
        } catch (thrown) {
          if (!(thrown instanceof Problem) || thrown.status !== MOVED || looked === LOOKS) throw thrown
          await look()
        }
      }
    } finally {
      busy = false
      await load()
    }
  }

  void load()
  if (every) {
    const timer = setInterval(() => {
      if (!busy && document.visibilityState === 'visible') void load()
    }, every)
    onScopeDispose(() => {
      clearInterval(timer)
    })
  }
  return { id, lot, problem, clock, load, act }
}
