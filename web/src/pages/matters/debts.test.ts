import { expect, test } from 'vitest'

import { classOn, nextDue, owed, type Debt } from './debts'

const DEBT: Debt = {
  invoice: 'FP-1', milestone: 1, amount_fen: 1000, due: '2026-04-30', rule: 'R-NB-HF-02', paid_fen: 0, disputed_fen: 0, waived_fen: 0,
  interest_fen: 0, overdue: false, was_overdue: false, proposed: [], agreed: [], paid_before_fen: 0, last_paid_on: null,
}

test('only the undisputed part is owed, and it is late from the day after its last (R-NB-HF-04)', () => {
  expect(owed({ ...DEBT, paid_fen: 300, disputed_fen: 200, waived_fen: 100 })).toBe(400)
  expect(classOn(DEBT, '2026-04-30')).toBe('open')
  expect(classOn(DEBT, '2026-05-01')).toBe('overdue')
  expect(classOn({ ...DEBT, paid_fen: 1000 }, '2026-05-01')).toBe('paid')
  expect(classOn({ ...DEBT, disputed_fen: 1000 }, '2026-05-01')).toBe('disputed')
})

test('under a repayment agreement the next instalment that is not covered counts (R-NB-HF-06)', () => {
  const agreed = [{ due: '2026-06-30', amount_fen: 400 }, { due: '2026-07-31', amount_fen: 400 }]
  const debt = { ...DEBT, paid_fen: 200, paid_before_fen: 200, agreed }
  expect(nextDue(debt)).toBe('2026-06-30')
  expect(classOn(debt, '2026-06-30')).toBe('agreed')
  expect(classOn(debt, '2026-07-01')).toBe('overdue')
  expect(nextDue({ ...debt, paid_fen: 600 })).toBe('2026-07-31')
  expect(classOn({ ...debt, paid_fen: 600 }, '2026-07-01')).toBe('agreed')
})
