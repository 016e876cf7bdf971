/** What a device remembers of its reader's taste, and for its other tabs who is logged in; a browser may refuse. */

import { ref, watchEffect } from 'vue'

type Preference = 'language' | 'senior' | 'roll' | 'sounds' | 'session'

export function kept(name: Preference): string | null {
  try {
    return window.localStorage.getItem(`bidding.${name}`)
  } catch {
    return null // storage is switched off
  }
}

export function keep(name: Preference, value: string): void {
  try {
    window.localStorage.setItem(`bidding.${name}`, value)
  } catch {
    // The choice lasts as long as the page.
  }
}

/** 长者模式: large type, fewer things on a page. Pages leave out what carries the class `fine-print`. */
export const senior = ref(kept('senior') === 'yes')

export function rememberSenior(): void {
  watchEffect(() => {
    document.documentElement.classList.toggle('senior', senior.value)
    keep('senior', senior.value ? 'yes' : 'no')
  })
}
