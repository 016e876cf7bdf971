import { describe, expect, test } from 'vitest'

import { UNOPENED as FOLDED } from '@/live/opening'

import { awaited, steps, undecided, unanswered, type Opening } from './opening-steps'

/** As the platform tells it, with what the live fold leaves out. */
const UNOPENED: Opening = {
  ...FOLDED,
  draw_anchor: '',
  reference: null,
  drawing: { commitments: [], opened_at: null, bids: [], uncommitted: [], window: null, reveals: [], missed: [], drawn_at: null, drawn: [] },
}
const at = '2026-03-25T01:40:00Z'
const key = (office: string) => ({ office, session: 's', forms_key: 'k', evaluation_key: 'e', announcement: '', announcement_signature: '', by: '' })
const bidder = (name: string) => ({
  bidder: name, name, uscc: '', manifest_hash: '', bid_version: 1, document_version: 1, receipt_number: '', completed_at: at, deposit_state: 'WAIVED',
  signed_in: true, consortium: [], agreement_sha256: '', qualifications: [], signed_in_at: null, deposit_asked_fen: null,
})
const released = (name: string) => ({ bidder: name, release: '', release_signature: '', receipt_number: '', at, times: 1 })
const window = (ended: string | null) => ({ opens: at, planned: at, ends: at, ended, extensions: [] })

function turn(changes: Partial<Opening>, draws = false, alone = false): string[] {
  return awaited(steps({ ...UNOPENED, ...changes }, { draws, alone }))
}

