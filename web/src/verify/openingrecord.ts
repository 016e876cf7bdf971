/** The opening record 开标记录 (R-OPEN-04, R-OPEN-30; 招投法 36), written anew from the events, byte for byte. */

import * as v from 'valibot'

import { digest, utf8 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'

import { all, first, type Read } from './events'
import { NO_DRAW, openingOf, type Opening } from './openingfold'
import { demand } from './steps'

const STEP = 'opening record'
const ENDED = 'lot.opening-ended.v1'
const Ended = v.object({ record: v.string(), record_hash: v.string() })
const Signature = v.object({ office: v.string(), record_hash: v.string() })

/** The statute's word for each outcome, and whether the bid counts as one of three (R-BID-10; 20号令 26–28, 31). */
const OUTCOMES = {
  REVOKED: ['撤销', true],
  OPENED: ['', true],
  OPENED_BY_REMEDY: ['', true],
  DEEMED_REVOKED: ['视为撤销', true],
  DEEMED_WITHDRAWN_OTHER_FAULT: ['视为撤回', false],
  HELD_FOR_ADJUDICATION: ['', null],
} as const
type Outcome = keyof typeof OUTCOMES
/** Whose deposit there is to keep; everybody else's revocation has credit consequences only (R-WAIVE-09). */
const HELD = new Set(['PAID', 'PARTIAL'])

/** Whether the opening has ended. Both offices signed just this text, and it follows from the events. */
export async function checkOpeningRecord(read: Read): Promise<boolean> {
  const ended = first(read, ENDED, Ended)
  if (ended === undefined) return false
  const place = read.events.findIndex((one) => one.topic === ENDED)
  const text = await recordText(read.record.lot, openingOf(read.events.slice(0, place)))
  demand(text === ended.record, STEP, differing(text, ended.record))
  const hash = await digest(utf8(ended.record))
  const signatures = all(read, 'lot.record-signed.v1', Signature)
  const same = ended.record_hash === hash && signatures.every((one) => one.record_hash === hash)
  demand(same, STEP, 'signed over another text')
  const offices = new Set(signatures.map((one) => one.office))
  demand(offices.size === 2 && offices.has('agency') && offices.has('supervisor'), STEP, 'unsigned')
  return true
}

/** Where the two first differ, for whoever has to find it. */
function differing(again: string, said: string): string {
  let at = 0
  while (at < again.length && again[at] === said[at]) at += 1
  const from = Math.max(0, at - 30)
  return `does not follow from the events: …${said.slice(from, from + 60)}… instead of …${again.slice(from, from + 60)}…`
}

/** Canonical JSON. Amounts in 分, durations in days; null where nothing was said or opened. */
export async function recordText(lot: string, opening: Opening): Promise<string> {
  const { notice, document, closed, announced, reference, drawing, given, false_shares, faulty_deposits, withheld, spares } = opening
  const bids = await Promise.all(opening.roll.map((entry) => bidOf(opening, entry)))
  return canonicalText({
    v: 1,
    lot: {
      id: lot,
      number: notice?.number ?? '',
      title: notice?.title ?? '',
      regime: notice?.regime ?? null,
      mode: notice?.mode ?? '',
      tenderer: notice?.tenderer_name ?? '',
      agency: notice?.agency_name ?? '',
      notice_hash: notice?.notice_hash ?? '',
      document_version: document?.version ?? 0,
      document_sha256: document?.sha256 ?? null,
      ruleset: notice?.ruleset ?? '',
    },
    closed: { at: closed?.at ?? null, deadline: closed?.deadline ?? null, received: closed?.received ?? 0 },
    counts: opening.counts,
    holds: opening.holds,
    roll_published_at: opening.roll_published_at,
    sessions: [...opening.keys]
      .sort((left, right) => (left.office < right.office ? -1 : 1))
      .map(({ office, session, forms_key, evaluation_key }) => ({
        office,
        session,
        forms_key,
        evaluation_key,
        form_private_key: opening.privates.get(office) ?? null,
      })),
    release_window: opening.release_window,
    imported_at: opening.imported_at,
    bids,
    incidents: opening.incidents,
    suspensions: opening.suspensions,
    announced: { at: announced?.at ?? null, table_hash: announced?.table_hash ?? null, max_price_fen: announced?.max_price_fen ?? null },
    confirmation_window: opening.confirmation_window,
    objections: opening.objections,
    silence: opening.silence,
    ...(reference !== null && { reference }), // 标底, published at the opening (R-ENG-19)
    // R-BID-06: who opened in the bidders' place, and who lied
    ...(notice?.terms.key_policy === 'P3' && { shares: given, false_shares, faulty_deposits }),
    ...(withheld.length > 0 && { withheld }), // runs that were given up, and who took whose place
    ...(spares.length > 0 && { spares }), // R-PAIN-05
    ...(canonicalText(drawing) !== canonicalText(NO_DRAW) && { drawing }), // R-DRAW-02
  })
}

/** One bidder: what was received, what was opened, how it ended and what follows from that. */
async function bidOf(opening: Opening, entry: Opening['roll'][number]): Promise<Record<string, unknown>> {
  const { bidder } = entry
  const of = <T extends { readonly bidder: string }>(found: readonly T[]): T | undefined => found.find((one) => one.bidder === bidder)
  const [released, imported, fault, revoked] = [of(opening.released), of(opening.imported), of(opening.faults), of(opening.revoked)]
  const outcome = outcomeOf(opening, bidder)
  const [term, counts] = OUTCOMES[outcome]
  const opened = outcome === 'OPENED' || outcome === 'OPENED_BY_REMEDY'
  const form = opened ? (imported?.form ?? null) : null
  return {
    bidder: entry,
    released_at: released?.at ?? null,
    release_sha256: released === undefined ? null : await digest(utf8(released.release)),
    outcome,
    term,
    counts_toward_three: counts === true,
    consequence: depositFate(outcome, opening.notice?.regime, HELD.has(entry.deposit_state)),
    may_claim_loss: outcome === 'DEEMED_WITHDRAWN_OTHER_FAULT',
    form,
    plaintext_sha256: imported?.plaintext_sha256 ?? null,
    not_opened: imported === undefined || imported.opened ? null : { layer: imported.layer, evidence: imported.evidence },
    fault: fault ?? null,
    revoked_at: revoked?.requested_at ?? null,
    confirmation: form === null ? '' : confirmationOf(opening, bidder),
  }
}

function outcomeOf({ revoked, imported, spares, faults }: Opening, bidder: string): Outcome {
  if (revoked.some((one) => one.bidder === bidder)) return 'REVOKED'
  const fault = faults.find((one) => one.bidder === bidder)
  // What a bidder was found to have kept shut from the evaluation is opened no more.
  if (fault === undefined && imported.some((one) => one.bidder === bidder && one.opened)) {
    return spares.some((one) => one.bidder === bidder && one.accepted_at !== null) ? 'OPENED_BY_REMEDY' : 'OPENED'
  }
  return v.parse(v.picklist(Object.keys(OUTCOMES) as Outcome[]), fault?.outcome ?? 'HELD_FOR_ADJUDICATION')
}

/** 招投条例 35; in a waived lot revocation has credit consequences only, never a payment (R-WAIVE-09). */
function depositFate(outcome: Outcome, regime: string | undefined, held: boolean): string {
  const revoked = outcome === 'REVOKED' || outcome === 'DEEMED_REVOKED'
  if (!held) return revoked ? 'CREDIT_RECORD_ONLY' : 'NONE'
  if (revoked) return 'MAY_BE_KEPT'
  if (outcome === 'OPENED' || outcome === 'OPENED_BY_REMEDY') return 'NORMAL'
  if (outcome === 'HELD_FOR_ADJUDICATION') return 'FROZEN'
  // R-BID-09: 招投条例 35 counts 日, 87号令 38 counts 工作日
  return regime === 'ENG' ? 'RETURN_WITHIN_5日' : 'RETURN_WITHIN_5工作日'
}

function confirmationOf({ confirmed, silence, objections }: Opening, bidder: string): string {
  if (confirmed.has(bidder)) return 'confirmed'
  if (silence?.absent?.includes(bidder)) return 'accepted-by-absence'
  if (silence?.silent.includes(bidder)) return silence.accepts ? 'accepted-by-silence' : 'unconfirmed'
  return objections.some((one) => one.bidder === bidder) ? 'objected' : 'unconfirmed'
}
