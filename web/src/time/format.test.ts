import { expect, test } from 'vitest'

import { dayInWords } from './format'

const NOW = Date.parse('2026-03-25T01:30:00Z')

test('a day of this year needs no year, another has its own', () => {
  expect(dayInWords('2026-07-13T09:30:00+08:00', 'zh-CN', NOW)).toBe('7月13日周一')
  expect(dayInWords('2026-07-13T09:30:00+08:00', 'en', NOW)).not.toContain('2026')
  expect(dayInWords('2025-07-14T09:30:00+08:00', 'zh-CN', NOW)).toBe('2025年7月14日周一')
  expect(dayInWords('2025-07-14T09:30:00+08:00', 'en', NOW)).toMatch(/14 July 2025$/)
})

test('the year is that of Shanghai', () => {
  const eve = Date.parse('2025-12-31T15:59:59Z')
  expect(dayInWords('2025-12-31T16:00:00Z', 'zh-CN', eve)).toContain('2026年1月1日')
  expect(dayInWords('2025-12-31T16:00:00Z', 'zh-CN', eve + 1000)).not.toContain('2026')
})
