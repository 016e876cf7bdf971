/** Where the clock of a demonstration may usefully be set: the next instants that something begins or ends at. */

import type { Schemas } from '@/api/types'

export interface Stop {
  readonly name: 'signIn' | 'deadline' | 'window' | 'confirmation' | 'publicity'
  /** RFC 3339. */
  readonly at: string
}

type Lot = Pick<Schemas['LotShown'], 'now' | 'notice' | 'opening' | 'award'>

/** Bidders sign in within the last hour before the deadline. */
const SIGN_IN_MINUTES = 50

export function aheadOf(lot: Lot): Stop[] {
  const { deadline } = lot.notice
  const window = lot.opening.release_window
  const confirmation = lot.opening.confirmation_window
  const stops: Stop[] = []
  if (deadline) {
    stops.push({ name: 'signIn', at: new Date(Date.parse(deadline) - SIGN_IN_MINUTES * 60_000).toISOString() }, { name: 'deadline', at: deadline })
  }
  if (window && !window.ended) stops.push({ name: 'window', at: window.ends })
  if (confirmation && !confirmation.ended) stops.push({ name: 'confirmation', at: confirmation.ends })
  if (lot.award.until) stops.push({ name: 'publicity', at: lot.award.until })
  return stops.filter(({ at }) => Date.parse(at) > Date.parse(lot.now))
}
