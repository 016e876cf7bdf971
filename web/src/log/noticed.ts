/** A notice as the witnessed log tells it: what a bidder's device checks before it seals, without trust in who served it. */

import { LogError } from '@/crypto/errors'

import { saysAllOf, type Proved, type ProvedLeaves } from './leaves'

type Values = Readonly<Record<string, unknown>>

/** The kinds of events that a notice is made of. */
export const TOPICS = ['lot.noticed.v1', 'lot.document-issued.v1', 'lot.clarified.v1', 'lot.deadline-moved.v1'] as const

const DOCUMENT = ['version', 'sha256', 'name', 'length', 'reason'] as const
const CLARIFICATION = ['number', 'text', 'affects_bids', 'document_version', 'issued_at'] as const
/** Null in a notice that had none, and absent from its event. */
const OPTIONAL = ['offline_sha256', 'particulars'] as const

/**
 * LogError unless the log proves every word of the notice that the platform showed: its fields, documents,
 * clarifications and deadline. A notice that is there under a quorum of witnesses is the same for everybody.
 */
export function requireNoticed(lot: string, shown: Values, leaves: ProvedLeaves): void {
  const events = leaves.events.filter(({ stream }) => stream === `lot-${lot}`)
  const published = events.findLast(({ topic }) => topic === 'lot.noticed.v1')
  if (leaves.lot !== lot || published === undefined) throw new LogError({ what: 'the log holds no notice of this lot' })
  const said = Object.fromEntries(Object.entries(published.state).filter(([name]) => name !== 'signed'))
  const told: Values = {
    ...Object.fromEntries(OPTIONAL.map((name) => [name, null])),
    ...said,
    ...moved(events),
    documents: of(events, 'lot.document-issued.v1', DOCUMENT),
    clarifications: of(events, 'lot.clarified.v1', CLARIFICATION),
  }
  for (const [name, value] of Object.entries(told)) {
    if (!saysAllOf(value, shown[name])) throw new LogError({ what: `the log tells another ${name} than the platform shows` })
  }
}

function moved(events: readonly Proved[]): Values {
  const last = events.findLast(({ topic }) => topic === 'lot.deadline-moved.v1')
  return last === undefined ? {} : { deadline: last.state.deadline }
}

function of(events: readonly Proved[], topic: string, fields: readonly string[]): Values[] {
  return events.filter((one) => one.topic === topic).map(({ state }) => Object.fromEntries(fields.map((name) => [name, state[name]])))
}
