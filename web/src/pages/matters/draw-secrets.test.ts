import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'

import { b64, unb64 } from '@/crypto/bytes'
import { commitment, link } from '@/crypto/draws'
import { keep } from '@/device/store'

import { anchorOf, awaitedSource, commitments, holdsDraw, holdsRound, reveal, roundCommitments, roundReveal, type Drawing } from './draw-secrets'

const HEADLESS = { anchor: '', shown: false }
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
  expect(await holdsDraw('lot-2', 'supervisor', drawing, HEADLESS)).toBe(true)
  expect(await holdsDraw('lot-2', 'supervisor', { ...drawing, commitments: [{ source: 'supervisor', commitment: 'f'.repeat(64), by: 's' }] }, HEADLESS)).toBe(false)
  expect(await holdsDraw('lot-3', 'supervisor', drawing, HEADLESS)).toBe(false)
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

test('the experts are drawn with nonces of their own and the chain’s next value (R-EVAL-07)', async () => {
  const [first, other] = [await commitments('lot-4', 'agency', 'a'), await commitments('lot-4', 'agency', 'a', 'experts')]
  expect(new Set([first.commitment, first.reserve, other.commitment, other.reserve]).size).toBe(4)
  const said = async (source: string): Promise<string> => (await reveal('lot-4', source, 'experts')).value
  expect(await commitment(['lot-4', 'a', 'agency', 'experts'], unb64(await said('agency')))).toBe(other.commitment)
  expect(await commitment(['lot-4', 'a', 'reserve', 'experts'], unb64(await said('reserve')))).toBe(other.reserve)

  const { anchor } = await anchorOf('lot-4')
  const shown = (await reveal('lot-4', 'beacon')).value
  expect(b64(await link('lot-4', unb64(shown)))).toBe(anchor)
  expect((await reveal('lot-4', 'beacon', 'experts')).value).toBe(shown)
  expect(b64(await link('lot-4', unb64((await reveal('lot-4', 'beacon', 'experts', true)).value)))).toBe(shown)
})

test('a later round has nonces and a chain of its own (R-DRAW-02)', async () => {
  const [agency, supervisor] = [await roundCommitments('lot-6', 'agency', 'a', 2), await roundCommitments('lot-6', 'supervisor', 's', 2)]
  expect(await roundCommitments('lot-6', 'agency', 'a', 2)).toEqual(agency)
  expect((await roundCommitments('lot-6', 'agency', 'a', 3)).commitment).not.toBe(agency.commitment)
  const said = async (source: string): Promise<string> => (await roundReveal('lot-6', source, 2)).value
  expect(await commitment(['lot-6', 'a', 'agency', 'experts/2'], unb64(await said('agency')))).toBe(agency.commitment)
  expect(await commitment(['lot-6', 'a', 'reserve', 'experts/2'], unb64(await said('reserve')))).toBe(agency.reserve)
  expect(await commitment(['lot-6', 's', 'supervisor', 'experts/2'], unb64(await said('supervisor')))).toBe(supervisor.commitment)
  expect(b64(await link('lot-6', unb64(await said('beacon'))))).toBe(supervisor.anchor)
  const drawing = { ...NONE, commitments: [{ source: 'agency', commitment: agency.commitment, by: 'a' }] }
  expect(await holdsRound('lot-6', 'agency', drawing, 2)).toBe(true)
  expect(await holdsRound('lot-7', 'agency', drawing, 2)).toBe(false)
})

test('a chain made for one draw serves the other only where that has not used it', async () => {
  const value = b64(new Uint8Array(32).fill(7))
  await keep('offices', 'lot-5/draw/supervisor', { nonce: value, reserve: value, chain: value })
  const { anchor } = await anchorOf('lot-5')
  const drawing = { ...NONE, commitments: [{ source: 'supervisor', commitment: (await commitments('lot-5', 'supervisor', 's', 'experts')).commitment, by: 's' }] }
  expect((await reveal('lot-5', 'supervisor')).value).toBe(value)
  expect(await holdsDraw('lot-5', 'supervisor', drawing, { anchor, shown: false }, 'experts')).toBe(true)
  expect(await holdsDraw('lot-5', 'supervisor', drawing, { anchor, shown: true }, 'experts')).toBe(false)
})
