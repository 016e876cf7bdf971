/** The escrow of policies P2 and P3: trial, reports, shares against manifests, lies, consents (R-BID-06, R-BID-07). */

import * as v from 'valibot'

import { digest, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonicalText, parseCanonical } from '@/crypto/canonical'
import { POLICY_P3 } from '@/crypto/choices'
import { openForm } from '@/crypto/envelope'
import { consentTo, depositedRightly, shownTruly, together, TRUSTEES, type Escrow, type TrusteeKeys } from '@/crypto/escrow'
import { formBytes } from '@/crypto/form'
import { envelopeOf, Manifest, targetOf } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'

import { all, first, last, type Event, type Read } from './events'
import type { Manifests } from './opening'
import { Noticed } from './shapes'
import { demand } from './steps'

const STEP = 'escrow'
const Trustee = v.picklist(TRUSTEES)
/** Each two of the three. */
const PAIRS = [[TRUSTEES[0], TRUSTEES[1]], [TRUSTEES[0], TRUSTEES[2]], [TRUSTEES[1], TRUSTEES[2]]] as const
const Sealed = v.object({ manifest: v.string(), sealed: v.string() })
const Shared = v.object({ trustee: Trustee, shares: v.array(v.object({ index: v.number(), share: v.string() })) })
const Passed = v.object({ pairs: v.array(v.object({ first: Trustee, second: Trustee, plaintext_sha256: v.string() })) })
const Reported = v.object({ number: v.number(), bidders: v.array(v.string()), at: v.string() })
const Share = v.object({ envelope: v.string(), index: v.number(), commitment: v.string() })
const Given = v.object({ number: v.number(), bidder: v.string(), trustee: Trustee, shares: v.array(Share), at: v.string() })
type Given = v.InferOutput<typeof Given>
const Lie = v.object({
  bidder: v.string(),
  trustee: Trustee,
  envelope: v.string(),
  index: v.number(),
  shown: v.string(),
  committed: v.string(),
  signed: v.object({ statement: v.string() }),
})
const Said = v.object({ body: v.object({ shares: v.array(Share) }) })
const Ordered = v.object({ window_opens: v.string() })

/** What holds, in English; nothing where the notice names no trustees. */
export async function checkEscrow(read: Read, manifests: Manifests): Promise<string[]> {
  const terms = first(read, 'lot.noticed.v1', Noticed)?.terms
  if (terms === undefined || terms.trustees.length === 0) return []
  const alone = terms.key_policy === POLICY_P3
  const told = [await checkDeposits(manifests, terms.key_policy, new Map(terms.trustees.map((one) => [one.trustee, unb64(one.public)])))]
  if (alone) told.push(`${String(manifests.size)} bidders consent, by their manifests, to just these trustees (policy P3)`)
  const reports = new Map(all(read, 'lot.escrow-reported.v1', Reported).map((one) => [one.number, one]))
  const ordered = alone ? first(read, 'lot.release-ordered.v1', Ordered) : undefined
  const given = all(read, 'lot.escrow-shares-given.v1', Given)
  for (const one of given) checkGiven(one, reports.get(one.number), ordered, manifests)
  for (const one of all(read, 'lot.escrow-false-share.v1', Lie)) checkLie(one, manifests)
  if (ordered !== undefined) {
    const names = [...new Set(given.map((one) => one.trustee))].sort()
    told.push(`opened by ${names.join(', ')}, every share the one its bidder committed to`)
  }
  if (reports.size > 0) told.push(`${String(reports.size)} reports, every share the one its bidder committed to`)
  return told
}

