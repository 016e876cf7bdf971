/** What is asked for is read in words before it is signed, down to the last value inside it. */
import { afterEach, expect, test } from 'vitest'
import { createApp, type App } from 'vue'

import { language } from '@/i18n'

import SaidValue from './SaidValue.vue'

let app: App | undefined

afterEach(() => {
  app?.unmount()
})

function shown(body: unknown): HTMLElement {
  language.value = 'zh-CN'
  const place = document.body.appendChild(document.createElement('div'))
  app = createApp(SaidValue, { value: body })
  app.mount(place)
  return place
}

/** Terms and what stands beside them, of one list and not of those inside it. */
function pairs(list: Element | null | undefined): [string, string][] {
  const terms = [...(list?.children ?? [])].filter(({ tagName }) => tagName === 'DT')
  return terms.map((term) => [term.textContent, term.nextElementSibling?.textContent ?? ''])
}

test('an amount stands as it is signed and in 元, a yes in words, and nothing is told as nothing', () => {
  const body = { price_limit_fen: 265_500_000, accepted: true, upheld: false, reason: '', result: null, factor: '0.95', count: 3, kind: 'MERGER' }
  expect(pairs(shown(body).querySelector('dl'))).toEqual([
    ['最高限价（分）', '265500000 = ¥ 2,655,000.00'],
    ['是否接受', '是'],
    ['是否成立', '否'],
    ['理由', '（空）'],
    ['结果', '（空）'],
    ['因素', '0.95'],
    ['人数', '3'],
    ['种类', 'MERGER = 合并'],
  ])
})

test('what is inside is named as well', () => {
  const place = shown({ terms: { price_formula: { weight: '60' }, trustees: [] }, shares: [{ trade: '土建', share: '0.6' }, { trade: '安装', share: '0.4' }], amount_fen: [1, 20] })
  const outer = place.querySelector('dl')
  expect(pairs(outer).map(([term]) => term)).toEqual(['条款', '份额', '金额（分）'])
  expect(pairs(outer?.querySelector('dl dl dl'))).toEqual([['权重', '60']])
  expect(pairs(outer?.querySelector('dl'))[1]).toEqual(['受托人', '（空）'])
  expect([...place.querySelectorAll('ol')[0]?.querySelectorAll('dl') ?? []].map(pairs)).toEqual([
    [['专业', '土建'], ['份额', '0.6']],
    [['专业', '安装'], ['份额', '0.4']],
  ])
  expect([...place.querySelectorAll('ol')[1]?.children ?? []].map(({ textContent }) => textContent)).toEqual(['1 = ¥ 0.01', '20 = ¥ 0.20'])
})

test('a field that has no name goes by its own, and text keeps its marks', () => {
  const body = { unheard_of: '<b>一</b>\n二', constructor: 'toString' }
  expect(pairs(shown(body).querySelector('dl'))).toEqual([['unheard_of', '<b>一</b>\n二'], ['constructor', 'toString']])
})
