/** The box says what is listed, whichever way the address came to change. */
import { expect, test, vi } from 'vitest'
import { createApp, nextTick } from 'vue'
import { createMemoryHistory, createRouter } from 'vue-router'

import OpeningsPage from './OpeningsPage.vue'

const asked: string[] = []
vi.mock('@/api/http', () => ({
  onSessionEnded: () => undefined,
  send: ({ path }: { path: string }) => {
    asked.push(path)
    return Promise.resolve(Response.json({ lots: [], next: null, demo: true }))
  },
}))

test('a word that is no longer applied does not stay in the box', async () => {
  const page = { template: '<p />' }
  const routes = [{ path: '/openings', component: page }, ...['wall', 'lot', 'hall', 'replay'].map((name) => ({ path: `/${name}`, name, component: page }))]
  const router = createRouter({ history: createMemoryHistory(), routes })
  await router.push('/openings?mode=test&text=城北')
  const place = document.body.appendChild(document.createElement('div'))
  const app = createApp(OpeningsPage).use(router)
  app.mount(place)
  const box = place.querySelector('input')
  if (!box) throw new Error('no box')
  const type = (word: string): void => {
    box.value = word
    box.dispatchEvent(new Event('input'))
  }
  await vi.waitFor(() => {
    expect(asked.some((path) => path.startsWith('/lots') && path.includes('mode=test'))).toBe(true)
  })
  expect(box.value).toBe('城北')
  await router.push('/openings')
  await nextTick()
  expect(box.value).toBe('')
  // Typed and never sought: the list is whole again, and so is the box.
  await router.push('/openings?mode=test')
  type('城南')
  await router.push('/openings')
  await nextTick()
  expect(box.value).toBe('')
  // Another set is chosen while a word stands there: it is sought in that set.
  type('城西')
  place.querySelector<HTMLButtonElement>('.modes button:first-child')?.click()
  await vi.waitFor(() => {
    expect(router.currentRoute.value.query).toEqual({ mode: 'live', text: '城西' })
  })
  expect(box.value).toBe('城西')
  app.unmount()
})
