/** What of an opening is done, what comes next, and who must act: read off the lot's state, decided nowhere here. */

import type { Schemas } from '@/api/types'
import { awaitedSource, officeOf } from '@/pages/matters/draw-secrets'

export type Opening = Schemas['Opening']
export type Who = 'host' | 'supervisor' | 'bidders' | 'trustees' | 'platform'
export type StepName =
  | 'drawCommit' | 'close' | 'roll' | 'agencyKeys' | 'supervisorKeys' | 'order' | 'release' | 'shares' | 'faults' | 'agencyForm' | 'supervisorForm' | 'import'
  | 'draw' | 'announce' | 'confirm' | 'answers' | 'reference' | 'agencySign' | 'supervisorSign'

export interface Step {
  readonly name: StepName
  readonly who: Who
  readonly state: 'done' | 'now' | 'later'
}

/** Bidders about whom the supervisor has yet to find whose doing it was that their bid is not open.
 *
 *  `recovered`: whose bids two trustees opened; as with a spare that was taken, their keys are not waited for. Run again
 *  for the evaluation, the release is of the bids that were opened. */
export function undecided(opening: Opening, recovered: Iterable<string> = []): string[] {
  const decided = new Set([...opening.faults, ...opening.revoked].map((one) => one.bidder))
  const spared = opening.spares.filter((one) => one.accepted_at !== null).map((one) => one.bidder)
  const arrived = new Set([...opening.released.map((one) => one.bidder), ...spared, ...recovered])
  const tried = new Map(opening.imported.map((one) => [one.bidder, one.opened]))
  const ended = Boolean(opening.release_window?.ended)
  const wanted = (bidder: string): boolean => (opening.rerun ? tried.get(bidder) === true : tried.get(bidder) !== true)
  return opening.roll
    .map((one) => one.bidder)
    .filter((bidder) => !decided.has(bidder) && (tried.get(bidder) === false || (ended && wanted(bidder) && !arrived.has(bidder))))
}

export function unanswered(opening: Opening): Opening['objections'] {
  return opening.objections.filter((one) => !one.answered_at)
}

function has(list: readonly { readonly office: string }[], office: string): boolean {
  return list.some((one) => one.office === office)
}

interface Manner {
  /** Whether the tender document has coefficients drawn at the opening. */
  readonly draws?: boolean
  /** Whether trustees alone open (P3), so that there are neither session keys nor releases. */
  readonly alone?: boolean
  readonly recovered?: Iterable<string>
}

export function steps(opening: Opening, { draws = false, alone = false, recovered = [] }: Manner = {}): Step[] {
  const pending = undecided(opening, recovered)
  const questions = unanswered(opening)
  const imported = Boolean(opening.imported_at) && pending.length === 0
  const drawn = opening.drawing.drawn.length > 0
  const source = awaitedSource(opening.drawing)
  const drawer: Who = source === null ? 'platform' : officeOf(source) === 'agency' ? 'host' : 'supervisor'
  const settled = opening.reference === null || opening.reference.fen !== null || opening.reference.abandoned !== ''
  const silent = Boolean(opening.silence) && questions.length === 0
  // Each with what must be done before it; several may be due at once, by different offices.
  const plan: readonly Planned[] = [
    ...(draws ? [['drawCommit', 'host', opening.drawing.commitments.some((one) => one.source === 'agency') || Boolean(opening.closed_at), true] as const] : []),
    ['close', 'platform', Boolean(opening.closed_at), true],
    ['roll', 'host', Boolean(opening.roll_published_at), Boolean(opening.closed_at)],
    ...(alone ? byTrustees(opening, pending) : byBidders(opening, pending)),
    ...(draws ? [['draw', drawer, drawn, imported] as const] : []),
    ['announce', 'host', Boolean(opening.announcement), imported && (drawn || !draws)],
    ['confirm', 'bidders', Boolean(opening.silence), Boolean(opening.announcement)],
    ['answers', 'host', Boolean(opening.announcement) && questions.length === 0 && Boolean(opening.silence), questions.length > 0],
    ...(opening.reference ? [['reference', 'host', settled, Boolean(opening.announcement)] as const] : []),
    ['agencySign', 'host', has(opening.signatures, 'agency'), silent && settled],
    ['supervisorSign', 'supervisor', has(opening.signatures, 'supervisor'), silent && settled],
  ]
  return plan.map(([name, who, done, ready]) => ({ name, who, state: done ? 'done' : ready ? 'now' : 'later' }))
}

type Planned = readonly [StepName, Who, done: boolean, ready: boolean]

function byBidders(opening: Opening, pending: readonly string[]): Planned[] {
  const ended = Boolean(opening.release_window?.ended)
  return [
    ['agencyKeys', 'host', has(opening.office_keys, 'agency'), Boolean(opening.roll_published_at)],
    ['supervisorKeys', 'supervisor', has(opening.office_keys, 'supervisor'), Boolean(opening.roll_published_at)],
    ['order', 'host', Boolean(opening.release_window), has(opening.office_keys, 'agency') && has(opening.office_keys, 'supervisor')],
    ['release', 'bidders', ended, Boolean(opening.release_window)],
    ['faults', 'supervisor', ended && pending.length === 0, ended && pending.length > 0],
    // Trustees may have opened in the place of an office that kept its key (P2).
    ['agencyForm', 'host', has(opening.form_keys, 'agency') || Boolean(opening.imported_at), ended && pending.length === 0],
    ['supervisorForm', 'supervisor', has(opening.form_keys, 'supervisor') || Boolean(opening.imported_at), ended && pending.length === 0],
    ['import', 'platform', Boolean(opening.imported_at), has(opening.form_keys, 'agency') && has(opening.form_keys, 'supervisor')],
  ]
}

/** R-BID-06. */
function byTrustees(opening: Opening, pending: readonly string[]): Planned[] {
  const ended = Boolean(opening.release_window?.ended)
  return [
    ['order', 'host', Boolean(opening.release_window), Boolean(opening.roll_published_at)],
    ['shares', 'trustees', ended, Boolean(opening.release_window)],
    ['faults', 'supervisor', ended && pending.length === 0, ended && pending.length > 0],
    ['import', 'platform', Boolean(opening.imported_at), ended && pending.length === 0],
  ]
}

/** Who must act for the opening to go on. */
export function awaited(list: readonly Step[]): Who[] {
  return [...new Set(list.filter((one) => one.state === 'now').map((one) => one.who))]
}
