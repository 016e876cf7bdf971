/** The opening's fold: the same as `bidding/domain/opening/state.py`, tested on the same recorded opening. */

import type { AnyEvent, HallEvent, HallEvents, Opening, Topic } from './events'

type Fold<T extends Topic> = (opening: Opening, event: HallEvents[T]) => Partial<Opening>
type Window = NonNullable<Opening['release_window']>

/** The event's own fields under their own names, as far as the part of the state has them. */
function taken<T extends object, K extends keyof T>(event: T, ...names: K[]): Pick<T, K> {
  return Object.fromEntries(names.map((name) => [name, event[name]])) as Pick<T, K>
}

const extended: Fold<'lot.window-extended.v1'> = (opening, event) => {
  const part = event.window === 'release' ? 'release_window' : 'confirmation_window'
  const window = opening[part]
  if (!window) return {}
  const extension = taken(event, 'reason', 'text', 'until', 'minutes', 'at')
  const longer: Window = { ...window, ends: event.until, ended: null, extensions: [...window.extensions, extension] }
  if (!window.ended) return { [part]: longer }
  if (event.window === 'confirmation') return { confirmation_window: longer, silence: null }
  // The window is open again: what was found about who missed it falls (R-OPEN-09, R-INC-01).
  return { release_window: longer, faults: stillFound(opening, (fault) => event.reason === 'remedy' && fault.fault === 'BIDDER') }
}

/** The findings that are kept, and those about bids that were not opened when all others were. */
function stillFound(opening: Opening, kept: (fault: Opening['faults'][number]) => boolean): Opening['faults'] {
  const opened = new Set(opening.imported.filter((one) => one.opened).map(({ bidder }) => bidder))
  return opening.faults.filter((fault) => kept(fault) || (opening.imported_at !== null && !opened.has(fault.bidder)))
}

const RUNNING = { ended_at: null, reason: '', recording: null }

/** What has ended, or whose hash is on record. */
function aired<T extends { readonly number: number }>(known: readonly T[], event: HallEvents['lot.broadcast-ended.v1' | 'lot.recording-kept.v1']): T[] {
  const change =
    'sha256' in event ? { recording: taken(event, 'sha256', 'length', 'pieces', 'at') } : { ended_at: event.at, reason: event.reason }
  return known.map((one) => (one.number === event.number ? { ...one, ...change } : one))
}

