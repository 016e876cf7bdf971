import { expect, test } from 'vitest'

import { mattersOf } from './places'

type Lot = Parameters<typeof mattersOf>[0]
type Changes = { phase?: string; standings?: string[]; admission?: object; notice?: object; opening?: object; contract?: object; performance?: object; escrow?: object; archive?: object }

function lot({ phase = 'noticed', standings = ['anyone'], ...parts }: Changes): Lot {
  return {
    phase,
    standings,
    admission: { regime: 'ENG', promises: [], ...parts.admission },
    notice: { regime: 'ENG', published_at: 'then', prequalification: null, terms: { draw: null, key_policy: 'P1' }, ...parts.notice },
    escrow: { notary: '', ...parts.escrow },
    opening: { reference: null, ...parts.opening },
    contract: { contract_hash: '', filed_at: null, ...parts.contract },
    performance: { unified_number: '', ...parts.performance },
    archive: { erasures: [], ...parts.archive },
  } as unknown as Lot
}

test('a spectator of a plain lot is led to money and remedies only', () => {
  expect(mattersOf(lot({}))).toEqual(['money', 'remedies'])
})

test('what a lot has is linked for everybody', () => {
  const all = mattersOf(
    lot({
      phase: 'contracted',
      notice: { terms: { draw: {}, expert_draw: {}, key_policy: 'P2' }, prequalification: {} },
      opening: { reference: {} },
      contract: { filed_at: 'then' },
    }),
  )
  expect(all).toEqual(['prequalification', 'draw', 'experts', 'reference', 'money', 'remedies', 'trustees', 'performance'])
})

test('who may begin a matter is led to it before it exists', () => {
  const unpublished = { published_at: null, terms: null }
  expect(mattersOf(lot({ phase: 'admitted', standings: ['host'], notice: unpublished }))).toEqual(['prequalification', 'promises', 'trustees'])
  expect(mattersOf(lot({ phase: 'admitted', standings: ['supervisor'], notice: unpublished }))).toEqual(['draw'])
  expect(mattersOf(lot({ standings: ['host'] }))).toEqual(['reference', 'money', 'remedies'])
  expect(mattersOf(lot({ standings: ['host'], notice: { regime: 'GP' } }))).toEqual(['money', 'remedies'])
})

test('trustees are led to the ceremony once a notary is named', () => {
  const prepared = { phase: 'admitted', notice: { published_at: null, terms: null }, escrow: { notary: 'n' } }
  expect(mattersOf(lot({ ...prepared, standings: ['supervisor'] }))).toEqual(['draw', 'trustees'])
  expect(mattersOf(lot({ ...prepared, standings: ['member'] }))).toEqual(['trustees'])
})

test('who may order an erasure is led to it, and who sees an order', () => {
  expect(mattersOf(lot({ standings: ['supervisor'] }))).toEqual(['money', 'remedies', 'erasure'])
  expect(mattersOf(lot({ standings: ['operator'] }))).toEqual(['money', 'remedies'])
  expect(mattersOf(lot({ standings: ['operator'], archive: { erasures: [{ number: 1 }] } }))).toEqual(['money', 'remedies', 'erasure'])
})
