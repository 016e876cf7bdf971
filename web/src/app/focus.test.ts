/** What has the focus after an act whose button is disabled, or taken away. */
import { afterEach, expect, test } from 'vitest'
import { createApp, defineComponent, h, nextTick, ref, type App, type VNode } from 'vue'

import { toFirstFault, useFocusKept } from './focus'

let app: App | undefined
const busy = ref(false)
const there = ref(true)
const said = ref('')

afterEach(() => {
  app?.unmount()
  document.body.replaceChildren()
  busy.value = false
  there.value = true
  said.value = ''
})

function shown(inner: () => VNode[]): void {
  const place = document.createElement('main')
  document.body.append(place)
  app = createApp(
    defineComponent(() => {
      useFocusKept(() => busy.value)
      return () => h('section', [h('h2', '封装'), ...inner()])
    }),
  )
  app.mount(place)
  document.querySelector('button')?.focus()
}

async function act(): Promise<void> {
  busy.value = true
  await nextTick()
  busy.value = false
  await nextTick()
  await nextTick()
}

const button = (): VNode => h('button', { disabled: busy.value }, '封装')

test('a button that was disabled meanwhile has it again', async () => {
  shown(() => [button()])
  const pressed = document.activeElement
  busy.value = true
  await nextTick()
  ;(pressed as HTMLElement).blur()
  busy.value = false
  await nextTick()
  await nextTick()
  expect(document.activeElement).toBe(pressed)
})

test('where the button is gone, the outcome has it, or the heading of its part', async () => {
  shown(() => (there.value ? [button()] : [h('p', { role: 'status' }, said.value)]))
  there.value = false
  said.value = '已递交'
  await act()
  expect(document.activeElement?.textContent).toBe('已递交')
})

test('with nothing said it is the heading; whoever went elsewhere stays there', async () => {
  shown(() => (there.value ? [button()] : []))
  there.value = false
  await act()
  expect(document.activeElement?.tagName).toBe('H2')
  const other = document.createElement('input')
  document.body.append(other)
  other.focus()
  await act()
  expect(document.activeElement).toBe(other)
})

test('a refused form has it at the first field that is marked', async () => {
  const form = document.createElement('form')
  form.innerHTML = '<input aria-invalid="false"><input id="bad" aria-invalid="true"><input aria-invalid="true">'
  document.body.append(form)
  await toFirstFault(form)
  expect(document.activeElement?.id).toBe('bad')
})
