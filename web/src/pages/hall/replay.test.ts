import { describe, expect, test } from 'vitest'

import type { Lot, Recorded } from '@/live/events'
import recorded from '@/live/recorded.json'

import { film, reached } from './replay'

const [first] = recorded.openings as unknown as { events: Recorded[]; after: Lot }[]
if (!first) throw new Error('nothing recorded')
const shown = film(first.after, first.events)
if (!shown) throw new Error('no film')

describe('a replay', () => {
  test('begins before the deadline with nothing known and ends with everything', () => {
    expect(reached(shown, shown.begins)).toBe(0)
    expect(shown.before.opening.roll).toEqual([])
    expect(shown.begins).toBeLessThan(Date.parse(first.after.notice.deadline ?? ''))
    const last = shown.frames[reached(shown, shown.ends) - 1]
    expect(last?.lot.opening).toEqual(first.after.opening)
  })

  test('keeps the lot’s own times, in order', () => {
    const times = shown.frames.map(({ at }) => at)
    expect(times).toEqual([...times].sort((a, b) => a - b))
    expect(shown.ends - shown.begins).toBeLessThan(2 * 3600 * 1000)
  })

  test('nothing of a later moment is known at an earlier one', () => {
    for (const { at, lot } of shown.frames) {
      const { announcement, imported_at: imported } = lot.opening
      if (announcement) expect(Date.parse(announcement.at)).toBeLessThanOrEqual(at)
      if (!imported) expect(lot.opening.imported).toEqual([])
    }
  })

  test('shows what the host announced, before the deadline too', () => {
    const said = (text: string, number: number): Recorded => ({
      position: number, at: '2026-03-24T01:30:00Z',
      event: { type: 'lot.announcement-made.v1', number, text, by: 'agency', at: '2026-03-24T01:30:00Z' } as Recorded['event'],
    })
    const closed = first.events.findIndex(({ event }) => event.type === 'lot.submission-closed.v1')
    const events = [...first.events.slice(0, closed), said('请提前签到', 1), ...first.events.slice(closed, closed + 2), said('请稍候', 2), ...first.events.slice(closed + 2)]
    const announced = film(first.after, events)
    expect(announced?.before.opening.announcements.map(({ text }) => text)).toEqual(['请提前签到'])
    expect(announced?.frames.at(-1)?.lot.opening.announcements.map(({ text }) => text)).toEqual(['请提前签到', '请稍候'])
  })

  test('a lot that never closed has none', () => {
    expect(film(first.after, first.events.slice(0, 5))).toBeNull()
  })
})
