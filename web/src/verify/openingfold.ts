/** What the opening record is written from: the fold of the public events up to the opening's end. */

import * as v from 'valibot'

import type { Event } from './events'
import { folded, folding, type Folds } from './folding'
import { Form } from './shapes'

const Text = v.string()
const Count = v.number()

const Notice = v.object({
  number: Text,
  title: Text,
  regime: v.picklist(['ENG', 'GP']),
  mode: Text,
  tenderer_name: Text,
  agency_name: Text,
  notice_hash: Text,
  ruleset: Text,
  terms: v.object({ key_policy: Text }),
})
const Document = v.object({ version: Count, sha256: Text })
const Closed = v.object({ at: Text, deadline: Text, received: Count })
const Checked = v.object({ stage: Text, decision: Text, received: Count, counted: Count, opened: Count, at: Text })
const Hold = v.object({ resolution: Text, reason: Text, by: Text, at: Text })
/** Further members (consortium, qualifications …) stand where the roll has them. */
const Entry = v.looseObject({ bidder: Text, deposit_state: Text })
const Keys = v.object({ office: Text, session: Text, forms_key: Text, evaluation_key: Text, announcement: Text, announcement_signature: Text, by: v.optional(Text, '') })
const Fault = v.object({ bidder: Text, fault: Text, outcome: Text, term: Text, consequence: Text, evidence: Text, evidence_hash: Text, by: Text, at: Text })
const Incident = v.object({ number: Count, kind: Text, cause: Text, began: Text, ended: v.optional(v.nullable(Text), null) })
const Extension = v.object({ reason: Text, text: Text, until: Text, minutes: Count, at: Text })
const Withheld = v.object({ number: Count, office: Text, exposed: v.boolean(), text: Text, evidence_hash: Text, reporter: Text, at: Text, key: v.optional(Text) })
const Spare = v.object({ bidder: Text, sha256: Text, length: Count, reason: Text, at: Text })
const Objection = v.object({ number: Count, bidder: Text, kind: Text, text: Text, at: Text })
const Suspension = v.object({ by: Text, at: Text, reason: Text, order: Text, complaint: v.optional(Count, 0), ends: v.optional(v.nullable(Text), null) })
const Imported = v.object({
  bidder: Text,
  opened: v.boolean(),
  form: v.nullish(Form, null),
  plaintext_sha256: v.optional(Text, ''),
  layer: v.optional(Text, ''),
  evidence: v.optional(Text, ''),
})
const DrawEnd = v.nullable(Text)
const FalseShare = v.object({ bidder: Text, trustee: Text, envelope: Text, index: Count, at: Text })
const FaultyDeposit = v.object({ bidder: Text, trustee: Text, envelope: Text, at: Text })

/** `[opens, ends)`; `planned`: the end before any extension, `ended`: when it was closed. */
export interface Window {
  readonly opens: string
  readonly planned: string
  readonly ends: string
  readonly ended: string | null
  readonly extensions: readonly v.InferOutput<typeof Extension>[]
}

type Of<T extends v.GenericSchema> = readonly v.InferOutput<T>[]
type With<T extends v.GenericSchema, More> = readonly (v.InferOutput<T> & Readonly<More>)[]

interface Reference { readonly commitment: string; readonly committed_at: string; readonly fen: number | null; readonly salt: string; readonly revealed_at: string | null; readonly abandoned: string }
interface Silence { readonly at: string; readonly silent: readonly string[]; readonly accepts: boolean; readonly rule: string; readonly absent?: readonly string[]; readonly absence?: string }
interface Drawing {
  readonly commitments: readonly { source: string; commitment: string; by: string; at: string }[]
  readonly opened_at: string | null
  readonly bids: readonly unknown[]
  readonly uncommitted: readonly string[]
  readonly window: Window | null
  readonly reveals: readonly { source: string; value: string; by: string; at: string }[]
  readonly missed: readonly { source: string; at: string }[]
  readonly drawn_at: string | null
  readonly drawn: readonly unknown[]
}

