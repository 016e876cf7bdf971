// @vitest-environment node
/** Altered histories, of which both verifiers say the same: tests/records/coursed.py makes the file from the played bundle. */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { expect, test } from 'vitest'

import { checkCourse } from './history'
import { Fault } from './steps'

const Course = v.object({ topics: v.array(v.string()), cases: v.array(v.object({ do: v.picklist(['drop', 'first', 'last', 'twice']), at: v.number(), fault: v.string() })) })
const { topics, cases } = v.parse(Course, JSON.parse(readFileSync(new URL('../../../tests/vectors/records/course.json', import.meta.url), 'utf-8')))

function faulty(told: readonly string[]): string {
  try {
    checkCourse(told.map((topic) => ({ topic })))
  } catch (error) {
    return error instanceof Fault ? error.reason : String(error)
  }
  return ''
}

function changed({ do: what, at }: (typeof cases)[number]): string[] {
  const [topic = '', rest] = [topics[at], topics.toSpliced(at, 1)]
  return { drop: rest, first: [topic, ...rest], last: [...rest, topic], twice: [...topics, topic] }[what]
}

test('the played history holds, and each altered one fails as at the command line', () => {
  expect(faulty(topics)).toBe('')
  expect(cases.map((one) => ({ ...one, fault: faulty(changed(one)) }))).toEqual(cases)
})

test('of an event moved to the front, told twice or taken out, most are exposed', () => {
  for (const what of ['first', 'twice', 'drop'] as const) {
    const those = cases.filter((one) => one.do === what)
    expect(those.filter((one) => one.fault !== '').length, what).toBeGreaterThan(5)
  }
})
