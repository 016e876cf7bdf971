import { expect, test } from 'vitest'

import type { Lot } from '@/live/events'

import { inside, speakerOf } from './talk'

const lot = {
  notice: { host: 'agency', tenderer: 'owner' },
  opening: { roll: [{ bidder: 'a', name: '甲公司' }] },
} as unknown as Lot
const who = (party: string, ...roles: ('supervisor' | 'bidder')[]): { party: string; roles: readonly ('supervisor' | 'bidder')[] } => ({ party, roles })

test('inside are the roll, the offices and the tenderer, and nobody before the roll', () => {
  expect(['agency', 'owner', 'a'].every((party) => inside(lot, who(party, 'bidder')))).toBe(true)
  expect(inside(lot, who('s', 'supervisor'))).toBe(true)
  expect(inside(lot, who('z', 'bidder'))).toBe(false)
  expect(inside(lot, null)).toBe(false)
  expect(inside({ ...lot, opening: { ...lot.opening, roll: [] } }, who('agency'))).toBe(false)
})

test('a speaker is named as the roll names it, or by its office', () => {
  expect(speakerOf(lot, 'a')).toBe('甲公司')
  expect(new Set([speakerOf(lot, 'agency'), speakerOf(lot, 'owner'), speakerOf(lot, 's')]).size).toBe(3)
})
