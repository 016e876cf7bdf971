/** R-ENG-30, R-GP-28: what a lead types of its consortium, and the file that its members get. */
import { expect, test } from 'vitest'

import { CanonicalError } from '@/crypto/errors'

import { agreementIn, blankConsortium, consortiumErrors, consortiumOf, readConsortium, type TypedConsortium } from './consortium'

const SHARE = { trade: ' 市政 ', grade: '2', work: '道路' }

function typed(...parties: string[]): TypedConsortium {
  return { agreement: { name: '协议.pdf', sha256: 'ab'.repeat(32) }, partners: parties.map((party) => ({ party, shares: [{ ...SHARE }] })) }
}

test('the file has what the lead typed, and is read again by a member', () => {
  const made = { lead: 'a', ...consortiumOf(typed('a', ' b ')) }
  const read = readConsortium(JSON.stringify(made))
  expect(read.partners).toEqual([
    { party: 'a', shares: [{ trade: '市政', grade: 2, work: '道路' }] },
    { party: 'b', shares: [{ trade: '市政', grade: 2, work: '道路' }] },
  ])
})

test('a consortium needs its lead first, others beside it, each once, with an agreement and shares', () => {
  expect(consortiumErrors(typed('a', 'b'), 'a', 0)).toEqual([])
  expect(consortiumErrors(blankConsortium('a'), 'a', 0)).toHaveLength(3)
  for (const parties of [['a'], ['b', 'a'], ['a', '']]) expect(consortiumErrors(typed(...parties), 'a', 0)).toHaveLength(1)
  expect(consortiumErrors(typed('a', 'b', 'b'), 'a', 0)).toHaveLength(1)
  const worst = typed('a', 'b')
  worst.partners[1] = { party: 'b', shares: [{ ...SHARE, grade: '0' }] }
  expect(consortiumErrors(worst, 'a', 0)).toHaveLength(1)
})

test('the tender may allow fewer members', () => {
  expect(consortiumErrors(typed('a', 'b', 'c'), 'a', 3)).toEqual([])
  expect(consortiumErrors(typed('a', 'b', 'c'), 'a', 2)).toHaveLength(1)
})

test('what is no consortium file is refused', () => {
  expect(() => readConsortium('{"lead":"a"}')).toThrow(CanonicalError)
  expect(() => readConsortium('nothing')).toThrow(SyntaxError)
  expect(() => readConsortium(JSON.stringify({ lead: 'a', ...consortiumOf(typed('a')) }))).toThrow(CanonicalError)
})

test('the agreement is named by its hash', async () => {
  const { sha256 } = await agreementIn(new File(['abc'], '协议.pdf'))
  expect(sha256).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad')
})
