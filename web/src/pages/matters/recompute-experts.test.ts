// @vitest-environment node
import { expect, test } from 'vitest'

import { b64, hex, type Bytes } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

import type { LotRecord } from './recompute'
import { recomputedExperts } from './recompute-experts'

const LOT = 'lot-1'
const POOL = ['11', '22', '33', '44'].map((ticket, at) => ({ ticket, trade: at === 3 ? '造价' : '市政' }))
const QUOTAS = [
  { trade: '造价', count: 1 },
  { trade: '', count: 2 },
]
const nonce = (byte: number): Bytes => new Uint8Array(32).fill(byte)

/** A small record as the platform would publish it; `changed`: fields of the transcript that are untrue. */
async function record(changed: object = {}): Promise<LotRecord> {
  const of = async (source: string, party: string, byte: number) => ({
    source, party, commitment: await commitment([LOT, party, source, 'experts'], nonce(byte)), nonce: b64(nonce(byte)),
  })
  const [supervisor, agency, reserve] = [await of('supervisor', 's', 1), await of('agency', 'a', 2), await of('reserve', 'a', 3)]
  const used = await link(LOT, nonce(4))
  const said = canonicalText({
    v: 1, lot: LOT, notice: 'hash', draw: 'experts', pool: POOL, quotas: QUOTAS, nonces: [supervisor, agency],
    beacon: { anchor: b64(used), value: b64(nonce(4)) }, reserve: { ...reserve, nonce: null }, ...changed,
  })
  const seed = await seedOf(said)
  const order = await draw(seed, POOL.map(({ ticket }) => ticket), POOL.length)
  const events: [string, object][] = [
    ['noticed', { notice_hash: 'hash', terms: { expert_draw: { anchor: b64(await link(LOT, used)) } } }],
    ['expert-draw-committed', { commitment: supervisor.commitment, reserve: '' }],
    ['expert-draw-committed', { commitment: agency.commitment, reserve: reserve.commitment }],
    ['draw-revealed', { source: 'beacon', value: b64(used) }],
    ['expert-draw-opened', { pool: POOL, quotas: QUOTAS }],
    ['experts-drawn', { transcript: said, seed: hex(seed), order, drawn: ['44', ...order.filter((one) => one !== '44').slice(0, 2)] }],
  ]
  return { events: events.map(([topic, state]) => ({ topic: `lot.${topic}.v1`, state: JSON.stringify(state) })) }
}

const failed = async (made: LotRecord): Promise<string[]> =>
  Object.entries((await recomputedExperts(made))?.checks ?? {}).filter(([, holds]) => !holds).map(([name]) => name)

test('an honest draw seats the same tickets, every step of it (R-EVAL-07)', async () => {
  const found = await recomputedExperts(await record())
  expect(found?.found).toEqual(found?.said)
  expect(found).toMatchObject({ tickets: 4 })
  expect(await failed(await record())).toEqual([])
})

test('each kind of dishonesty is found by its own step (R-DRAW-02)', async () => {
  expect(await failed(await record({ notice: 'another' }))).toEqual(['transcript'])
  expect(await failed(await record({ quotas: [QUOTAS[0], { trade: '', count: 1 }] }))).toContain('pool')
  expect(await failed(await record({ beacon: { anchor: b64(nonce(9)), value: b64(nonce(4)) } }))).toEqual(['beacon'])
  expect(await failed(await record({ beacon: { anchor: b64(await link(LOT, nonce(4))), value: 'no' } }))).toEqual(['beacon'])
  const other = { source: 'agency', party: 'a', commitment: await commitment([LOT, 'a', 'agency', 'experts'], nonce(9)), nonce: b64(nonce(9)) }
  expect(await failed(await record({ nonces: [other] }))).toEqual(['offices'])
})

test('other seats than the order gives are found', async () => {
  const made = await record()
  const last = JSON.parse(made.events.at(-1)?.state ?? '') as { drawn: string[] }
  const events = [...made.events.slice(0, -1), { topic: 'lot.experts-drawn.v1', state: JSON.stringify({ ...last, drawn: last.drawn.toReversed() }) }]
  expect(await failed({ events })).toEqual(['seats'])
})

test('before the draw there is nothing to compute', async () => {
  const made = await record()
  expect(await recomputedExperts({ events: made.events.slice(0, -1) })).toBeNull()
})
