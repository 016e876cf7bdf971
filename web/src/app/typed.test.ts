import { expect, test } from 'vitest'

import { creditCode, halfWidth, isCreditCode, isDoubtful, wholeNumber } from './typed'

test('full-width signs are read as what they are, and nothing else is changed', () => {
  expect(halfWidth('１２３ＡＢ－（）')).toBe('123AB-()')
  expect(halfWidth('10²㎡')).toBe('10²㎡')
})

test('a whole number is one however its digits are typed', () => {
  for (const [typed, read] of [['150', 150], ['１５０', 150], [' 1 0　', 10], ['0', 0]] as const) expect(wholeNumber(typed)).toBe(read)
  for (const typed of ['', 'abc', '-1', '1.5', '10²', '1234567890']) expect(wholeNumber(typed)).toBeNull()
})

test('a credit code is what stays when blanks, width and case are put right', () => {
  for (const typed of [' 91110000101623741K', '9111 0000 1016 2374 1k', '９１１１００００１０１６２３７４１Ｋ　']) expect(creditCode(typed)).toBe('91110000101623741K')
  expect(isCreditCode('91110000101623741K')).toBe(true)
  for (const code of ['', '9111000010162374', '91110000101623741I', '91110000101623741K0']) expect(isCreditCode(code)).toBe(false)
})

test('a check character that does not fit is seen, of the code and of the organisation in it (R-CODE-01, R-CODE-02)', () => {
  expect(isDoubtful('91110000101623741K')).toBe(false)
  expect(isDoubtful('91110000101623741L')).toBe(true)
  expect(isDoubtful('91110000101623742H')).toBe(true)
  expect(isDoubtful('9111')).toBe(false)
})
