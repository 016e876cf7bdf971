/** What of an opening the page shows: where it stands, and each bidder's line. Pure. */

import type { Lot, Opening } from '@/live/events'

export const STEPS = ['closing', 'roll', 'release', 'announce', 'confirm', 'record'] as const
export type Step = (typeof STEPS)[number]

export type Now =
  | 'waiting' | 'closed' | 'roll' | 'release' | 'windowOver' | 'confirm' | 'signing' | 'ended' | 'failed' | 'terminated'

export function nowOf({ phase, opening }: Lot): Now {
  if (phase === 'failed') return 'failed'
  if (phase === 'terminated') return 'terminated'
  if (opening.ended_at) return 'ended'
  if (opening.announcement) return opening.confirmation_window?.ended ? 'signing' : 'confirm'
  if (opening.release_window) return opening.release_window.ended ? 'windowOver' : 'release'
  if (opening.roll_published_at) return 'roll'
  return opening.closed_at ? 'closed' : 'waiting'
}

const REACHED: Record<Now, number> = {
  waiting: 0, closed: 1, roll: 2, release: 2, windowOver: 3, confirm: 4, signing: 5, ended: 6, failed: 1, terminated: 0,
}

/** How many of the steps are behind; the next one is under way. */
export function done(lot: Lot): number {
  return REACHED[nowOf(lot)]
}

export type Release = { state: 'released'; at: string } | { state: 'waiting' | 'missed' | 'idle' }
export type Answer = 'confirmed' | 'objected' | 'absent' | 'silent' | 'invited' | 'none'

export interface Line {
  readonly bidder: string
  readonly name: string
  readonly uscc: string
  readonly members: readonly string[]
  readonly qualifications: readonly string[]
  readonly signedIn: boolean
  readonly release: Release
  /** The statute's word for a bid that was not opened. */
  readonly term: string
  readonly form: NonNullable<Opening['announcement']>['table'][number]['form']
  readonly answer: Answer
  readonly lowest: boolean
}

export function lines({ opening }: Lot): Line[] {
  const { announcement, release_window: window, silence } = opening
  const prices = announcement?.table.flatMap(({ form }) => (form ? [form.price_fen] : [])) ?? []
  const lowest = prices.length > 1 ? Math.min(...prices) : null
  return opening.roll.map((entry) => {
    const released = opening.released.find(({ bidder }) => bidder === entry.bidder)
    const row = announcement?.table.find(({ bidder }) => bidder === entry.bidder)
    const fault = opening.faults.find(({ bidder }) => bidder === entry.bidder)
    return {
      bidder: entry.bidder,
      name: entry.name,
      uscc: entry.uscc,
      members: (entry.consortium ?? []).map(({ name }) => name),
      qualifications: (entry.qualifications ?? []).map(({ title }) => title),
      signedIn: entry.signed_in,
      release: released
        ? { state: 'released', at: released.at }
        : { state: window ? (window.ended ? 'missed' : 'waiting') : 'idle' },
      term: row?.term || fault?.term || '',
      form: row?.form ?? null,
      answer: answerOf(opening, entry.bidder, row?.form !== undefined && row.form !== null, silence !== null),
      lowest: lowest !== null && row?.form?.price_fen === lowest,
    }
  })
}

function answerOf(opening: Opening, bidder: string, opened: boolean, closed: boolean): Answer {
  if (opening.confirmed.some((one) => one.bidder === bidder)) return 'confirmed'
  if (opening.objections.some((one) => one.bidder === bidder)) return 'objected'
  // Left out of the wire where nobody was absent.
  if ((opening.silence?.absent as readonly string[] | undefined)?.includes(bidder)) return 'absent'
  if (!opening.announcement || !opened) return 'none'
  return closed ? 'silent' : 'invited'
}

/** Names for the bidders' ids in texts. */
export function nameOf({ opening }: Lot, bidder: string): string {
  return opening.roll.find((entry) => entry.bidder === bidder)?.name ?? ''
}
