import { describe, expect, test } from 'vitest'

import { foldLot } from '@/live/hall'
import type { Lot, Recorded } from '@/live/events'
import { UNOPENED } from '@/live/opening'
import recorded from '@/live/recorded.json'

import { lineOf } from './log'
import { done, lines, nowOf, type Now } from './stage'

const [first] = recorded.openings as unknown as { events: Recorded[]; after: Lot }[]
if (!first) throw new Error('nothing recorded')
const { events, after } = first

/** Each state of the opening in turn. */
function* states(): Generator<[string, Lot]> {
  let lot: Lot = { ...after, phase: 'noticed', opening: UNOPENED }
  yield ['', lot]
  for (const { event } of events) {
    lot = foldLot(lot, event) ?? lot
    yield [event.type, lot]
  }
}

describe('where an opening stands', () => {
  test('goes through its steps in order and never back', () => {
    const seen: Now[] = []
    let last = 0
    for (const [, lot] of states()) {
      expect(done(lot)).toBeGreaterThanOrEqual(last)
      last = done(lot)
      if (seen.at(-1) !== nowOf(lot)) seen.push(nowOf(lot))
    }
    expect(seen).toEqual(['waiting', 'closed', 'roll', 'release', 'windowOver', 'confirm', 'signing', 'ended'])
  })

  test('no line before the roll, no price before the announcement', () => {
    for (const [, lot] of states()) {
      expect(lines(lot).length > 0).toBe(lot.opening.roll_published_at !== null)
      if (!lot.opening.announcement) expect(lines(lot).every(({ form }) => form === null)).toBe(true)
    }
  })
})

test('each bidder’s line after the opening', () => {
  const shown = lines(after).map(({ name, release, term, answer, lowest }) => [name, release.state, term, answer, lowest])
  expect(shown).toEqual([
    ['湖北孝建工程有限公司', 'released', '', 'confirmed', false],
    ['孝感楚天路桥有限公司', 'released', '', 'objected', false],
    [expect.any(String), 'missed', '视为撤销', 'none', false],
    ['武汉江城市政建设有限公司', 'released', '', 'confirmed', true],
  ])
})

test('every event between deadline and record has a line, but for clocks and waived amounts', () => {
  const silent = events
    .map(({ event }) => event)
    .filter((event) => lineOf(after, event) === '')
    .map(({ type }) => type)
  const allowed = ['test-clock-set', 'ruleset-pinned', 'noticed', 'document-issued', 'clarified', 'deadline-moved', 'count-checked', 'benefit-recorded']
  expect(silent.filter((type) => !allowed.some((name) => type.includes(name)))).toEqual([])
})
