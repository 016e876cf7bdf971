import { expect, test } from 'vitest'

import { grouped } from './groups'

const NOW = Date.parse('2026-03-25T09:00:00+08:00')
const line = (lot: string, phase: string, deadline: string | null) => ({ lot, phase, deadline })
const names = (lines: readonly { lot: string }[]): string[] => lines.map(({ lot }) => lot)

test('openings stand under today, to come and past, by the day in Shanghai', () => {
  const found = grouped(
    [
      line('tomorrow', 'noticed', '2026-03-26T00:30:00+08:00'),
      line('last-week', 'evaluating', '2026-03-18T09:30:00+08:00'),
      line('tonight', 'noticed', '2026-03-25T15:59:59Z'),
      line('this-morning', 'opened', '2026-03-25T08:00:00+08:00'),
      line('yesterday', 'contracted', '2026-03-24T09:30:00+08:00'),
      line('next-month', 'noticed', '2026-04-25T09:30:00+08:00'),
    ],
    NOW,
  )
  expect(names(found.today)).toEqual(['this-morning', 'tonight'])
  expect(names(found.coming)).toEqual(['tomorrow', 'next-month'])
  expect(names(found.past)).toEqual(['yesterday', 'last-week'])
})

test('what is under way is today’s first, even where a demonstration’s clock shows another day', () => {
  const found = grouped([line('later', 'noticed', '2026-03-25T14:00:00+08:00'), line('demo', 'opening', '2025-12-01T09:30:00+08:00')], NOW)
  expect(names(found.today)).toEqual(['demo', 'later'])
})

test('a lot that is being prequalified has no day yet and stands last of those to come', () => {
  const found = grouped([line('pre', 'prequalifying', null), line('next-month', 'noticed', '2026-04-25T09:30:00+08:00')], NOW)
  expect(names(found.coming)).toEqual(['next-month', 'pre'])
  expect(found.past).toEqual([])
})

test('what failed or was terminated is not among the opened, whatever its day', () => {
  const found = grouped([line('failed', 'failed', '2026-03-25T08:00:00+08:00'), line('ended', 'terminated', '2026-03-26T08:00:00+08:00'), line('opened', 'opened', '2026-03-24T08:00:00+08:00')], NOW)
  expect(names(found.failed)).toEqual(['ended', 'failed'])
  expect([names(found.today), names(found.coming), names(found.past)]).toEqual([[], [], ['opened']])
})
