/** Names of the parties that a lot's state speaks of by id. */

import type { Schemas } from '@/api/types'
import { session } from '@/app/session'

export function namesOf(lot: Schemas['LotShown']): (party: string) => string {
  const known = new Map<string, string>([
    [lot.admission.host, lot.admission.host_name],
    [lot.notice.host, lot.notice.agency_name || lot.notice.tenderer_name],
    [lot.notice.tenderer, lot.notice.tenderer_name],
    ...lot.opening.roll.map((one): [string, string] => [one.bidder, one.name]),
    ...lot.award.candidates.map((one): [string, string] => [one.bidder, one.name]),
  ])
  if (session.who) known.set(session.who.party, session.who.name)
  return (party) => known.get(party) || party
}
