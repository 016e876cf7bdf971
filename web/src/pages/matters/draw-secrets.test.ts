import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'

import { b64, unb64 } from '@/crypto/bytes'
import { commitment, link } from '@/crypto/draws'

import { anchorOf, awaitedSource, commitments, holdsDraw, reveal, type Drawing } from './draw-secrets'

const NONE: Drawing = { commitments: [], reveals: [], missed: [], opened_at: null }

test('what an office reveals is what it bound itself to, before and after a reload (R-DRAW-02)', async () => {
  const bound = await commitments('lot-1', 'agency', 'a')
  expect(await commitments('lot-1', 'agency', 'a')).toEqual(bound)
  expect(await commitment(['lot-1', 'a', 'agency'], unb64((await reveal('lot-1', 'agency')).value))).toBe(bound.commitment)
  expect(await commitment(['lot-1', 'a', 'reserve'], unb64((await reveal('lot-1', 'reserve')).value))).toBe(bound.reserve)
  const { anchor } = await anchorOf('lot-1')
  expect(b64(await link('lot-1', unb64((await reveal('lot-1', 'beacon')).value)))).toBe(anchor)
})

test('a device that did not make them says so before it is asked to reveal', async () => {
  const { commitment: said } = await commitments('lot-2', 'supervisor', 's')
  const drawing = { ...NONE, commitments: [{ source: 'supervisor', commitment: said, by: 's' }] }
  expect(await holdsDraw('lot-2', 'supervisor', drawing, '')).toBe(true)
  expect(await holdsDraw('lot-2', 'supervisor', { ...drawing, commitments: [{ source: 'supervisor', commitment: 'f'.repeat(64), by: 's' }] }, '')).toBe(false)
  expect(await holdsDraw('lot-3', 'supervisor', drawing, '')).toBe(false)
})

test('the reveals come in the declared order, the reserve only where the beacon failed', () => {
  const commitmentsMade = ['supervisor', 'agency', 'reserve'].map((source) => ({ source, commitment: '', by: '' }))
  const at = (reveals: string[], missed: string[] = []): string | null =>
    awaitedSource({ commitments: commitmentsMade, reveals: reveals.map((source) => ({ source })), missed: missed.map((source) => ({ source })), opened_at: 'then' })
  expect(awaitedSource(NONE)).toBe(null)
  expect(at([])).toBe('supervisor')
  expect(at(['supervisor'])).toBe('agency')
  expect(at(['supervisor', 'agency'])).toBe('beacon')
  expect(at(['supervisor', 'agency', 'beacon'])).toBe(null)
  expect(at(['supervisor', 'agency'], ['beacon'])).toBe('reserve')
  expect(awaitedSource({ ...NONE, opened_at: 'then' })).toBe('beacon')
})
