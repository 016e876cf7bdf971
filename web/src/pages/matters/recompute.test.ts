// @vitest-environment node
import { expect, test } from 'vitest'

import { b64, hex, type Bytes } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

import { recomputed, type LotRecord } from './recompute'

const LOT = 'lot-1'
const POOL = ['0.95', '0.96', '0.97']
const nonce = (byte: number): Bytes => new Uint8Array(32).fill(byte)

/** A small record as the platform would publish it; `changed`: fields of the transcript that are untrue. */
async function record(changed: object = {}): Promise<LotRecord> {
  const of = async (source: string, party: string, byte: number) => ({
    source, party, commitment: await commitment([LOT, party, source], nonce(byte)), nonce: b64(nonce(byte)),
  })
  const [supervisor, agency, reserve] = [await of('supervisor', 's', 1), await of('agency', 'a', 2), await of('reserve', 'a', 3)]
  const anchor = b64(await link(LOT, nonce(4)))
  const transcript = canonicalText({
    v: 1, lot: LOT, notice: 'hash', draw: 'k', pool: POOL, nonces: [supervisor, agency],
    bids: [{ bidder: 'b', nonce: b64(nonce(5)) }],
    beacon: { anchor, value: b64(nonce(4)) }, reserve: { ...reserve, nonce: null }, ...changed,
  })
  const seed = await seedOf(transcript)
  const [value = ''] = await draw(seed, POOL)
  const manifest = JSON.stringify({ draw_nonce_hash: await commitment([LOT, 'b'], nonce(5)) })
  const events: [string, object][] = [
    ['noticed', { notice_hash: 'hash', terms: { draw: { anchor, pools: [{ coefficient: 'k', values: POOL }] } } }],
    ['draw-committed', { commitment: supervisor.commitment, reserve: '' }],
    ['draw-committed', { commitment: agency.commitment, reserve: reserve.commitment }],
    ['submission-closed', {}],
    ['roll-published', { manifests: [{ bidder: 'b', manifest }] }],
    ['coefficients-drawn', { drawn: [{ transcript, seed: hex(seed), value }] }],
  ]
  return { events: events.map(([topic, said]) => ({ topic: `lot.${topic}.v1`, state: JSON.stringify(said) })) }
}

const failed = async (made: LotRecord): Promise<string[]> => {
  const [one] = await recomputed(made)
  return Object.entries(one?.checks ?? {}).filter(([, holds]) => !holds).map(([name]) => name)
}

test('an honest draw is found again, every step of it (R-OPEN-27)', async () => {
  const [one] = await recomputed(await record())
  expect(one).toMatchObject({ draw: 'k', bids: 1 })
  expect(one?.found).toBe(one?.said)
  expect(await failed(await record())).toEqual([])
})

test('each kind of dishonesty is found by its own step (R-DRAW-02)', async () => {
  expect(await failed(await record({ notice: 'another' }))).toEqual(['transcript'])
  expect(await failed(await record({ pool: ['0.95'] }))).toContain('pool')
  expect(await failed(await record({ bids: [{ bidder: 'b', nonce: b64(nonce(9)) }] }))).toEqual(['bids'])
  expect(await failed(await record({ beacon: { anchor: '', value: b64(nonce(9)) } }))).toEqual(['beacon'])
  const other = { source: 'agency', party: 'a', commitment: await commitment([LOT, 'a', 'agency'], nonce(9)), nonce: b64(nonce(9)) }
  expect(await failed(await record({ nonces: [other] }))).toEqual(['offices'])
})

test('another value than the seed gives is found', async () => {
  const made = await record()
  const last = made.events.at(-1)
  const said = JSON.parse(last?.state ?? '') as { drawn: { value: string }[] }
  const other = { ...said.drawn[0], value: POOL.find((one) => one !== said.drawn[0]?.value) }
  const events = [...made.events.slice(0, -1), { topic: last?.topic ?? '', state: JSON.stringify({ drawn: [other] }) }]
  expect(await failed({ events })).toEqual(['value'])
})

test('before the draw there is nothing to compute', async () => {
  const made = await record()
  expect(await recomputed({ events: made.events.slice(0, -1) })).toEqual([])
})
