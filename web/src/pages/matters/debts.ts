/** How an invoice stands, as the platform counts it (R-NB-HF-06); amounts in 分, days as `2026-03-25` in Shanghai. */

import type { Schemas } from '@/api/types'

export type Debt = Schemas['LotShown']['performance']['debts'][number]
export type DebtClass = 'paid' | 'agreed' | 'overdue' | 'disputed' | 'open'

/** The undisputed part that is not paid. */
export function owed(debt: Debt): number {
  return debt.amount_fen - debt.paid_fen - debt.disputed_fen - debt.waived_fen
}

/** The last day of what comes next: the first instalment that is not covered, or the invoice itself. */
export function nextDue(debt: Debt): string {
  let covered = debt.paid_fen - debt.paid_before_fen
  for (const one of debt.agreed) {
    covered -= one.amount_fen
    if (covered < 0) return one.due
  }
  return debt.agreed.at(-1)?.due ?? debt.due
}

export function classOn(debt: Debt, today: string): DebtClass {
  if (owed(debt) === 0) return debt.disputed_fen ? 'disputed' : 'paid'
  if (debt.agreed.length) return today <= nextDue(debt) ? 'agreed' : 'overdue'
  return today > debt.due ? 'overdue' : 'open'
}