/** The ceremony before the notice, which the offices' bundles hold. Null where nothing of it is shown. */
export async function checkTrial(events: readonly Event[]): Promise<string | null> {
  const shown = { events } as Read
  const [sealed, passed] = [last(shown, 'lot.escrow-trial-sealed.v1', Sealed), last(shown, 'lot.escrow-trial-passed.v1', Passed)]
  if (sealed === undefined || passed === undefined) return null
  const manifest = parseCanonical(utf8(sealed.manifest), Manifest)
  const [escrow, target] = [escrowOf(manifest, FORM), targetOf(manifest, FORM)]
  const opened = new Map<string, [number, Bytes][]>()
  for (const { trustee, shares } of all(shown, 'lot.escrow-trial-shared.v1', Shared)) {
    for (const { index, share } of shares) {
      const shows = await shownTruly(escrow, target, index, unb64(share))
      demand(shows, STEP, `the ${trustee} showed a false share of the test bid`)
    }
    opened.set(trustee, shares.map(({ index, share }) => [index, unb64(share)]))
  }
  for (const pair of PAIRS) {
    const shares = pair.map((trustee) => opened.get(trustee))
    const both = shares.flatMap((one) => one ?? [])
    demand(shares.every((one) => one !== undefined), STEP, `${pair.join(' and ')} did not open the test bid`)
    const form = await openForm(unb64(sealed.sealed), manifest, together(new Map(both)))
    const said = passed.pairs.find(({ first, second }) => new Set([...pair, first, second]).size === pair.length && first !== second)
    demand(said?.plaintext_sha256 === (await digest(formBytes(form))), STEP, `${pair.join(' and ')} read something else`)
  }
  return 'each pair of trustees has opened the test bid'
}

async function checkDeposits(manifests: Manifests, policy: string, keys: TrusteeKeys): Promise<string> {
  const agreed = policy === POLICY_P3 ? canonicalText(await consentTo(keys)) : ''
  for (const [bidder, manifest] of manifests) {
    const consent = manifest.consent === undefined ? '' : canonicalText(manifest.consent)
    demand(manifest.policy === policy && consent === agreed, STEP, `${bidder} sealed under another policy, or without its consent`)
    for (const { name } of manifest.envelopes) {
      const rightly = await depositedRightly(escrowOf(manifest, name), manifest.suite, keys)
      demand(rightly, STEP, `${bidder} left shares with somebody else`)
    }
  }
  return `${String(manifests.size)} bids left their shares with the notice's three trustees`
}

function checkGiven(
  given: Given,
  report: v.InferOutput<typeof Reported> | undefined,
  ordered: v.InferOutput<typeof Ordered> | undefined,
  manifests: Manifests,
): void {
  const asked = report !== undefined && report.bidders.includes(given.bidder) && Date.parse(report.at) <= Date.parse(given.at)
  const opening = given.number === 0 && ordered !== undefined && Date.parse(ordered.window_opens) <= Date.parse(given.at)
  demand(asked || opening, STEP, `shares of ${given.bidder} were given without report or order`)
  for (const { envelope, index, commitment } of given.shares) {
    const same = commitment === committed(manifests, given.bidder, envelope, index)
    demand(same, STEP, `the ${given.trustee} gave another share`)
  }
}

/** By its own signature it showed what the bidder had not committed to. */
function checkLie(lie: v.InferOutput<typeof Lie>, manifests: Manifests): void {
  const { shares } = v.parse(Said, JSON.parse(lie.signed.statement)).body
  const own = shares.filter((one) => one.envelope === lie.envelope && one.index === lie.index)
  const shown = own.length > 0 && own.every((one) => one.commitment === lie.shown)
  const rightly = committed(manifests, lie.bidder, lie.envelope, lie.index)
  const lied = shown && lie.committed === rightly && rightly !== lie.shown
  demand(lied, STEP, `the ${lie.trustee} is accused of a lie that it did not tell`)
}

function committed(manifests: Manifests, bidder: string, envelope: string, index: number): string {
  const manifest = manifests.get(bidder)
  demand(manifest !== undefined, STEP, `${bidder} is not on the roll`)
  return escrowOf(manifest, envelope).commitments[index] ?? ''
}

function escrowOf(manifest: Manifest, envelope: string): Escrow {
  const { escrow } = envelopeOf(manifest, envelope)
  demand(escrow !== undefined, STEP, `${manifest.bidder} left nothing with the trustees`)
  return escrow
}