export interface Opening {
  readonly notice: v.InferOutput<typeof Notice> | null
  readonly document: v.InferOutput<typeof Document> | null
  readonly suspended: v.InferOutput<typeof Suspension> | null
  readonly suspensions: With<typeof Suspension, { until: string }>
  readonly closed: v.InferOutput<typeof Closed> | null
  readonly counts: Of<typeof Checked>
  readonly holds: Of<typeof Hold>
  readonly roll: Of<typeof Entry>
  readonly roll_published_at: string | null
  readonly keys: Of<typeof Keys>
  readonly privates: ReadonlyMap<string, string>
  readonly release_window: Window | null
  readonly released: readonly { readonly bidder: string; readonly release: string; readonly at: string }[]
  readonly revoked: readonly { readonly bidder: string; readonly requested_at: string }[]
  readonly faults: Of<typeof Fault>
  readonly incidents: Of<typeof Incident>
  readonly withheld: With<typeof Withheld, { resolution: string; substitute: string; grounds: string; decided_at: string | null; abandoned: Of<typeof Keys> }>
  readonly spares: With<typeof Spare, { fault: string; grounds: string; evidence_hash: string; accepted_at: string | null }>
  readonly imported_at: string | null
  readonly imported: Of<typeof Imported>
  readonly announced: { readonly at: string; readonly table_hash: string; readonly max_price_fen: number } | null
  readonly confirmation_window: Window | null
  readonly confirmed: ReadonlySet<string>
  readonly objections: With<typeof Objection, { answer: string; answered_at: string | null; upheld: boolean; decision: string; grounds: string; decided_at: string | null }>
  readonly silence: Silence | null
  readonly reference: Reference | null
  readonly drawing: Drawing
  readonly given: readonly { readonly bidder: string; readonly trustee: string; readonly at: string }[]
  readonly false_shares: Of<typeof FalseShare>
  readonly faulty_deposits: Of<typeof FaultyDeposit>
}

export const NO_DRAW: Drawing = { commitments: [], opened_at: null, bids: [], uncommitted: [], window: null, reveals: [], missed: [], drawn_at: null, drawn: [] }

const BEFORE: Opening = {
  notice: null, document: null, suspended: null, suspensions: [], closed: null, counts: [], holds: [], roll: [], roll_published_at: null, keys: [],
  privates: new Map(), release_window: null, released: [], revoked: [], faults: [], incidents: [], withheld: [], spares: [], imported_at: null, imported: [],
  announced: null, confirmation_window: null, confirmed: new Set(), objections: [], silence: null, reference: null, drawing: NO_DRAW, given: [],
  false_shares: [], faulty_deposits: [],
}

const by = folding<Opening>()

/** The window that `opens` and was to end at `ends`. */
function window(opens: string, ends: string): Window {
  return { opens, planned: ends, ends, ended: null, extensions: [] }
}

function changed<T extends { readonly number: number }>(all: readonly T[], number: number, change: Partial<T>): readonly T[] {
  return all.map((one) => (one.number === number ? { ...one, ...change } : one))
}

/** Of what was found before a release is run again: faults in `kept`, and those about bids that were not opened when all others were. */
function stillFound({ faults, imported, imported_at }: Opening, kept: readonly string[]): Opening['faults'] {
  const opened = new Set(imported.flatMap((one) => (one.opened ? [one.bidder] : [])))
  return faults.filter((one) => kept.includes(one.fault) || (imported_at !== null && !opened.has(one.bidder)))
}

const lifted = by(v.object({ at: Text }), ({ at }, { suspended, suspensions }) =>
  suspended === null ? {} : { suspended: null, suspensions: [...suspensions, { ...suspended, until: at }] },
)

const GATE: Folds<Opening> = {
  'lot.noticed.v1': by(Notice, (notice) => ({ notice })),
  'lot.document-issued.v1': by(Document, (document) => ({ document })),
  'lot.suspended.v1': by(Suspension, (suspended) => ({ suspended })),
  'lot.suspension-lifted.v1': lifted,
  'lot.suspension-expired.v1': lifted,
  'lot.terminated.v1': (known) => ({ ...known, suspended: null }),
  'lot.submission-closed.v1': by(Closed, (closed) => ({ closed })),
  'lot.count-checked.v1': by(Checked, (one, { counts }) => ({ counts: [...counts, one] })),
  'lot.hold-resolved.v1': by(Hold, (one, { holds }) => ({ holds: [...holds, one] })),
  'lot.roll-published.v1': by(v.object({ at: Text, roll: v.array(Entry) }), ({ at, roll }) => ({ roll, roll_published_at: at })),
}

