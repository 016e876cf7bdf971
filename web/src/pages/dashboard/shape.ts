/** Names of the statistics that the page uses. */

import { language } from '@/i18n'
import { readable } from '@/money'

export const DIMENSIONS = ['month', 'category', 'funding', 'size', 'home', 'policy', 'method'] as const
export type Dimension = (typeof DIMENSIONS)[number]

/** The three figures that bidders did not have to pay; the others are savings of another kind. */
export const WAIVED: readonly string[] = ['bid-deposit', 'performance-bond', 'info-fee']

export interface Group {
  readonly value: string
  readonly amount: number
  readonly lines: number
}

export function shown(amount: number | bigint, unit: string): string {
  return unit === 'fen' ? readable(amount, language.value) : amount.toLocaleString('en-US')
}
