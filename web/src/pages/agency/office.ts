/** One lot as its office works on it: read, kept fresh, acted upon. */

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { binds, type Act } from '@/api/acts'
import { give, type Done } from '@/api/command'
import { Problem } from '@/api/problem'
import { readResponse } from '@/api/read'
import type { BodyOf, Got, LotCommand } from '@/api/types'
import { sign } from '@/device/device'
import { Clock, platform } from '@/time/clock'

export type LotShown = Got<'/lots/{lot_id}'>

/** A command's body with what has a default left out. */
export type Said<T> = T extends readonly (infer U)[] ? readonly Said<U>[] : T extends object ? { readonly [K in keyof T]?: Said<T[K]> } : T
export type SaidOf<N extends LotCommand> = Said<BodyOf<N>>

/** How often an act is given anew because somebody else's moved the lot meanwhile, as happens during an opening. */
const LOOKS = 5
const MOVED = 412

export interface Office {
  readonly id: string
  readonly lot: ShallowRef<LotShown | null>
  /** Why the lot could not be read; null once it could. */
  readonly problem: ShallowRef<unknown>
  readonly busy: Ref<boolean>
  /** The lot's own time. */
  readonly clock: Clock
  load(): Promise<void>
  /** Gives the command, signed where it binds, and reads the lot anew. Throws `Problem`. */
  act<N extends Act>(name: N, body: SaidOf<N>): Promise<Done>
  is(standing: LotShown['standings'][number]): boolean
}

/** `every`: milliseconds between looks, for pages on which others act too; 0: only when asked. */
export function useOffice(id: string, every = 0): Office {
  const lot = shallowRef<LotShown | null>(null)
  const problem = shallowRef<unknown>(null)
  const busy = ref(false)
  const clock = new Clock(platform.now())
  let etag = ''
  let left = false

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

  async function act<N extends Act>(name: N, body: SaidOf<N>): Promise<Done> {
    busy.value = true
    try {
      for (let looked = 1; ; looked += 1) {
        if (!etag) await look()
        const how = { ifMatch: etag, ...(binds(name) ? { sign } : {}) }
        try {
          return await give(name, id, body as BodyOf<N>, how as never)
        } catch (thrown) {
          if (!(thrown instanceof Problem) || thrown.status !== MOVED || looked === LOOKS) throw thrown
          await look()
        }
      }
    } finally {
      busy.value = false
      await load()
    }
  }

  void load()
  if (every) {
    const timer = setInterval(() => {
      if (!left && !busy.value && document.visibilityState === 'visible') void load()
    }, every)
    onScopeDispose(() => {
      clearInterval(timer)
    })
  }
  onScopeDispose(() => {
    left = true
  })
  return { id, lot, problem, busy, clock, load, act, is: (standing) => lot.value?.standings.includes(standing) ?? false }
}
