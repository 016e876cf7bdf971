import { expect, test } from 'vitest'

import { givers, occasions, owed, trusteeOf, unreleased, type Lot } from './trustees'

const ROLL = [{ bidder: 'a' }, { bidder: 'b' }]
const report = (number: number, kind: string, agreed: string[], bidders = ['a']) => ({ number, kind, agreed, bidders, office: '', text: '', evidence_hash: '', at: '' })
const given = (trustee: string, bidder: string) => ({ number: 1, bidder, trustee, shares: [], at: '' })

function lot(changes: { standings?: string[]; policy?: string; escrow?: object; opening?: object } = {}): Lot {
  return {
    phase: 'opening',
    standings: changes.standings ?? [],
    notice: { terms: { key_policy: changes.policy ?? 'P2' } },
    escrow: { notary: 'n', keys: [], reports: [], given: [], false_shares: [], faulty_deposits: [], ...changes.escrow },
    opening: { roll: ROLL, released: [], faults: [], revoked: [], release_window: null, ...changes.opening },
  } as unknown as Lot
}

test('who is which trustee', () => {
  expect(trusteeOf(lot({ standings: ['member', 'host'] }), 'h')).toBe('agency')
  expect(trusteeOf(lot({ standings: ['member', 'supervisor'] }), 's')).toBe('supervisor')
  expect(trusteeOf(lot({ standings: ['member'] }), 'n')).toBe('notary')
  expect(trusteeOf(lot({ standings: ['member'] }), 'x')).toBeNull()
})

test('trustees act on reports that both offices signed, and on a withheld key at once (R-BID-07)', () => {
  const reports = [report(1, 'keys-lost', ['agency']), report(2, 'keys-lost', ['agency', 'supervisor']), report(3, 'office-withholds', ['agency'], ['a', 'b'])]
  expect(occasions(lot({ escrow: { reports } })).map(({ number }) => number)).toEqual([2, 3])
})

test('under P3 the order is the occasion, for every bid on the roll (R-BID-06)', () => {
  expect(occasions(lot({ policy: 'P3' }))).toEqual([])
  expect(occasions(lot({ policy: 'P3', opening: { release_window: {} } }))).toEqual([{ number: 0, bidders: ['a', 'b'] }])
})

test('a trustee owes what it has neither given nor said not to open', () => {
  const found = lot({ escrow: { given: [given('notary', 'a'), given('agency', 'b')], faulty_deposits: [{ trustee: 'agency', bidder: 'a', envelope: 'form', at: '' }] } })
  const occasion = { number: 1, bidders: ['a', 'b'] }
  expect(owed(found, 'notary', occasion)).toEqual(['b'])
  expect(owed(found, 'agency', occasion)).toEqual([])
  expect(givers(found, 'a')).toEqual(['notary'])
})

test('a report of lost keys names those whose keys have not come', () => {
  expect(unreleased(lot({ opening: { released: [{ bidder: 'b' }] } }))).toEqual(['a'])
})
