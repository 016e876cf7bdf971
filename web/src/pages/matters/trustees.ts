/** Who the lot's trustees are, and what waits for them: read off the lot, decided nowhere here. */

import type { Schemas } from '@/api/types'
import type { Trustee } from '@/crypto/escrow'

export type Lot = Pick<Schemas['LotShown'], 'phase' | 'standings' | 'escrow' | 'opening' | 'notice'>

/** As `crypto/escrow` has them; that is loaded where a key is used. */
export const TRUSTEES: readonly Trustee[] = ['agency', 'supervisor', 'notary']
/** So many of them open a bid. */
export const ENOUGH = 2

/** Which of the three the reader is here. */
export function trusteeOf({ standings, escrow }: Pick<Lot, 'standings' | 'escrow'>, party: string): Trustee | null {
  if (standings.includes('host')) return 'agency'
  if (escrow.notary !== '' && escrow.notary === party) return 'notary'
  return standings.includes('supervisor') ? 'supervisor' : null
}

/** A report, or under P3 the opening itself (number 0): whose bids the trustees are asked to open. */
export interface Occasion {
  readonly number: number
  readonly bidders: readonly string[]
}

export function occasions({ escrow, opening, notice }: Lot): Occasion[] {
  const asked = escrow.reports.filter(inForce).map(({ number, bidders }) => ({ number, bidders }))
  const alone = notice.terms?.key_policy === 'P3' && opening.release_window !== null
  return alone ? [{ number: 0, bidders: opening.roll.map(({ bidder }) => bidder) }, ...asked] : asked
}

/** Both offices signed; of an office that withholds its key no signature is waited for. */
export function inForce({ kind, agreed }: Schemas['Escrow']['reports'][number]): boolean {
  return kind === 'office-withholds' || ['agency', 'supervisor'].every((office) => agreed.includes(office))
}

/** The occasion's bids about which this trustee has neither given its shares nor said that they do not open. */
export function owed(lot: Lot, trustee: Trustee, { bidders }: Occasion): string[] {
  const acts = [...lot.escrow.given, ...lot.escrow.faulty_deposits]
  const done = new Set(acts.filter((one) => one.trustee === trustee).map(({ bidder }) => bidder))
  return bidders.filter((bidder) => !done.has(bidder))
}

/** Whose shares of a bid have come. */
export function givers({ escrow }: Pick<Lot, 'escrow'>, bidder: string): Trustee[] {
  return TRUSTEES.filter((trustee) => escrow.given.some((one) => one.bidder === bidder && one.trustee === trustee))
}

/** Whose content keys two trustees have given. */
export function recovered(lot: Pick<Lot, 'escrow'>): string[] {
  const bidders = new Set(lot.escrow.given.map(({ bidder }) => bidder))
  return [...bidders].filter((bidder) => givers(lot, bidder).length >= ENOUGH)
}

/** Who could be named in a report of lost keys: whose keys have not come, and about whom nothing was found yet. */
export function unreleased({ opening }: Lot): string[] {
  const settled = new Set([...opening.released, ...opening.faults, ...opening.revoked].map(({ bidder }) => bidder))
  return opening.roll.map(({ bidder }) => bidder).filter((bidder) => !settled.has(bidder))
}
