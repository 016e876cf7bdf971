/** Sounds of the hall, each chosen by its hearer and off until it is (R-ROOM-01). */

import { onScopeDispose, reactive, watch, type ShallowRef } from 'vue'

import { keep, kept } from '@/app/preferences'

import type { Lot, Recorded } from './events'

export const ALERTS = ['announcement', 'release', 'prices', 'message', 'minute'] as const
export type Alert = (typeof ALERTS)[number]

const ALERT_OF: Readonly<Record<string, Alert>> = {
  'lot.announcement-made.v1': 'announcement',
  'lot.release-ordered.v1': 'release',
  'lot.window-extended.v1': 'release',
  'lot.prices-announced.v1': 'prices',
  'lot.message-said.v1': 'message',
}
/** Hertz: told apart without looking. */
const PITCH: Readonly<Record<Alert, number>> = { announcement: 660, release: 880, prices: 990, message: 520, minute: 440 }
const MINUTE = 60_000

/** What this device's user wants to hear; kept on the device alone. */
export const wanted = reactive<Record<Alert, boolean>>(read())

function read(): Record<Alert, boolean> {
  const on = (kept('sounds') ?? '').split(' ')
  return Object.fromEntries(ALERTS.map((name) => [name, on.includes(name)])) as Record<Alert, boolean>
}

export function want(name: Alert, on: boolean): void {
  wanted[name] = on
  keep('sounds', ALERTS.filter((one) => wanted[one]).join(' '))
  if (on) sound(name) // the press allows the page to sound, and lets one know which it is
}

export function alertOf(type: string): Alert | null {
  return ALERT_OF[type] ?? null
}

/** Whether a window has come into its last minute between two looks at the clock. */
export function lastMinute(lot: Lot, before: number, now: number): boolean {
  const { release_window: release, confirmation_window: confirmation } = lot.opening
  return [release, confirmation].some((window) => {
    if (!window || window.ended) return false
    const from = Date.parse(window.ends) - MINUTE
    return before < from && now >= from
  })
}

let context: AudioContext | undefined

function sound(name: Alert): void {
  context ??= new AudioContext()
  void context.resume()
  const [tone, volume] = [context.createOscillator(), context.createGain()]
  tone.frequency.value = PITCH[name]
  volume.gain.setValueAtTime(0.2, context.currentTime)
  volume.gain.exponentialRampToValueAtTime(0.001, context.currentTime + 0.6)
  tone.connect(volume).connect(context.destination)
  tone.start()
  tone.stop(context.currentTime + 0.6)
}

/** Sounds while the page follows the hall. */
export function useAlerts(heard: ShallowRef<readonly Recorded[]>, lot: () => Lot | null, clock: { now(): number }): void {
  watch(heard, (now, before) => {
    for (const { event } of now.slice(before.length)) {
      const name = alertOf(event.type)
      if (name && wanted[name]) sound(name)
    }
  })
  let last = clock.now()
  const timer = setInterval(() => {
    const [known, now] = [lot(), clock.now()]
    if (known && wanted.minute && lastMinute(known, last, now)) sound('minute')
    last = now
  }, 1000)
  onScopeDispose(() => {
    clearInterval(timer)
  })
}
