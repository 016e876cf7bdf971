import { beforeEach, expect, test } from 'vitest'

import { language } from '@/i18n'

import { groupName, termName } from './terms'

beforeEach(() => {
  language.value = 'zh-CN'
})

test('the platform’s own terms are in the reader’s language', () => {
  expect([termName('categories', '市政'), termName('outcomes', '视为撤销')]).toEqual(['市政', '视为撤销'])
  language.value = 'en'
  expect([termName('categories', '市政'), termName('methods', '公开招标'), termName('sources', '预算')]).toEqual(['municipal', 'open tender', 'budget'])
  expect([termName('outcomes', '视为撤销'), termName('articles', '平台规则')]).toEqual(['deemed revoked', 'rule of the platform'])
})

test('a term without words is shown as it is', () => {
  language.value = 'en'
  expect(['招投条例 54', '', 'toString'].map((term) => termName('articles', term))).toEqual(['招投条例 54', '', 'toString'])
})

test('groups of the statistics too, and money of several sources', () => {
  language.value = 'en'
  expect(['专项债+预算', '小型', '本省外市', '市政', '公开招标', 'D2', '2023-05'].map(groupName)).toEqual(['special bonds + budget', 'small', 'same province, another city', 'municipal', 'open tender', 'D2', '2023-05'])
})