const RELEASE: Folds<Opening> = {
  'lot.office-keys-published.v1': by(Keys, (one, { keys }) => ({ keys: [...keys.filter((other) => other.office !== one.office), one] })),
  'lot.form-keys-published.v1': by(v.object({ office: Text, private_key: Text }), (one, { privates }) => ({
    // The first that an office published is the one that counts.
    privates: privates.has(one.office) ? privates : new Map([...privates, [one.office, one.private_key]]),
  })),
  'lot.release-ordered.v1': by(v.object({ window_opens: Text, window_ends: Text }), (one) => ({ release_window: window(one.window_opens, one.window_ends) })),
  'lot.key-released.v1': by(v.object({ bidder: Text, release: Text, at: Text }), (one, { released }) => ({
    released: [...released.filter((other) => other.bidder !== one.bidder), one],
  })),
  'lot.window-ended.v1': by(v.object({ at: Text }), ({ at }, { release_window }) => (release_window === null ? {} : { release_window: { ...release_window, ended: at } })),
  'lot.window-extended.v1': by(v.object({ window: Text, ...Extension.entries }), ({ window: name, ...one }, known) => extended(known, name, one)),
  'lot.bid-revoked.v1': by(v.object({ bidder: Text, requested_at: Text }), (one, { revoked }) => ({ revoked: [...revoked, one] })),
  'lot.spare-handed-in.v1': by(Spare, (one, { spares }) => ({ spares: [...spares, { ...one, fault: '', grounds: '', evidence_hash: '', accepted_at: null }] })),
  'lot.spare-accepted.v1': by(v.object({ bidder: Text, fault: Text, reason: Text, evidence_hash: Text, at: Text }), ({ bidder, fault, reason, evidence_hash, at }, { spares }) => ({
    spares: spares.map((one) => (one.bidder === bidder ? { ...one, fault, grounds: reason, evidence_hash, accepted_at: at } : one)),
  })),
  'lot.key-withheld-reported.v1': by(Withheld, (one, { withheld }) => ({
    withheld: [...withheld, { ...one, resolution: '', substitute: '', grounds: '', decided_at: null, abandoned: [] }],
  })),
  'lot.withheld-key-decided.v1': by(v.object({ number: Count, resolution: Text, substitute: Text, reason: Text, at: Text }), (one, known) => {
    const { withheld, keys } = known
    const rerun = one.resolution === 'rerun'
    // Run again for the evaluation's keys, what was opened stays open.
    const opened = withheld.some((other) => other.number === one.number && other.key === 'evaluation')
    const { resolution, substitute, reason: grounds, at: decided_at } = one
    const decided = changed(withheld, one.number, { resolution, substitute, grounds, decided_at, abandoned: rerun ? keys : [] })
    if (!rerun) return { withheld: decided }
    const privates = opened ? known.privates : new Map<string, string>()
    // As after a remedy: only what was the bidder's doing stays found.
    return { withheld: decided, keys: [], privates, released: [], release_window: null, faults: stillFound(known, ['BIDDER']) }
  }),
  'lot.fault-decided.v1': by(Fault, (one, { faults }) => ({ faults: [...faults.filter((other) => other.bidder !== one.bidder), one] })),
  'lot.incident-opened.v1': by(v.omit(Incident, ['ended']), (one, { incidents }) => ({ incidents: [...incidents, { ...one, ended: null }] })),
  'lot.incident-closed.v1': by(v.object({ number: Count, cause: Text, ended: Text }), ({ number, cause, ended }, { incidents }) => ({
    incidents: changed(incidents, number, { cause, ended }),
  })),
  'lot.bids-imported.v1': by(v.object({ at: Text, results: v.array(Imported) }), ({ at, results }) => ({ imported: results, imported_at: at })),
  'lot.escrow-shares-given.v1': by(v.object({ bidder: Text, trustee: Text, at: Text }), (one, { given }) => ({ given: [...given, one] })),
  'lot.escrow-false-share.v1': by(FalseShare, (one, { false_shares }) => ({ false_shares: [...false_shares, one] })),
  'lot.escrow-deposit-faulted.v1': by(FaultyDeposit, (one, { faulty_deposits }) => ({ faulty_deposits: [...faulty_deposits, one] })),
}

const Decided = v.object({ number: Count, decision: Text, reason: Text, at: Text })
const Ended = v.object({ at: Text, silent: v.array(Text), silence_accepts: v.boolean(), rule: Text, absent: v.optional(v.array(Text), []), absence: v.optional(Text, '') })

