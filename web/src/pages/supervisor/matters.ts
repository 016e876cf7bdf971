/** What awaits the supervisor, in words. */

import type { Got } from '@/api/types'

import { t } from './words'

export type Watched = Got<'/supervision/lots'>['lots'][number]
export type Awaited = Watched['awaited'][number]

export function said(one: Awaited, name: (bidder: string) => string = (id) => id): string {
  const about = ['fault', 'shares', 'spare'].includes(one.matter) ? name(one.about) : one.about
  return t(`matter.${one.matter}`, { number: one.number, about })
}

/** How many alerts nobody has acknowledged: as long as there are some, nobody is told that nothing needs them. */
export function unanswered(lots: readonly Watched[]): number {
  return lots.reduce((sum, one) => sum + one.alerts, 0)
}

/** 0 needs the supervisor, 1 has a light or an alert, 2 is calm. */
export function urgency(lot: Watched): 0 | 1 | 2 {
  if (lot.awaited.length) return 0
  return lot.alerts || lot.nodes.length ? 1 : 2
}
