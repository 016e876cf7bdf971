/** The lot's events in their order give a lot: each turn comes from a phase that it is decided in (R-STATE-01). */

import type { Event } from './events'
import type { Bundle } from './format'
import { demand } from './steps'

const STEP = 'history'

/** Who is shown an event, from the most to the fewest: everybody, committee and offices, the offices alone. */
const READERS = ['everybody', 'bench', 'offices'] as const

/** `before`: the phases that such an event is decided in; `after`: the one that it leads to. */
interface Turn {
  readonly before: readonly string[]
  readonly after: string
  readonly shown: (typeof READERS)[number]
}

const RESULT = ['evaluated', 'publicised', 'determined', 'awarded', 'contracted']
const BEFORE_RESULT = ['prequalifying', 'noticed', 'closed', 'opening', 'opened', 'evaluating']
const UNFINISHED = ['submitted', 'admitted', ...BEFORE_RESULT, 'evaluated', 'publicised', 'determined']

/** Events that are not here leave the phase as it is. */
const TURNS: Readonly<Record<string, Turn>> = {
  'lot.submitted.v1': { before: ['draft'], after: 'submitted', shown: 'offices' },
  'lot.correction-requested.v1': { before: ['submitted'], after: 'draft', shown: 'offices' },
  'lot.admitted.v1': { before: ['submitted'], after: 'admitted', shown: 'offices' },
  'lot.prequalification-noticed.v1': { before: ['admitted'], after: 'prequalifying', shown: 'everybody' },
  'lot.prequalification-failed.v1': { before: ['prequalifying'], after: 'failed', shown: 'everybody' },
  'lot.noticed.v1': { before: ['admitted', 'prequalifying'], after: 'noticed', shown: 'everybody' },
  'lot.submission-closed.v1': { before: ['noticed'], after: 'closed', shown: 'everybody' },
  'lot.failed.v1': { before: ['closed', 'opening'], after: 'failed', shown: 'everybody' },
  'lot.roll-published.v1': { before: ['closed'], after: 'opening', shown: 'everybody' },
  'lot.opening-ended.v1': { before: ['opening'], after: 'opened', shown: 'everybody' },
  'lot.committee-unsealed.v1': { before: ['opened'], after: 'evaluating', shown: 'bench' },
  'lot.evaluation-reported.v1': { before: ['evaluating'], after: 'evaluated', shown: 'bench' },
  'lot.evaluation-voided.v1': { before: ['opened', 'evaluating'], after: 'failed', shown: 'everybody' },
  'lot.evaluation-reopened.v1': { before: ['evaluated', 'failed'], after: 'evaluating', shown: 'everybody' },
  'lot.committee-dismissed.v1': { before: ['evaluated', 'failed'], after: 'opened', shown: 'everybody' },
  'lot.candidates-publicised.v1': { before: ['evaluated'], after: 'publicised', shown: 'everybody' },
  'lot.winner-determined.v1': { before: ['evaluated', 'publicised', 'determined', 'awarded'], after: 'determined', shown: 'offices' },
  'lot.award-notice-issued.v1': { before: ['determined'], after: 'awarded', shown: 'everybody' },
  'lot.result-set-aside.v1': { before: RESULT, after: 'evaluated', shown: 'everybody' },
  'lot.result-voided.v1': { before: ['evaluated', ...BEFORE_RESULT], after: 'failed', shown: 'everybody' },
  'lot.contract-filed.v1': { before: ['awarded'], after: 'contracted', shown: 'everybody' },
  'lot.terminated.v1': { before: UNFINISHED, after: 'terminated', shown: 'everybody' },
}

/** What holds, in English. `events`: public and added ones of the lot, in their order. */
export function checkPhases(bundle: Bundle, events: readonly Event[]): string {
  let phase = 'draft'
  for (const { topic } of events) {
    const turn = TURNS[topic]
    if (turn === undefined) continue
    demand(seenBefore(turn).has(phase), STEP, `${topic}: out of the phase ${phase}`)
    phase = turn.after
  }
  const versions = bundle.disclosed.filter((one) => one.stream === 'bid' && one.topic === 'bid.received.v1').length
  const own = versions > 0 ? `, and ${String(versions)} versions of the bid of ${bundle.party}` : ''
  return `${String(events.length)} events of the lot in the order of its phases, now ${phase}${own}`
}

/** The phases in which a reader may last have seen the lot: it is not shown every turn. */
function seenBefore(turn: Turn): ReadonlySet<string> {
  const found = new Set(turn.before)
  const hidden = Object.values(TURNS).filter((one) => READERS.indexOf(one.shown) > READERS.indexOf(turn.shown))
  let known = -1
  while (known < found.size) {
    known = found.size
    for (const one of hidden) if (found.has(one.after)) for (const phase of one.before) found.add(phase)
  }
  return found
}
