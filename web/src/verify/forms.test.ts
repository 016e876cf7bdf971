// @vitest-environment node
import { expect, test } from 'vitest'

import type { OpeningForm } from '@/crypto/form'

import { sameForm } from './forms'

const form: OpeningForm = {
  price_fen: 1,
  duration_days: 2,
  quality: '合格',
  project_lead: '张三',
  draw_nonce: 'A'.repeat(43),
  extras: { '𠮷利': '1', '（备注': '2', __proto__x: '3', constructor: '4' },
  note: '',
}

test('extras are announced in the order of code points, as the platform sorts them', () => {
  const labels = ['__proto__x', 'constructor', '（备注', '𠮷利']
  const extras = labels.map((label) => ({ label, value: form.extras[label] ?? '' }))
  expect(sameForm({ ...form, extras }, form)).toBe(true)
  expect(sameForm({ ...form, extras: [...extras].reverse() }, form)).toBe(false)
})