describe('whose turn it is at an opening (R-OPEN-22…30)', () => {
  const closed = { closed_at: at, roll: [bidder('a'), bidder('b')] }
  const keyed = { ...closed, roll_published_at: at, office_keys: [key('agency'), key('supervisor')] }
  const over = { ...keyed, release_window: window(at), released: [released('a'), released('b')] }

  test.each<[string, Partial<Opening>, string[]]>([
    ['before the deadline the platform', {}, ['platform']],
    ['after it the host, with the roll', closed, ['host']],
    ['then both offices, with their keys', { ...closed, roll_published_at: at }, ['host', 'supervisor']],
    ['with one key the other office alone', { ...closed, roll_published_at: at, office_keys: [key('agency')] }, ['supervisor']],
    ['with both the host, with the order', keyed, ['host']],
    ['in the window the bidders', { ...keyed, release_window: window(null) }, ['bidders']],
    ['after it both offices, with the form keys', over, ['host', 'supervisor']],
    ['but the supervisor first where a release is missing', { ...over, released: [released('a')] }, ['supervisor']],
    ['then the platform, with the import', { ...over, form_keys: [{ office: 'agency', key: '', at }, { office: 'supervisor', key: '', at }] }, ['platform']],
  ])('%s', (_, changes, expected) => {
    expect(turn(changes)).toEqual(expected)
  })

  test.each<[string, Partial<Opening>, string[]]>([
    ['after the roll the host, with the order', { ...closed, roll_published_at: at }, ['host']],
    ['in the window the trustees', { ...closed, roll_published_at: at, release_window: window(null) }, ['trustees']],
    ['after it the platform, with the import', { ...over, office_keys: [] }, ['platform']],
    ['but the supervisor first where shares are missing', { ...over, office_keys: [], released: [released('a')] }, ['supervisor']],
  ])('where trustees alone open: %s (R-BID-06)', (_, changes, expected) => {
    expect(turn(changes, false, true)).toEqual(expected)
  })

  test('who failed to release, or whose bid did not open, waits for a finding until there is one', () => {
    const missing: Opening = { ...UNOPENED, ...over, released: [released('a')] }
    expect(undecided(missing)).toEqual(['b'])
    const fault = { bidder: 'b', fault: 'BIDDER', outcome: '', term: '', consequence: '', evidence: '', evidence_hash: '', by: '', at }
    expect(undecided({ ...missing, faults: [fault] })).toEqual([])
    const broken = { bidder: 'a', opened: false, form_key: '', form: null, plaintext_sha256: '', layer: 'aead', evidence: '' }
    expect(undecided({ ...missing, faults: [fault], imported: [broken] })).toEqual(['a'])
  })

  test('a bid that trustees or a spare open waits for no keys, nor for a finding', () => {
    const missing: Opening = { ...UNOPENED, ...over, released: [released('a')] }
    expect(undecided(missing, ['b'])).toEqual([])
    const spare = { bidder: 'b', sha256: '', length: 1, reason: '', at, fault: '', grounds: '', evidence_hash: '', accepted_at: null }
    expect(undecided({ ...missing, spares: [spare] })).toEqual(['b'])
    expect(undecided({ ...missing, spares: [{ ...spare, accepted_at: at }] })).toEqual([])
    expect(awaited(steps(missing, { recovered: ['b'] }))).toEqual(['host', 'supervisor'])
  })

  test('what trustees opened goes on to the announcement, without releases and without an office’s form key (R-BID-06, R-BID-07)', () => {
    const opened = ['a', 'b'].map((name) => ({ bidder: name, opened: true, form_key: '', form: null, plaintext_sha256: '', layer: '', evidence: '' }))
    const imported = { ...over, released: [], imported_at: at, imported: opened }
    for (const alone of [true, false]) {
      const list = steps({ ...UNOPENED, ...imported }, { alone, recovered: ['a', 'b'] })
      expect(list.filter((one) => one.state === 'now').map(({ name }) => name)).toEqual(['announce'])
    }
  })

  test('run again for the evaluation, the release is of the bids that were opened (R-OPEN-24)', () => {
    const tried = [true, false].map((opened, n) => ({ bidder: ['a', 'b'][n] ?? '', opened, form_key: '', form: null, plaintext_sha256: '', layer: '', evidence: '' }))
    const fault = { bidder: 'b', fault: 'BIDDER', outcome: '', term: '', consequence: '', evidence: '', evidence_hash: '', by: '', at }
    const ended = {
      ...over, form_keys: [{ office: 'agency', key: '', at }, { office: 'supervisor', key: '', at }], imported_at: at, imported: tried, faults: [fault],
      announcement: { at, table: [], table_hash: '', max_price_fen: 0 }, silence: { at, silent: [], accepts: true, rule: '', absent: [], absence: '' },
      signatures: ['agency', 'supervisor'].map((office) => ({ office, record_hash: '', by: '', at })), rerun: true, released: [],
    }
    expect(turn({ ...ended, office_keys: [], release_window: null })).toEqual(['host', 'supervisor'])
    expect(turn({ ...ended, release_window: null })).toEqual(['host'])
    expect(turn({ ...ended, release_window: window(null) })).toEqual(['bidders'])
    expect(turn(ended)).toEqual(['supervisor'])
    expect(turn({ ...ended, released: [released('a')] })).toEqual([])
  })

  test('where coefficients are drawn the reveals come before the announcement, by who is asked for the next (R-DRAW-02)', () => {
    const commitment = (source: 'agency' | 'supervisor') => ({ source, commitment: '', by: '', at })
    const committed = { ...UNOPENED.drawing, commitments: [commitment('supervisor'), commitment('agency')] }
    expect(turn({}, true)).toEqual(['host', 'platform'])
    expect(turn({ drawing: committed }, true)).toEqual(['platform'])
    const imported = { ...over, form_keys: [{ office: 'agency', key: '', at }, { office: 'supervisor', key: '', at }], imported_at: at }
    const revealed = (...sources: ('agency' | 'supervisor' | 'beacon')[]) => ({ ...committed, opened_at: at, reveals: sources.map((source) => ({ source, value: '', by: '', at })) })
    expect(turn({ ...imported, drawing: revealed() }, true)).toEqual(['supervisor'])
    expect(turn({ ...imported, drawing: revealed('supervisor') }, true)).toEqual(['host'])
    const drawn = { ...revealed('supervisor', 'agency', 'beacon'), drawn: [{ coefficient: 'k' as const, value: '0.03', seed: '', transcript: '' }] }
    expect(steps({ ...UNOPENED, ...imported, drawing: drawn }, { draws: true }).find((one) => one.state === 'now')?.name).toBe('announce')
  })

  test('a reference price is published before the record is signed (R-ENG-19)', () => {
    const reference = { commitment: '', committed_at: at, fen: null, salt: '', revealed_at: null, abandoned: '' }
    const announced = {
      ...over, form_keys: [{ office: 'agency', key: '', at }, { office: 'supervisor', key: '', at }], imported_at: at, reference,
      announcement: { at, table: [], table_hash: '', max_price_fen: 0 }, silence: { at, silent: [], accepts: true, rule: '', absent: [], absence: '' },
    }
    const due = (changes: Partial<Opening>) => steps({ ...UNOPENED, ...announced, ...changes }).filter((one) => one.state === 'now').map(({ name }) => name)
    expect(due({})).toEqual(['reference'])
    expect(due({ reference: { ...reference, fen: 1 } })).toEqual(['agencySign', 'supervisorSign'])
  })

  test('an objection is the host’s turn, beside the bidders who may still confirm', () => {
    const objection = { number: 1, bidder: 'a', kind: 'objection', text: '?', at, answer: '', answered_at: null, upheld: false, decision: '', grounds: '', decided_at: null }
    const announced = {
      ...over, form_keys: [{ office: 'agency', key: '', at }, { office: 'supervisor', key: '', at }], imported_at: at,
      announcement: { at, table: [], table_hash: '', max_price_fen: 0 }, confirmation_window: window(null), objections: [objection],
    }
    expect(turn(announced)).toEqual(['bidders', 'host'])
    expect(unanswered({ ...UNOPENED, ...announced })).toHaveLength(1)
    const answered = { ...announced, objections: [{ ...objection, answered_at: at }], silence: { at, silent: [], accepts: true, rule: '', absent: [], absence: '' } }
    expect(turn(answered)).toEqual(['host', 'supervisor'])
  })
})
