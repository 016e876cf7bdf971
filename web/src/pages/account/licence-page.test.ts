/** R-NB-HS-01: the page of a unit whose licence changed tells of every body what it answered, and of its contracts. */
import { expect, test, vi } from 'vitest'
import { createApp, h, type FunctionalComponent } from 'vue'

import { t } from './licence-words'
import LicencePage from './LicencePage.vue'

const change = (kind: string, before: string, after: string, at: string) => ({ kind, before, after, evidence: `${kind}-准字1号`, at })
const NAME = change('NAME', '安陆建设有限公司', '安陆建工有限公司', '2026-03-02T09:00:00+08:00')
const HEAD = change('HEAD', '王工', '李工', '2026-01-05T09:00:00+08:00')
const TOLD = [
  { body: '湖北CA', state: 'WAITING', reference: '', text: '', at: null },
  { body: '印章一厂', state: 'ACCEPTED', reference: 'Y-7', text: '', at: '2026-03-02T10:00:00+08:00' },
  { body: '印章二厂', state: 'DONE', reference: 'Y-8', text: '', at: '2026-03-02T11:00:00+08:00' },
  { body: '印章三厂', state: 'REFUSED', reference: '', text: '材料不全', at: '2026-03-02T12:00:00+08:00' },
] as const
const PARTY = { changes: [HEAD, NAME], bodies: [{ number: 1, at: NAME.at, changes: [NAME], told: TOLD }] }
const renamed = [{ party: 'p', change: HEAD, notation: '', sha256: '' }, { party: 'p', change: NAME, notation: '合同当事人名称变更', sha256: 'ab12' }]
const ANSWERS: Record<string, object> = {
  '/parties/me': PARTY,
  '/parties/me/lots': { lots: [{ lot: 'l1', won: true }] },
  '/lots/l1': { notice: { title: '城北道路工程' }, contract: { renamed } },
}
vi.mock('@/api/http', () => ({
  onSessionEnded: () => undefined,
  send: ({ path }: { path: string }) => Promise.resolve(Response.json(ANSWERS[path] ?? {})),
}))

const link: FunctionalComponent = (_, { slots }) => h('a', slots.default?.())

test('every answer, every change and every contract stands there', async () => {
  const place = document.body.appendChild(document.createElement('div'))
  const app = createApp(LicencePage)
  app.component('RouterLink', link).mount(place)
  await vi.waitFor(() => {
    expect(place.textContent).toContain('城北道路工程')
  })
  const [notice, untold, contract] = [...place.querySelectorAll('article')].map(({ textContent }) => textContent.replace(/\s+/g, ' '))
  expect(notice).toContain(t('notice', { n: 1 }))
  expect(notice).toContain('安陆建设有限公司 → 安陆建工有限公司')
  const answers = [...place.querySelectorAll('.bodies li')].map((one) => [one.querySelector('b')?.textContent, one.querySelector('.tag')?.textContent, one.textContent])
  expect(answers.map(([body, state]) => [body, state])).toEqual(TOLD.map(({ body, state }) => [body, t(`state.${state}`)]))
  expect(answers[1]?.[2]).toContain(t('reference', { number: 'Y-7' }))
  expect(answers[0]?.[2]).not.toContain(t('reference', { number: '' }))
  expect(answers[3]?.[2]).toContain('材料不全')
  // The earlier change is of a time when nobody outside was known here.
  expect(untold).toContain('王工 → 李工')
  expect(untold).toContain(t('nobody'))
  expect(contract).toContain('安陆建设有限公司 → 安陆建工有限公司')
  expect(contract).toContain('合同当事人名称变更')
  expect(contract).toContain('SHA-256 ab12')
  app.unmount()
})
