// @vitest-environment node
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'

import { b64, hex, unb64 } from './bytes'
import { commitment, draw, link, seedOf } from './draws'

interface Vectors {
  readonly commitments: readonly { names: string[]; nonce: string; commitment: string }[]
  readonly chain: { lot: string; values: string[] }
  readonly draws: readonly { transcript: string; seed: string; pool: string[]; count: number; drawn: string[] }[]
}

const FILE = new URL('../../../tests/vectors/draws/draws.json', import.meta.url)
const vectors = JSON.parse(readFileSync(FILE, 'utf8')) as Vectors

test.each(vectors.commitments)('a commitment names who and for what: $names', async (one) => {
  expect(await commitment(one.names, unb64(one.nonce))).toBe(one.commitment)
})

test('every value of a chain is fixed by the one before it', async () => {
  const { lot, values } = vectors.chain
  for (const [at, value] of values.slice(1).entries()) expect(b64(await link(lot, unb64(value)))).toBe(values[at])
})

test.each(vectors.draws)('$count of $pool', async (one) => {
  const seed = await seedOf(one.transcript)
  expect(hex(seed)).toBe(one.seed)
  expect(await draw(seed, one.pool, one.count)).toEqual(one.drawn)
})

test('more than there are cannot be drawn', async () => {
  await expect(draw(await seedOf('{}'), ['1', '1'], 2)).rejects.toThrow(RangeError)
})
