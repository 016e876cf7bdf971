import { describe, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

import { Clock, useNow } from './clock'
import { dateTime, day, instantOf, span } from './format'

describe('instants in Asia/Shanghai', () => {
  test('midnight belongs to the day that begins', () => {
    expect(dateTime('2026-03-24T16:00:00Z')).toBe('2026-03-25 00:00:00')
    expect(day('2026-03-24T15:59:59.999Z')).toBe('2026-03-24')
  })

  test('a wall-clock time and back', () => {
    expect(dateTime(instantOf('2026-03-25', '09:30'))).toBe('2026-03-25 09:30:00')
  })
})

test('a countdown shows zero only when the instant is there', () => {
  expect(span(1)).toEqual({ days: 0, hours: 0, minutes: 0, seconds: 1 })
  expect(span(0).seconds).toBe(0)
  expect(span(-5000).seconds).toBe(0)
  expect(span(90_061_000)).toEqual({ days: 1, hours: 1, minutes: 1, seconds: 1 })
})

describe('the platform’s clock', () => {
  test('goes on from what the server said, not from the device’s clock', () => {
    const timer = vi.spyOn(performance, 'now').mockReturnValue(1000)
    const clock = new Clock(0)
    clock.sync('2026-03-25T01:30:00Z', 400)
    timer.mockReturnValue(6000)
    expect(clock.now()).toBe(Date.parse('2026-03-25T01:30:05.200Z'))
    expect(clock.uncertain).toBe(200)
  })

  test('keeps what it had when an answer is unreadable', () => {
    vi.spyOn(performance, 'now').mockReturnValue(1000)
    const clock = new Clock(42)
    clock.sync('soon')
    expect(clock.now()).toBe(42)
  })
})

test('a page knows at once that the clock was set', () => {
  vi.spyOn(performance, 'now').mockReturnValue(1000)
  const clock = new Clock(0)
  const scope = effectScope()
  const now = scope.run(() => useNow(clock))
  clock.sync('2026-03-25T01:30:00Z')
  expect(now?.value).toBe(Date.parse('2026-03-25T01:30:00Z'))
  scope.stop()
})
