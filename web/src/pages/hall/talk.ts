/** Who speaks in the hall, and as whom. */

import type { Who } from '@/app/session'
import type { Lot } from '@/live/events'

import { nameOf } from './stage'
import { t } from './words'

/** Whether this reader is inside: on the roll, of the offices, or the tenderer. */
export function inside(lot: Lot, who: Pick<Who, 'party' | 'roles'> | null): boolean {
  if (who === null || !lot.opening.roll.length) return false
  const own = [lot.notice.host, lot.notice.tenderer, ...lot.opening.roll.map(({ bidder }) => bidder)]
  return own.includes(who.party) || who.roles.includes('supervisor')
}

/** The bidder's name, or the office that speaks. */
export function speakerOf(lot: Lot, party: string): string {
  if (party === lot.notice.host) return t('talk.host')
  if (party === lot.notice.tenderer) return t('talk.tenderer')
  return nameOf(lot, party) || t('talk.supervisor')
}
