/** An act tried out while its form is written: what the platform would say to it now. Nothing is recorded there. */

import { onScopeDispose, ref, shallowRef, watch, type Ref, type ShallowRef } from 'vue'

import { send } from '@/api/http'
import { address } from '@/api/read'
import type { Schemas } from '@/api/types'

import type { SaidOf } from './office'

export type Rehearsable = 'notice/publish' | 'notice/clarify' | 'award/publicise' | 'award/determine' | 'contract/draft'

export interface Rehearsal {
  /** What would be recorded; null while it is refused or not asked yet. */
  readonly events: ShallowRef<Schemas['Rehearsed']['events'] | null>
  readonly refusal: ShallowRef<unknown>
  readonly running: Ref<boolean>
}

/** Milliseconds without a change until it is tried. */
const QUIET = 600

/** Tries `body()` after each change of it; null: not enough is filled in to try. */
export function useRehearsal<N extends Rehearsable>(lot: string, name: N, body: () => SaidOf<N> | null): Rehearsal {
  const events = shallowRef<Schemas['Rehearsed']['events'] | null>(null)
  const refusal = shallowRef<unknown>(null)
  const running = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let control: AbortController | undefined

  async function attempt(said: string): Promise<void> {
    control?.abort()
    const mine = (control = new AbortController())
    running.value = true
    try {
      const path = `${address('/lots/{lot}', { lot })}/${name}/rehearsal`
      const response = await send({ method: 'POST', path, body: said, headers: { 'Content-Type': 'application/json' }, signal: mine.signal })
      events.value = ((await response.json()) as Schemas['Rehearsed']).events
      refusal.value = null
    } catch (thrown) {
      if (mine.signal.aborted) return
      events.value = null
      refusal.value = thrown
    } finally {
      if (mine === control) running.value = false
    }
  }

  watch(
    () => JSON.stringify(body()),
    (said) => {
      clearTimeout(timer)
      if (said === 'null') {
        control?.abort()
        events.value = refusal.value = null
        running.value = false
      } else {
        running.value = true
        timer = setTimeout(() => void attempt(said), QUIET)
      }
    },
    { immediate: true },
  )
  onScopeDispose(() => {
    clearTimeout(timer)
    control?.abort()
  })
  return { events, refusal, running }
}
