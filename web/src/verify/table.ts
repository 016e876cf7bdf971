/** What was read out, the 标底, and the opening record that both offices signed. */

import * as v from 'valibot'

import { digest, utf8 } from '@/crypto/bytes'
import { canonical, canonicalText, parseCanonical } from '@/crypto/canonical'

import { all, first, last, places, type Read } from './events'
import { Announced, Closed, FormKey, Noticed, OfficeKeys, Released, type Imported, type Roll } from './shapes'
import { demand } from './steps'

/** How many lines were announced, or null where nothing was yet. */
export async function checkTable(read: Read, imported: Imported): Promise<number | null> {
  const forms = new Map(imported.results.map((one) => [one.bidder, one.form]))
  const announcements = all(read, 'lot.prices-announced.v1', Announced)
  for (const one of announcements) {
    demand((await digest(canonical(one.table))) === one.table_hash, 'table', 'hash differs')
    for (const row of one.table) {
      const same = row.form === null || canonicalText(row.form) === canonicalText(forms.get(row.bidder) ?? null)
      demand(same, 'table', `${row.bidder}: other values`)
    }
  }
  return announcements.at(-1)?.table.length ?? null
}

/** 标底: as committed to before the deadline. */
export async function checkReference(read: Read): Promise<boolean> {
  const revealed = first(read, 'lot.reference-price-revealed.v1', v.object({ reference_fen: v.number(), salt: v.string() }))
  if (revealed === undefined) return false
  const committed = first(read, 'lot.reference-price-committed.v1', v.object({ commitment: v.string() }))
  const again = await digest(canonical({ lot: read.record.lot, reference_fen: revealed.reference_fen, salt: revealed.salt }))
  demand(committed?.commitment === again, '标底', 'not the one committed to')
  return true
}

const Ended = v.object({ record: v.string(), record_hash: v.string() })
const Signature = v.object({ office: v.string(), record_hash: v.string() })
const Recorded = v.looseObject({
  lot: v.looseObject({ id: v.string(), number: v.string(), notice_hash: v.string(), tenderer: v.string(), agency: v.string(), ruleset: v.string() }),
  closed: v.object({ at: v.string(), deadline: v.string(), received: v.number() }),
  sessions: v.array(
    v.object({
      office: v.string(),
      session: v.string(),
      forms_key: v.string(),
      evaluation_key: v.string(),
      form_private_key: v.nullable(v.string()),
    }),
  ),
  imported_at: v.nullable(v.string()),
  bids: v.array(
    v.looseObject({
      bidder: v.looseObject({ bidder: v.string(), name: v.string(), manifest_hash: v.string(), receipt_number: v.string() }),
      released_at: v.nullable(v.string()),
      release_sha256: v.nullable(v.string()),
      outcome: v.string(),
      term: v.string(),
      counts_toward_three: v.boolean(),
      consequence: v.string(),
      may_claim_loss: v.boolean(),
      form: v.nullable(v.looseObject({})),
      plaintext_sha256: v.nullable(v.string()),
      confirmation: v.string(),
    }),
  ),
  announced: v.object({ at: v.nullable(v.string()), table_hash: v.nullable(v.string()), max_price_fen: v.nullable(v.number()) }),
  objections: v.array(v.unknown()),
})
type Recorded = v.InferOutput<typeof Recorded>

/**
 * The record says of every bid what the events say, and both offices signed just this text. (`bidding verify` goes
 * further: it makes the whole text again from the events.)
 */
