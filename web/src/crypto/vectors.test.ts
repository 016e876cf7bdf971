// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'

import { outcome, type Case } from './vectors.testing'

const FOLDER = new URL('../../../tests/vectors/sealed-bids/', import.meta.url)
const KINDS = readdirSync(FOLDER).map((name) => name.replace(/\.json$/, ''))

describe.each(KINDS)('%s', (kind) => {
  const { cases } = JSON.parse(readFileSync(new URL(`${kind}.json`, FOLDER), 'utf8')) as { cases: Case[] }
  test.each(cases)('$name', async (one) => {
    expect(await outcome(kind, one)).toBe(one.layer)
  })
})
