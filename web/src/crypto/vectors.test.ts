// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { outcome, type Case } from './vectors.testing'

const FOLDER = new URL('../../../tests/vectors/sealed-bids/', import.meta.url)
const KINDS = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, '')).filter((kind) => kind !== 'escrow' && kind !== 'spare')

describe.each(KINDS)('%s', (kind) => {
  const { cases } = JSON.parse(readFileSync(new URL(`${kind}.json`, FOLDER), 'utf8')) as { cases: Case[] }
  // The browser speaks `intl-1` under P1; other cases carry their suite, or `escrow`, before their name.
  test.each(cases.filter(({ name }) => !/^(intl-pq|gm-1|escrow): /.test(name)))('$name', async (one) => {
    expect(await outcome(kind, one)).toBe(one.layer)
  })
})
