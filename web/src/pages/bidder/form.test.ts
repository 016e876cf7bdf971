import { expect, test } from 'vitest'

import { language } from '@/i18n'

import { blank, checked, formOf } from './form'
import { t } from './words'

const LOT = { notice: { price_limit_fen: null, terms: { max_duration_days: 180, quality: '合格', bid_deposit_fen: 0 } } }

test('days are read with full-width digits, as amounts are, and sealed as a number', () => {
  const typed = { ...blank(), price: '１００万', duration: '１５０', quality: '合格', lead: '王工' }
  expect(checked(typed, () => LOT).value).toEqual({ price: null, duration: null, quality: null, lead: null })
  expect(formOf(typed)).toMatchObject({ price_fen: 100_000_000, duration_days: 150 })
})

test('days that are none, or too many, are refused', () => {
  for (const duration of ['', '0', '-1', '1.5', '181', 'abc']) expect(checked({ ...blank(), duration }, () => LOT).value.duration).not.toBeNull()
})

test('one file is no "files" in English', () => {
  language.value = 'en'
  expect(t('files.total', { count: 1, size: '2 kB' })).toBe('1 file, 2 kB')
  expect(t('files.total', { count: 3, size: '2 kB' })).toBe('3 files, 2 kB')
  language.value = 'zh-CN'
  expect(t('files.total', { count: 1, size: '2 kB' })).toBe('共 1 个文件，2 kB')
})
