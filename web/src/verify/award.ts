/** Candidates, award and contract: the figures go back to the opened forms. */

import * as v from 'valibot'

import { all, first, last, type Read } from './events'
import { Values, type Imported, type Roll } from './shapes'
import { demand } from './steps'

const Candidate = v.object({ ...Values.entries, bidder: v.string(), name: v.string(), rank: v.number() })
const Candidates = v.object({ candidates: v.array(Candidate) })
const Notice = v.object({ ...Values.entries, number: v.string(), winner: v.string() })
const Contract = v.object({ winner: v.string(), price_fen: v.number(), award_number: v.string() })

type Form = v.InferOutput<typeof Values>

/** How many candidates were published, or null where none were yet. */
export function checkCandidates(read: Read, roll: Roll, imported: Imported): number | null {
  const published =
    first(read, 'lot.candidates-publicised.v1', Candidates) ?? first(read, 'lot.result-announced.v1', Candidates)
  const candidates = published?.candidates ?? []
  const forms = new Map(imported.results.map((one) => [one.bidder, one.form]))
  const names = new Map(roll.roll.map((entry) => [entry.bidder, entry.name]))
  for (const one of candidates) {
    const same = sameValues(forms.get(one.bidder), one) && names.get(one.bidder) === one.name
    demand(same, 'candidates', `${one.bidder}: other values than in the opened form`)
  }
  const ranks = candidates.map((one) => one.rank)
  demand(ranks.every((rank, place) => rank >= (ranks[place - 1] ?? rank)), 'candidates', 'not in the order of their ranks')
  return ranks.length || null
}

export function checkNotice(read: Read, imported: Imported): boolean {
  const notice = last(read, 'lot.award-notice-issued.v1', Notice)
  if (notice === undefined) return false
  const form = imported.results.find((one) => one.bidder === notice.winner)?.form
  demand(sameValues(form, notice), 'award notice', "other values than in the winner's opened form")
  return true
}

/** A notice issued after the contract was revoked is not the one that the contract stands on: any of them may be. */
export function checkContract(read: Read): boolean {
  const filed = last(read, 'lot.contract-filed.v1', Contract)
  if (filed === undefined) return false
  const under = all(read, 'lot.award-notice-issued.v1', Notice).some(
    (one) => one.winner === filed.winner && one.price_fen === filed.price_fen && one.number === filed.award_number,
  )
  demand(under, 'contract', 'price, winner or award notice differ')
  return true
}

function sameValues(form: Form | null | undefined, said: Form): boolean {
  return (
    form?.price_fen === said.price_fen &&
    form.duration_days === said.duration_days &&
    form.quality === said.quality &&
    form.project_lead === said.project_lead
  )
}
