/** A hall as a page follows it. */

import { onScopeDispose, ref, shallowRef, type Ref, type ShallowRef } from 'vue'

import { Problem } from '@/api/problem'
import { read } from '@/api/read'
import { config, liveOrigin } from '@/app/config'
import { Clock, platform } from '@/time/clock'

import type { Recorded } from './events'
import { follow, type Follower, type Following } from './follow'
import { EMPTY, take, type Hall } from './hall'

export interface Followed {
  readonly hall: ShallowRef<Hall>
  readonly status: Ref<Following>
  /** The lot's own time; a test lot's runs otherwise than the platform's. */
  readonly clock: Clock
  /** What came since this page was opened, oldest first. */
  readonly heard: ShallowRef<readonly Recorded[]>
  /** What kept the page from following at all. */
  readonly problem: ShallowRef<unknown>
  start(): void
}

/** Milliseconds for more events of the same act to arrive before a fresh state is asked for. */
const SETTLE = 300

export function useHall(lot: string): Followed {
  const hall = shallowRef<Hall>(EMPTY)
  const status = ref<Following>('connecting')
  const heard = shallowRef<readonly Recorded[]>([])
  const problem = shallowRef<unknown>(null)
  const clock = new Clock(platform.now())
  let follower: Follower | undefined
  let left = false
  let refreshing: ReturnType<typeof setTimeout> | undefined

  function start(): void {
    problem.value = null
    config()
      .then((said) => {
        if (left) return
        follower?.close()
        follower = follow(liveOrigin(said), lot, {
          frame(frame) {
            if (frame.type !== 'event') clock.sync(frame.now)
            const before = hall.value
            hall.value = take(before, frame)
            if (frame.type === 'event' && hall.value !== before) heard.value = [...heard.value, frame]
            if (hall.value.stale && refreshing === undefined)
              refreshing = setTimeout(() => {
                refreshing = undefined
                follower?.refresh()
              }, SETTLE)
          },
          status(now) {
            status.value = now
            if (now === 'lost' && hall.value.lot === null) void known()
          },
          resume: () => (hall.value.lot ? { position: hall.value.position, cursor: hall.value.cursor } : null),
        })
      })
      .catch((thrown: unknown) => {
        problem.value = thrown
      })
  }

  /** A hall that never opened may be no lot's: the socket alone does not tell that from a network that is away. */
  async function known(): Promise<void> {
    try {
      await read('/lots/{lot_id}', { path: { lot_id: lot } })
    } catch (thrown) {
      if (left || !(thrown instanceof Problem) || thrown.passing) return
      problem.value = thrown
      follower?.close()
    }
  }

  onScopeDispose(() => {
    left = true
    clearTimeout(refreshing)
    follower?.close()
  })
  start()
  return { hall, status, clock, heard, problem, start }
}
