/** What a refused form says and where it leads; what is typed for a code is sent as the code. */
import { afterEach, expect, test, vi } from 'vitest'
import { createApp, h, nextTick, type App, type FunctionalComponent } from 'vue'

import EnrolPage from './EnrolPage.vue'
import { t } from './words'

const sent = vi.hoisted(() => ({ bodies: [] as { uscc: string }[] }))
vi.mock('vue-router', () => ({ useRouter: () => ({ push: () => Promise.resolve() }) }))
vi.mock('@/device/device', () => ({ devices: () => Promise.resolve([]), newDevice: (name: string) => Promise.resolve({ name }) }))
vi.mock('@/device/login', () => ({ logIn: () => Promise.resolve() }))
vi.mock('@/device/enrol', () => ({
  enrol: (_: unknown, body: { uscc: string }) => {
    sent.bodies.push(body)
    return Promise.resolve()
  },
}))

const link: FunctionalComponent = (_, { slots }) => h('a', slots.default?.())
let app: App | undefined
afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
})

async function shown(): Promise<HTMLElement> {
  const place = document.createElement('div')
  document.body.append(place)
  app = createApp(EnrolPage)
  app.component('RouterLink', link).mount(place)
  await nextTick()
  return place
}

function fields(place: HTMLElement): HTMLInputElement[] {
  return [...place.querySelectorAll<HTMLInputElement>('.field input')]
}

async function type(input: HTMLInputElement | undefined, text: string): Promise<void> {
  if (input) input.value = text
  input?.dispatchEvent(new Event('input'))
  await nextTick()
}

async function submit(place: HTMLElement): Promise<void> {
  place.querySelector('form')?.dispatchEvent(new Event('submit', { cancelable: true }))
  for (let turn = 0; turn < 5; turn += 1) await new Promise((resolve) => setTimeout(resolve))
}

test('an empty form leads to its first field in error, each error tied to what it is about', async () => {
  const place = await shown()
  const box = place.querySelector<HTMLInputElement>('input[type=checkbox]:checked')
  box?.click()
  await submit(place)
  expect(document.activeElement).toBe(fields(place)[0])
  expect(place.querySelectorAll('.field [aria-invalid="true"]')).toHaveLength(3)
  const group = box?.closest('fieldset')?.getAttribute('aria-describedby') ?? ''
  expect(document.getElementById(group)?.textContent).toBe(t('enrol.needRole'))
  expect(sent.bodies).toEqual([])
})

test('a code pasted with blanks, in full width or small letters is sent as it is meant; a doubtful one is hinted at', async () => {
  const place = await shown()
  const [name, code, label] = fields(place)
  await type(name, '安陆建设有限公司')
  await type(code, ' ９１１１ 0000 1016 2374 1l')
  expect(place.textContent).toContain(t('enrol.usccDoubt'))
  await type(code, ' ９１１１ 0000 1016 2374 1k')
  expect(place.textContent).toContain(t('enrol.usccHint'))
  await type(label, '手机')
  await submit(place)
  expect(sent.bodies.map(({ uscc }) => uscc)).toEqual(['91110000101623741K'])
})
