/** 个人信息保护法 47: what a supervisor ticks is what the order names, and nothing that is out of sight. */
import { expect, test } from 'vitest'

import known from '@/verify/known.json'

import { KINDS, keyOf, kindOf, looked, placesOf, type Held } from './erasure'

const held = (number: number, text: string, topic = 'lot.inquiry-raised.v1'): Held => ({ number, field: '/text', topic, text })

test('a place is named by number and pointer, and named back', () => {
  const one = { ...held(12, '张三'), field: '/members/0/name' }
  expect(placesOf([keyOf(one)])).toEqual([{ number: 12, field: '/members/0/name' }])
})

test('what is ticked stays in sight whatever is looked for', () => {
  const all = [held(1, '张三 420106199001011234'), held(2, '工期'), held(3, '李四')]
  expect(looked(all, '工期', ['3:/text']).shown.map(({ number }) => number)).toEqual([3, 2])
  expect(looked(all, '没有', []).shown).toEqual([])
})

test('a long list says how much of it is not shown', () => {
  const all = Array.from({ length: 60 }, (_, at) => held(at + 1, '同'))
  const { shown, more } = looked(all, '', ['60:/text'])
  expect([shown.length, more]).toEqual([51, 9])
})

test('every kind of event that can be erased has a name', () => {
  expect(known.erasable.map((topic) => kindOf(held(1, '', topic))).sort()).toEqual([...KINDS].sort())
})

test('an event of a kind that this client does not know is shown all the same', () => {
  expect(kindOf(held(1, '', 'lot.something-new.v1'))).toBe('other')
})
