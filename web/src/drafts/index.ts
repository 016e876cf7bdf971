/** Form drafts, kept per user and page, so that no error, reload or ended session loses what was typed. */

import { onScopeDispose, reactive, ref, toRaw, watch, type Ref } from 'vue'

import { load, remove, save } from './store'

/** Milliseconds until a change is written, whether or not more follow; what is younger is written when the page is left. */
const OFTEN = 300

export interface Draft<T extends object> {
  /** Bind the form's fields to this. */
  readonly form: T
  /** True once when something kept was put back: say so, and offer `discard`. */
  readonly restored: Ref<boolean>
  /** Settles when the kept draft, if any, is in `form`. */
  readonly ready: Promise<void>
  /** After the command succeeded: the draft is no longer needed. The form stays as it is. */
  done(): Promise<void>
  /** Back to the initial values. */
  discard(): Promise<void>
}

/**
 * `user`: the party's id, or `-` without a login. `page`: a name and what it is about, as `bidder/form/<lot>`.
 * `initial` must be JSON; fields that a newer version of the page added keep their initial values. `secret`: names of
 * fields that are never written down: a key that was typed must not outlive the page.
 */
export function useDraft<T extends object>(user: string, page: string, initial: () => T, secret: readonly string[] = []): Draft<T> {
  const key = `${user}|${page}`
  const form = reactive(initial()) as T
  const restored = ref(false)
  let timer: ReturnType<typeof setTimeout> | undefined
  let watching = false

  const write = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    const kept = Object.fromEntries(Object.entries(toRaw(form)).filter(([name]) => !secret.includes(name)))
    await save('drafts', key, JSON.parse(JSON.stringify(kept))).catch(() => undefined)
  }
  const flush = (): void => {
    if (timer !== undefined) void write()
  }

  const ready = load<Partial<T>>('drafts', key)
    .then((found) => {
      if (found) {
        Object.assign(form, found)
        restored.value = true
      }
    })
    .catch(() => undefined) // no IndexedDB: the form works, it is only not kept
    .finally(() => {
      watching = true
    })

  watch(
    form,
    () => {
      if (!watching) return
      timer ??= setTimeout(() => void write(), OFTEN)
    },
    { deep: true, flush: 'sync' },
  )
  const hidden = (): void => {
    if (document.visibilityState === 'hidden') flush()
  }
  document.addEventListener('visibilitychange', hidden)
  window.addEventListener('pagehide', flush)
  onScopeDispose(() => {
    flush()
    document.removeEventListener('visibilitychange', hidden)
    window.removeEventListener('pagehide', flush)
  })

  const done = async (): Promise<void> => {
    clearTimeout(timer)
    timer = undefined
    restored.value = false
    await remove('drafts', key).catch(() => undefined)
  }
  const discard = async (): Promise<void> => {
    watching = false
    const fresh = initial() as Record<string, unknown>
    const known = form as Record<string, unknown>
    for (const name of Object.keys(known)) if (!(name in fresh)) Reflect.deleteProperty(known, name)
    Object.assign(form, fresh)
    watching = true
    await done()
  }
  return { form, restored, ready, done, discard }
}
