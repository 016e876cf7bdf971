import { beforeEach, expect, test, vi } from 'vitest'

import type { Lot } from './events'

const ends = '2026-06-09T01:40:00Z'
const opening = (changes: object): Lot => ({ opening: { release_window: null, confirmation_window: null, ...changes } }) as unknown as Lot
const at = (seconds: number): number => Date.parse(ends) + seconds * 1000

beforeEach(() => {
  vi.resetModules()
  window.localStorage.clear()
})

test('nothing sounds until its hearer has chosen it, and the choice is kept', async () => {
  window.localStorage.setItem('bidding.sounds', 'prices minute')
  const { ALERTS, wanted } = await import('./alerts')
  expect(ALERTS.filter((name) => wanted[name])).toEqual(['prices', 'minute'])
})

test('without a choice all is silent', async () => {
  const { ALERTS, wanted } = await import('./alerts')
  expect(ALERTS.some((name) => wanted[name])).toBe(false)
})

test('the last minute of a running window is told once', async () => {
  const { lastMinute } = await import('./alerts')
  const running = opening({ release_window: { ends, ended: null } })
  expect(lastMinute(running, at(-61), at(-60))).toBe(true)
  expect(lastMinute(running, at(-60), at(-59))).toBe(false)
  expect(lastMinute(opening({ release_window: { ends, ended: ends } }), at(-61), at(-60))).toBe(false)
  expect(lastMinute(opening({ confirmation_window: { ends, ended: null } }), at(-61), at(-60))).toBe(true)
})

test('what the host and the hall say has its sound; a bidder’s release has none', async () => {
  const { alertOf } = await import('./alerts')
  expect(alertOf('lot.announcement-made.v1')).toBe('announcement')
  expect(alertOf('lot.message-said.v1')).toBe('message')
  expect(alertOf('lot.key-released.v1')).toBeNull()
})