export async function checkOpeningRecord(read: Read, roll: Roll, imported: Imported): Promise<boolean> {
  const ended = first(read, 'lot.opening-ended.v1', Ended)
  if (ended === undefined) return false
  const record = parseCanonical(utf8(ended.record), Recorded)
  const announced = last(read, 'lot.prices-announced.v1', Announced)
  sameHead(read, record, announced)
  demand(record.imported_at === imported.at, 'opening record', 'another instant of the import')
  demand(record.bids.length === roll.roll.length, 'opening record', 'not one line for every bidder')
  for (const [number, entry] of roll.roll.entries()) {
    const bid = record.bids[number]
    const where = `${entry.bidder}: does not follow from the events`
    demand(bid !== undefined && (await sameBid(read, bid, entry, imported, announced)), 'opening record', where)
  }
  const hash = await digest(utf8(ended.record))
  const signatures = all(read, 'lot.record-signed.v1', Signature)
  const same = ended.record_hash === hash && signatures.every((one) => one.record_hash === hash)
  demand(same, 'opening record', 'signed over another text')
  const offices = new Set(signatures.map((one) => one.office))
  demand(offices.size === 2 && offices.has('agency') && offices.has('supervisor'), 'opening record', 'unsigned')
  return true
}

function sameHead(read: Read, record: Recorded, announced: v.InferOutput<typeof Announced> | undefined): void {
  const notice = last(read, 'lot.noticed.v1', Noticed)
  const closed = first(read, 'lot.submission-closed.v1', Closed)
  const { id, number, notice_hash, tenderer, agency, ruleset } = record.lot
  const named = [id, number, notice_hash, tenderer, agency, ruleset]
  const wanted = [read.record.lot, notice?.number, notice?.notice_hash, notice?.tenderer_name, notice?.agency_name, notice?.ruleset]
  demand(named.every((one, place) => one === wanted[place]), 'opening record', 'of another lot')
  const close = closed && { at: closed.at, deadline: record.closed.deadline, received: closed.received }
  const intime = Date.parse(record.closed.deadline) === Date.parse(closed?.deadline ?? '')
  demand(intime && canonicalText(record.closed) === canonicalText(close), 'opening record', 'another deadline or count')
  const privates = new Map(all(read, 'lot.form-keys-published.v1', FormKey).map((one) => [one.office, one.private_key]))
  const sessions = new Map(all(read, 'lot.office-keys-published.v1', OfficeKeys).map((one) => [one.office, one]))
  const again = [...sessions.values()]
    .sort((left, right) => (left.office < right.office ? -1 : 1))
    .map(({ office, session, forms_key, evaluation_key }) => ({
      office,
      session,
      forms_key,
      evaluation_key,
      form_private_key: privates.get(office) ?? null,
    }))
  demand(canonicalText(record.sessions) === canonicalText(again), 'opening record', 'other session keys')
  const said = { at: announced?.at ?? null, table_hash: announced?.table_hash ?? null, max_price_fen: announced?.max_price_fen ?? null }
  demand(canonicalText(record.announced) === canonicalText(said), 'opening record', 'another announcement')
  const raised = places(read, 'lot.opening-objection-raised.v1').length
  demand(record.objections.length === raised, 'opening record', 'not every objection')
}

async function sameBid(
  read: Read,
  bid: Recorded['bids'][number],
  entry: Roll['roll'][number],
  imported: Imported,
  announced: v.InferOutput<typeof Announced> | undefined,
): Promise<boolean> {
  const { bidder } = entry
  const released = all(read, 'lot.key-released.v1', Released).filter((one) => one.bidder === bidder).at(-1)
  const opened = imported.results.find((one) => one.bidder === bidder)
  const row = announced?.table.find((one) => one.bidder === bidder)
  const confirmed = all(read, 'lot.bidder-confirmed.v1', v.object({ bidder: v.string() })).some((one) => one.bidder === bidder)
  const known = ['bidder', 'name', 'manifest_hash', 'receipt_number'] as const
  const told = ['outcome', 'term', 'counts_toward_three', 'consequence', 'may_claim_loss'] as const
  return (
    known.every((name) => bid.bidder[name] === entry[name]) &&
    bid.released_at === (released?.at ?? null) &&
    bid.release_sha256 === (released ? await digest(utf8(released.release)) : null) &&
    (bid.plaintext_sha256 ?? '') === (opened?.plaintext_sha256 ?? '') &&
    (row === undefined || told.every((name) => bid[name] === row[name])) &&
    (row === undefined || canonicalText(bid.form) === canonicalText(row.form)) &&
    (bid.confirmation === 'confirmed') === confirmed
  )
}
