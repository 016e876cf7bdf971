// @vitest-environment node
/** Openings with all that may happen in one: the record that both offices sign, written anew (tests/records/opened.py). */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { expect, test } from 'vitest'

import type { Event } from './events'
import { openingOf } from './openingfold'
import { recordText } from './openingrecord'

const Openings = v.object({
  openings: v.array(v.object({ name: v.string(), lot: v.string(), events: v.array(v.tuple([v.string(), v.record(v.string(), v.unknown())])), record: v.string() })),
})
const FILE = new URL('../../../tests/vectors/records/openings.json', import.meta.url)
const { openings } = v.parse(Openings, JSON.parse(readFileSync(FILE, 'utf-8')))

test.each(openings)('$name: byte for byte', async ({ lot, events, record }) => {
  const told = events.map(([topic, state]): Event => ({ topic, state, at: '' }))
  expect(await recordText(lot, openingOf(told))).toBe(record)
})

test('every further part of a record stands in one of them', () => {
  const parts = new Set(openings.flatMap((one) => Object.keys(JSON.parse(one.record) as object)))
  const further = ['reference', 'shares', 'false_shares', 'faulty_deposits', 'withheld', 'spares', 'drawing']
  expect(further.filter((one) => !parts.has(one))).toEqual([])
})
