import { expect, test } from 'vitest'

import { aheadOf } from './demo-clock'

type Lot = Parameters<typeof aheadOf>[0]
const window = (ends: string, ended: string | null) => ({ opens: ends, planned: ends, ends, ended, extensions: [] })

function stops(now: string, opening: object = {}, until: string | null = null): string[] {
  const lot = { now, notice: { deadline: '2026-03-25T01:30:00Z' }, opening: { release_window: null, confirmation_window: null, ...opening }, award: { until } }
  return aheadOf(lot as unknown as Lot).map(({ name, at }) => `${name} ${at}`)
}

test('only what lies ahead is offered, the sign-in inside the last hour', () => {
  expect(stops('2026-03-01T00:00:00Z')).toEqual(['signIn 2026-03-25T00:40:00.000Z', 'deadline 2026-03-25T01:30:00Z'])
  expect(stops('2026-03-25T01:00:00Z')).toEqual(['deadline 2026-03-25T01:30:00Z'])
  expect(stops('2026-03-25T01:31:00Z', { release_window: window('2026-03-25T02:00:00Z', null) })).toEqual(['window 2026-03-25T02:00:00Z'])
  expect(stops('2026-03-25T01:40:00Z', { release_window: window('2026-03-25T02:00:00Z', '2026-03-25T01:39:00Z') })).toEqual([])
  expect(stops('2026-04-01T00:00:00Z', {}, '2026-04-05T16:00:00Z')).toEqual(['publicity 2026-04-05T16:00:00Z'])
})
