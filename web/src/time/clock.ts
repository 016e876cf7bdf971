/** The platform's time. A device's own clock may be wrong and may be changed: only its monotonic timer is used. */

import { onScopeDispose, ref, shallowReadonly, shallowRef, watch, type Ref } from 'vue'

/** What time it is somewhere: on the platform, or in a test lot. Milliseconds since 1970. */
export class Clock {
  #at: number
  #since: number
  #uncertain: number
  /** How often it was set. */
  readonly #set = shallowRef(0)

  /** `fallback`: until the first answer arrives. */
  constructor(fallback: number) {
    this.#at = fallback
    this.#since = performance.now()
    this.#uncertain = Infinity
  }

  /** Milliseconds that the last answer may be off by, Infinity before the first. */
  get uncertain(): number {
    return this.#uncertain
  }

  /** Told again when the clock is set, not at every moment. */
  get set(): number {
    return this.#set.value
  }

  now(): number {
    return this.#at + (performance.now() - this.#since)
  }

  /** The server said `instant` (RFC 3339); the answer took `roundTrip` ms to come and has just been read. */
  sync(instant: string, roundTrip = 0): void {
    const said = Date.parse(instant)
    if (Number.isNaN(said)) return
    this.#at = said + roundTrip / 2
    this.#since = performance.now()
    this.#uncertain = roundTrip / 2
    this.#set.value += 1
  }
}

// eslint-disable-next-line no-restricted-properties -- the only guess there is before the platform answered
export const platform = new Clock(Date.now())

/** `clock.now()`, told again every `every` ms as long as the component lives, and at once when the clock is set. */
export function useNow(clock: Pick<Clock, 'now'> & Partial<Pick<Clock, 'set'>> = platform, every = 1000): Readonly<Ref<number>> {
  const now = ref(clock.now())
  const tell = (): void => {
    now.value = clock.now()
  }
  const timer = setInterval(tell, every)
  watch(() => clock.set, tell, { flush: 'sync' })
  onScopeDispose(() => {
    clearInterval(timer)
  })
  return shallowReadonly(now)
}