const folds: { [T in Topic]?: Fold<T> } = {
  'lot.submission-closed.v1': (_, e) => ({ closed_at: e.at, deadline: e.deadline, received: e.received }),
  'lot.count-checked.v1': (o, e) => ({
    counts: [...o.counts, taken(e, 'stage', 'decision', 'received', 'counted', 'opened', 'at')],
  }),
  'lot.failed.v1': (_, e) => ({ failure: taken(e, 'reason', 'decision', 'rule', 'at') }),
  'lot.roll-published.v1': (_, e) => ({ roll: e.roll, roll_published_at: e.at }),
  'lot.office-keys-published.v1': (o, e) => ({
    office_keys: [
      ...o.office_keys.filter((keys) => keys.office !== e.office),
      taken(e, 'office', 'session', 'forms_key', 'evaluation_key', 'announcement', 'announcement_signature', 'by'),
    ],
  }),
  'lot.release-ordered.v1': (_, e) => ({
    release_window: { opens: e.window_opens, planned: e.window_ends, ends: e.window_ends, ended: null, extensions: [] },
  }),
  'lot.key-released.v1': (o, e) => ({
    released: [
      ...o.released.filter((old) => old.bidder !== e.bidder),
      {
        ...taken(e, 'bidder', 'release', 'release_signature', 'receipt_number', 'at'),
        times: (o.released.find((old) => old.bidder === e.bidder)?.times ?? 0) + 1,
      },
    ],
  }),
  'lot.key-withheld-reported.v1': (o, e) => ({
    withheld: [
      ...o.withheld,
      {
        ...taken(e, 'number', 'office', 'exposed', 'text', 'evidence_hash', 'reporter', 'at'),
        ...(e.key === undefined ? {} : { key: e.key }),
        resolution: '', substitute: '', grounds: '', decided_at: null, abandoned: [],
      },
    ],
  }),
  'lot.withheld-key-decided.v1': (o, e) => {
    const rerun = e.resolution === 'rerun'
    const withheld = o.withheld.map((known) =>
      known.number === e.number
        ? { ...known, ...taken(e, 'resolution', 'substitute'), grounds: e.reason, decided_at: e.at, abandoned: rerun ? o.office_keys : [] }
        : known,
    )
    if (!rerun) return { withheld }
    // Of one for the evaluation what was opened stays open; only who kept an opened bid shut is heard anew.
    const again = withheld.some(({ number, key }) => number === e.number && key === 'evaluation')
    const faults = stillFound(o, ({ fault }) => fault === 'BIDDER')
    const form_keys = again ? o.form_keys : []
    return { withheld, office_keys: [], form_keys, evaluation_keys: [], released: [], release_window: null, rerun: again, faults }
  },
  'lot.spare-handed-in.v1': (o, e) => ({
    spares: [
      ...o.spares,
      { ...taken(e, 'bidder', 'sha256', 'length', 'reason', 'at'), fault: '', grounds: '', evidence_hash: '', accepted_at: null },
    ],
  }),
  'lot.spare-accepted.v1': (o, e) => ({
    spares: o.spares.map((known) =>
      known.bidder === e.bidder
        ? { ...known, ...taken(e, 'fault', 'evidence_hash'), grounds: e.reason, accepted_at: e.at }
        : known,
    ),
  }),
  'lot.help-requested.v1': (o, e) => ({ help: [...o.help, { ...taken(e, 'bidder', 'text', 'at'), answer: '', answered_at: null }] }),
  'lot.help-answered.v1': (o, e) => ({
    help: o.help.map((asked, place) => (place === e.number - 1 ? { ...asked, answer: e.answer, answered_at: e.at } : asked)),
  }),
  'lot.room-opened.v1': (_, e) => ({ room: taken(e, 'procedure', 'chair', 'reader', 'monitor', 'at') }),
  'lot.announcement-made.v1': (o, e) => ({ announcements: [...o.announcements, taken(e, 'number', 'by', 'text', 'at')] }),
  'lot.message-said.v1': (o, e) => ({ messages: [...o.messages, taken(e, 'number', 'by', 'text', 'at')] }),
  'lot.broadcast-started.v1': (o, e) => ({ broadcasts: [...o.broadcasts, { ...taken(e, 'number', 'source', 'by', 'at', 'until'), ...RUNNING }] }),
  'lot.broadcast-ended.v1': (o, e) => ({ broadcasts: aired(o.broadcasts, e) }),
  'lot.recording-kept.v1': (o, e) => ({ broadcasts: aired(o.broadcasts, e) }),
  'lot.word-given.v1': (o, e) => ({ words: [...o.words, { ...taken(e, 'number', 'bidder', 'by', 'at', 'until'), ...RUNNING }] }),
  'lot.word-ended.v1': (o, e) => ({ words: aired(o.words, e) }),
  'lot.speech-kept.v1': (o, e) => ({ words: aired(o.words, e) }),
  'lot.window-ended.v1': (o, e) => (o.release_window ? { release_window: { ...o.release_window, ended: e.at } } : {}),
  'lot.window-extended.v1': extended,
  'lot.bid-revoked.v1': (o, e) => ({ revoked: [...o.revoked, taken(e, 'bidder', 'requested_at', 'consequence')] }),
  'lot.incident-opened.v1': (o, e) => ({
    incidents: [...o.incidents, { ...taken(e, 'number', 'kind', 'cause', 'began'), ended: null }],
  }),
  'lot.incident-closed.v1': (o, e) => ({
    incidents: o.incidents.map((known) =>
      known.number === e.number ? { ...known, ended: e.ended, cause: e.cause } : known,
    ),
  }),
  'lot.fault-decided.v1': (o, e) => ({
    faults: [
      ...o.faults.filter((known) => known.bidder !== e.bidder),
      taken(e, 'bidder', 'fault', 'outcome', 'term', 'consequence', 'evidence', 'evidence_hash', 'by', 'at'),
    ],
  }),
  'lot.hold-resolved.v1': (o, e) => ({ holds: [...o.holds, taken(e, 'resolution', 'reason', 'by', 'at')] }),
  'lot.form-keys-published.v1': (o, e) => ({
    form_keys: [...o.form_keys, { office: e.office, key: e.private_key, at: e.at }],
  }),
  'lot.bids-imported.v1': (_, e) => ({ imported: e.results, imported_at: e.at }),
  'lot.evaluation-keys-disclosed.v1': (o, e) => ({
    evaluation_keys: [...o.evaluation_keys, { office: e.office, key: e.sealed_key, at: e.at }],
  }),
  'lot.prices-announced.v1': (_, e) => ({
    announcement: taken(e, 'at', 'table', 'table_hash', 'max_price_fen'),
    confirmation_window: { opens: e.at, planned: e.confirm_until, ends: e.confirm_until, ended: null, extensions: [] },
    confirmed: [],
    silence: null,
  }),
  'lot.bidder-confirmed.v1': (o, e) => ({ confirmed: [...o.confirmed, taken(e, 'bidder', 'at')] }),
  'lot.opening-objection-raised.v1': (o, e) => ({
    objections: [
      ...o.objections,
      {
        ...taken(e, 'number', 'bidder', 'kind', 'text', 'at'),
        answer: '', answered_at: null, upheld: false, decision: '', grounds: '', decided_at: null,
      },
    ],
  }),
  'lot.opening-objection-answered.v1': (o, e) => ({
    objections: o.objections.map((known) =>
      known.number === e.number ? { ...known, answer: e.answer, answered_at: e.at, upheld: e.upheld ?? false } : known,
    ),
  }),
  'lot.opening-objection-decided.v1': (o, e) => ({
    objections: o.objections.map((known) =>
      known.number === e.number ? { ...known, decision: e.decision, grounds: e.reason, decided_at: e.at } : known,
    ),
  }),
  'lot.confirmation-closed.v1': (o, e) => ({
    silence: {
      at: e.at, silent: e.silent, accepts: e.silence_accepts, rule: e.rule,
      // Left out where nobody was absent, as the platform does.
      ...(e.absent?.length ? { absent: e.absent, absence: e.absence ?? '' } : {}),
    } as NonNullable<Opening['silence']>,
    confirmation_window: o.confirmation_window ? { ...o.confirmation_window, ended: e.at } : o.confirmation_window,
  }),
  'lot.record-signed.v1': (o, e) => ({
    signatures: [
      ...o.signatures.filter((known) => known.office !== e.office),
      taken(e, 'office', 'record_hash', 'by', 'at'),
    ],
  }),
  'lot.opening-ended.v1': (_, e) => ({ record: e.record, record_hash: e.record_hash, ended_at: e.at }),
}

/** The opening after one more event; null for an event that is none of the opening's. */
export function foldOpening(opening: Opening, event: AnyEvent): Opening | null {
  const fold = folds[event.type as Topic] as ((o: Opening, e: HallEvent) => Partial<Opening>) | undefined
  return fold ? { ...opening, ...fold(opening, event as HallEvent) } : null
}

/** Before anything of the opening happened. */
export const UNOPENED = {
  closed_at: null, deadline: null, received: 0, counts: [], failure: null, roll: [], roll_published_at: null,
  office_keys: [], release_window: null, released: [], spares: [], withheld: [], help: [], incidents: [], faults: [], revoked: [], holds: [],
  form_keys: [], imported_at: null, imported: [], announcement: null, confirmation_window: null, confirmed: [],
  room: null, announcements: [], messages: [], broadcasts: [], words: [],
  objections: [], silence: null, signatures: [], record: '', record_hash: '', ended_at: null, evaluation_keys: [],
} as Partial<Opening> as Opening // parts that the platform adds are absent here until this fold knows them
