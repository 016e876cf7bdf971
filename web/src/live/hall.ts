/** What is known of a hall: one state, then every event in order. Pure, so that following and replay share it. */

import type { AnyEvent, Frame, HallEvents, Lot } from './events'
import { foldOpening } from './opening'

export interface Hall {
  /** Null until the first state. */
  readonly lot: Lot | null
  readonly cursor: 'feed' | 'lot'
  /** Of the last event known, by `cursor`; what `?after=` resumes behind. */
  readonly position: number
  /** An event came that this fold does not know: the lot is right but for it, ask for a fresh state. */
  readonly stale: boolean
}

export const EMPTY: Hall = { lot: null, cursor: 'feed', position: 0, stale: false }

const PHASE_AFTER: Readonly<Record<string, Lot['phase']>> = {
  'lot.submission-closed.v1': 'closed',
  'lot.failed.v1': 'failed',
  'lot.roll-published.v1': 'opening',
  'lot.opening-ended.v1': 'opened',
  'lot.terminated.v1': 'terminated',
}

/** The hall after one more frame. A frame already known changes nothing; a gap cannot be: the server leaves none. */
export function take(hall: Hall, frame: Frame): Hall {
  switch (frame.type) {
    case 'time':
      return hall
    case 'state':
      return { lot: frame.lot, cursor: frame.cursor, position: frame.position, stale: false }
    case 'event': {
      if (!hall.lot || frame.position <= hall.position) return hall
      const lot = foldLot(hall.lot, frame.event)
      return { ...hall, position: frame.position, lot: lot ?? hall.lot, stale: hall.stale || lot === null }
    }
  }
}

/** The lot after one more event; null for one that this fold does not know. */
export function foldLot(lot: Lot, event: AnyEvent): Lot | null {
  const phase = PHASE_AFTER[event.type] ?? lot.phase
  const opening = foldOpening(lot.opening, event)
  if (opening) return { ...lot, version: lot.version + 1, phase, opening }
  if (event.type === 'lot.benefit-recorded.v1') {
    const { kind, party, bids, counterfactual_fen, waived_fen, row } = event as unknown as HallEvents['lot.benefit-recorded.v1']
    const benefits = [...lot.money.benefits, { kind, party, bids, counterfactual_fen, waived_fen, row }]
    return { ...lot, version: lot.version + 1, money: { ...lot.money, benefits } }
  }
  const control = foldControl(lot.control, event)
  if (control) return { ...lot, version: lot.version + 1, phase, control }
  return null
}

function foldControl(control: Lot['control'], event: AnyEvent): Lot['control'] | null {
  switch (event.type) {
    case 'lot.suspended.v1': {
      const { by, at, reason, order, complaint = 0, ends = null } = event as unknown as HallEvents['lot.suspended.v1']
      return { ...control, suspended: { by, at, reason, order, complaint, ends, until: null } }
    }
    case 'lot.suspension-expired.v1':
    case 'lot.suspension-lifted.v1': {
      const { at } = event as unknown as HallEvents['lot.suspension-lifted.v1']
      if (!control.suspended) return control
      return { ...control, suspended: null, past: [...control.past, { ...control.suspended, until: at }] }
    }
    case 'lot.terminated.v1': {
      const { at, reason } = event as unknown as HallEvents['lot.terminated.v1']
      return { ...control, terminated_at: at, termination_reason: reason, suspended: null }
    }
    case 'lot.test-clock-set.v1': {
      const { clock } = event as unknown as HallEvents['lot.test-clock-set.v1']
      return { ...control, clock, mode: 'test' }
    }
    default:
      return null
  }
}
