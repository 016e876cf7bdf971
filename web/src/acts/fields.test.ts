import { expect, test } from 'vitest'

import { blank, bodyOf, faultOf, missing, type Field } from './fields'

const FIELDS: readonly Field[] = [
  { name: 'reason', label: '理由', kind: 'lines' },
  { name: 'minutes', label: '分钟', kind: 'number' },
  { name: 'began', label: '开始', kind: 'instant', optional: true },
  { name: 'wanted', label: '材料', kind: 'list', optional: true },
  { name: 'upheld', label: '成立', kind: 'yes' },
]

test('what must be filled and is not is named, and so is a number that is none', () => {
  expect(missing(FIELDS, blank(FIELDS))).toEqual(['reason', 'minutes'])
  expect(missing(FIELDS, { ...blank(FIELDS), reason: ' ', minutes: '1.5' })).toEqual(['reason', 'minutes'])
  expect(missing(FIELDS, { ...blank(FIELDS), reason: '核查', minutes: '30' })).toEqual([])
})

test('what was typed becomes the body: numbers, Beijing time, items; what is left empty is not said', () => {
  const typed = { reason: ' 核查 ', minutes: '30', began: '2026-03-25T09:30', wanted: '合同\n\n 发票 ', upheld: true }
  expect(bodyOf(FIELDS, typed)).toEqual({
    reason: '核查',
    minutes: 30,
    began: '2026-03-25T09:30:00+08:00',
    wanted: ['合同', '发票'],
    upheld: true,
  })
  expect(bodyOf(FIELDS, { ...blank(FIELDS), reason: 'x', minutes: '1' })).toEqual({ reason: 'x', minutes: 1, upheld: false })
})

test('a number is read with full-width digits; a filled field is told what belongs there, not to be filled', () => {
  const minutes: Field = { name: 'minutes', label: '分钟', kind: 'number' }
  expect(bodyOf([minutes], { minutes: '１０' })).toEqual({ minutes: 10 })
  for (const typed of ['abc', '-1', '1.5']) expect([missing([minutes], { minutes: typed }), faultOf(minutes, typed)]).toEqual([['minutes'], 'notWhole'])
  expect(faultOf(minutes, ' ')).toBe('needed')
  expect(faultOf({ ...minutes, kind: 'money' }, '一百')).toBe('notAmount')
})

test('an amount is typed as people write it and goes out in 分; what is none is named', () => {
  const fields: readonly Field[] = [{ name: 'amount_fen', label: '金额', kind: 'money' }]
  expect(bodyOf(fields, { amount_fen: '1.2万' })).toEqual({ amount_fen: 1_200_000 })
  expect(bodyOf(fields, { amount_fen: '0' })).toEqual({ amount_fen: 0 })
  for (const typed of ['', '一万', '-5', '99999999999亿']) expect(missing(fields, { amount_fen: typed })).toEqual(['amount_fen'])
})
