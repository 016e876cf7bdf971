/** The keyboard's place on a page: no act loses it by disabling or taking away the button that was pressed. */

import { nextTick, onBeforeUnmount, onBeforeUpdate, onUnmounted, onUpdated, watch } from 'vue'

/** Parts of a page that tell their own outcome. */
const PARTS = 'section, article, details, dialog, main'
const SAID = '[role="alert"], [role="status"]'
const HEADINGS = 'h1, h2, h3, legend, summary'

/** Where somebody was: the element, and the parts of the page around it, the nearest first. */
export interface Spot {
  readonly pressed: HTMLElement
  readonly around: readonly Element[]
}

/** Of what has the focus; null while nothing has. */
export function spotOf(pressed: Element | null): Spot | null {
  if (!(pressed instanceof HTMLElement) || pressed === document.body) return null
  const around: Element[] = []
  for (let part = pressed.closest(PARTS); part; part = part.parentElement?.closest(PARTS) ?? null) around.push(part)
  return { pressed, around }
}

function usable(one: HTMLElement): boolean {
  return one.isConnected && !one.matches(':disabled')
}

/** Firefox leaves the focus on a button that was disabled, where no key is heard. */
function lost(): boolean {
  const at = document.activeElement
  return !(at instanceof HTMLElement) || at === document.body || !usable(at)
}

/** Where to go on, the best first: what the nearest part that is still there said last, its heading, the page. */
function outcomes({ around }: Spot): HTMLElement[] {
  const found = around
    .filter(({ isConnected }) => isConnected)
    .flatMap((part) => {
      const said = [...part.querySelectorAll<HTMLElement>(SAID)].filter(({ textContent }) => textContent.trim())
      return [said.at(-1), part.querySelector<HTMLElement>(HEADINGS)]
    })
  return [...found, document.querySelector<HTMLElement>('main h1') ?? document.querySelector('main')].filter((one) => one instanceof HTMLElement)
}

/** What is hidden, as in something folded, takes no focus. */
function takes(one: HTMLElement): boolean {
  if (one.tabIndex < 0) one.tabIndex = -1
  one.focus({ preventScroll: true })
  return document.activeElement === one
}

/** Unless something has the focus: back to where it was, or on to the outcome. What it was put on. */
export function goOn(from: Spot, placed: HTMLElement | null = null): HTMLElement | null {
  if (!lost() && document.activeElement !== placed) return null
  return [...(usable(from.pressed) ? [from.pressed] : []), ...outcomes(from)].find(takes) ?? null
}

/** Keeps the focus through an act of this component, which lasts while `busy`, and whenever its button is taken away. */
export function useFocusKept(busy: () => boolean = () => false): void {
  let from: Spot | null = null
  let placed: HTMLElement | null = null

  const note = (): void => {
    const at = document.activeElement
    if (at === placed || at === from?.pressed) return
    const spot = spotOf(at)
    if (spot !== null) [from, placed] = [spot, null]
  }
  const settle = (again: HTMLElement | null): void => {
    void nextTick(() => {
      if (from !== null) placed = goOn(from, again) ?? placed
    })
  }
  const gone = (): void => {
    if (from?.pressed.isConnected === false) settle(null)
  }
  const began = (now: boolean): void => {
    if (now) [from, placed] = [spotOf(document.activeElement), null]
  }
  const ended = (now: boolean): void => {
    if (!now) settle(placed)
  }
  watch(busy, began, { flush: 'sync' }) // before the page shows it, which takes the focus
  watch(busy, ended, { flush: 'post' })
  onBeforeUpdate(note)
  onUpdated(gone)
  onBeforeUnmount(note)
  onUnmounted(gone)
}

/** After a form was refused: to its first field that is marked as wrong. */
export async function toFirstFault(form: HTMLElement | null): Promise<void> {
  await nextTick()
  form?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus()
}