const ANNOUNCING: Folds<Opening> = {
  'lot.prices-announced.v1': by(v.object({ at: Text, table_hash: Text, max_price_fen: Count, confirm_until: Text }), ({ at, table_hash, max_price_fen, confirm_until }) => ({
    announced: { at, table_hash, max_price_fen },
    confirmation_window: window(at, confirm_until),
    confirmed: new Set<string>(),
    silence: null,
  })),
  'lot.bidder-confirmed.v1': by(v.object({ bidder: Text }), ({ bidder }, { confirmed }) => ({ confirmed: new Set([...confirmed, bidder]) })),
  'lot.opening-objection-raised.v1': by(Objection, (one, { objections }) => ({
    objections: [...objections, { ...one, answer: '', answered_at: null, upheld: false, decision: '', grounds: '', decided_at: null }],
  })),
  'lot.opening-objection-answered.v1': by(v.object({ number: Count, answer: Text, at: Text, upheld: v.optional(v.boolean(), false) }), (one, { objections }) => ({
    objections: changed(objections, one.number, { answer: one.answer, answered_at: one.at, upheld: one.upheld }),
  })),
  'lot.opening-objection-decided.v1': by(Decided, (one, { objections }) => ({
    objections: changed(objections, one.number, { decision: one.decision, grounds: one.reason, decided_at: one.at }),
  })),
  'lot.confirmation-closed.v1': by(Ended, ({ at, silent, silence_accepts, rule, absent, absence }, { confirmation_window }) => ({
    // Who was absent is left out where nobody was: a record signed before that was asked is written the same.
    silence: { at, silent, accepts: silence_accepts, rule, ...(absent.length > 0 && { absent }), ...(absence !== '' && { absence }) },
    confirmation_window: confirmation_window && { ...confirmation_window, ended: at },
  })),
  'lot.reference-price-committed.v1': by(v.object({ commitment: Text, at: Text }), ({ commitment, at }) => ({
    reference: { commitment, committed_at: at, fen: null, salt: '', revealed_at: null, abandoned: '' },
  })),
  'lot.reference-price-revealed.v1': by(v.object({ reference_fen: Count, salt: Text, at: Text }), ({ reference_fen, salt, at }, { reference }) => ({
    reference: reference && { ...reference, fen: reference_fen, salt, revealed_at: at },
  })),
  'lot.reference-price-abandoned.v1': by(v.object({ reason: Text }), ({ reason }, { reference }) => ({ reference: reference && { ...reference, abandoned: reason } })),
}

const Opened = v.object({ at: Text, bids: v.array(v.unknown()), uncommitted: v.array(Text), until: DrawEnd })

const DRAWING: Folds<Opening> = {
  'lot.draw-committed.v1': by(v.object({ office: Text, commitment: Text, reserve: Text, by: Text, at: Text }), (said, { drawing }) => {
    const { at } = said
    const found = [[said.office, said.commitment], ['reserve', said.reserve]] as const
    const committed = found.flatMap(([source, commitment]) => (commitment === '' ? [] : [{ source, commitment, by: said.by, at }]))
    return { drawing: { ...drawing, commitments: [...drawing.commitments, ...committed] } }
  }),
  'lot.draw-opened.v1': by(Opened, ({ at, bids, uncommitted, until }, { drawing }) => ({
    drawing: { ...drawing, opened_at: at, bids, uncommitted, window: next(at, until) },
  })),
  'lot.draw-revealed.v1': by(v.object({ source: Text, value: Text, by: Text, at: Text, until: DrawEnd }), ({ until, ...one }, { drawing }) => ({
    drawing: { ...drawing, reveals: [...drawing.reveals, one], window: next(one.at, until) },
  })),
  'lot.draw-reveal-missed.v1': by(v.object({ source: Text, at: Text, until: DrawEnd }), ({ until, ...one }, { drawing }) => ({
    drawing: { ...drawing, missed: [...drawing.missed, one], window: next(one.at, until) },
  })),
  'lot.coefficients-drawn.v1': by(v.object({ at: Text, drawn: v.array(v.unknown()) }), ({ at, drawn }, { drawing }) => ({ drawing: { ...drawing, drawn, drawn_at: at } })),
}

function next(at: string, until: string | null): Window | null {
  return until === null ? null : window(at, until)
}

/** A window that had ended is open again, and what was found about who missed it falls (R-OPEN-09, R-INC-01). */
function extended(known: Opening, name: string, one: v.InferOutput<typeof Extension>): Partial<Opening> {
  const longer = (open: Window, ended: string | null): Window => ({ ...open, ends: one.until, ended, extensions: [...open.extensions, one] })
  if (name === 'reveal') {
    const { window: open } = known.drawing
    return open === null ? {} : { drawing: { ...known.drawing, window: longer(open, open.ended) } }
  }
  const part = name === 'release' ? 'release_window' : 'confirmation_window'
  const open = known[part]
  if (open === null) return {}
  const again = { [part]: longer(open, null) }
  if (open.ended === null) return again
  if (name === 'confirmation') return { ...again, silence: null }
  return { release_window: longer(open, null), faults: stillFound(known, one.reason === 'remedy' ? ['BIDDER'] : []) }
}

const FOLDS: Folds<Opening> = { ...GATE, ...RELEASE, ...ANNOUNCING, ...DRAWING }

/** Whose bids are shut, and whose doing that was found to be. */
export function faultsOf(events: readonly Event[]): Opening['faults'] {
  return folded(RELEASE, BEFORE, events).faults
}

/** ValiError for fields of another shape. */
export function openingOf(events: readonly Event[]): Opening {
  return folded(FOLDS, BEFORE, events)
}
