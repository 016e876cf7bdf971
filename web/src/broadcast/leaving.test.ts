/** Camera and microphone end with the page, whatever it was waiting for (R-ROOM-01). */
import { beforeEach, expect, test, vi } from 'vitest'
import { createApp, h, nextTick, reactive, type App, type Component } from 'vue'

import HostPart from './HostPart.vue'
import SpeakPart from './SpeakPart.vue'
import { t } from './words'

const { given, senders } = vi.hoisted(() => ({ given: [] as string[], senders: [] as { stopped: boolean }[] }))
vi.mock('@/api/command', () => ({
  give(command: string) {
    given.push(command)
    return Promise.resolve({ answer: { events: [{ type: 'lot.broadcast-started.v1', number: 1 }] } })
  },
}))
vi.mock('./sender', () => ({
  PICTURE: 'video/webm',
  SOUND: 'audio/webm',
  records: () => true,
  Sender: class {
    stopped = false
    readonly #taken: MediaStream
    constructor(_path: string, taken: MediaStream) {
      this.#taken = taken
      senders.push(this)
    }
    stop(): Promise<void> {
      this.stopped = true
      for (const track of this.#taken.getTracks()) track.stop()
      return Promise.resolve()
    }
  },
}))

/** The browser asks the person; `answer` is what it gives in the end. */
function asking(): { answer: () => Promise<void>; live: () => number } {
  let live = 0
  let settle = (_: MediaStream): void => undefined
  const asked = new Promise<MediaStream>((resolve) => (settle = resolve))
  vi.stubGlobal('navigator', { ...navigator, mediaDevices: { getUserMedia: () => asked } })
  const track = { stop: () => (live = 0) }
  return {
    async answer() {
      live = 1
      settle(Object.assign(new MediaStream(), { getTracks: () => [track] as unknown as MediaStreamTrack[] }))
      await vi.waitFor(() => asked)
      for (let turn = 0; turn < 5; turn += 1) await nextTick()
    },
    live: () => live,
  }
}

function shown(part: Component, props: Record<string, unknown>): { app: App; press: (name: string) => Promise<void> } {
  const place = document.createElement('div')
  document.body.append(place)
  const app = createApp({ render: () => h(part, props) })
  app.mount(place)
  const press = async (name: string): Promise<void> => {
    const found = [...place.querySelectorAll('button')].find(({ textContent }) => textContent.includes(name))
    if (!found) throw new Error(`no button ${name}: ${place.innerText}`)
    found.click()
    await nextTick()
  }
  for (const box of place.querySelectorAll<HTMLInputElement>('input[type=checkbox]')) box.click()
  return { app, press }
}

const word = { number: 1, bidder: 'p1', until: '2026-03-02T09:05:00+08:00', given_at: '2026-03-02T09:00:00+08:00', ended_at: null }
const hosting = { lot: 'lot-7', opening: { broadcasts: [], words: [], roll: [] }, mayStart: true, mayGive: false }
const [MICROPHONE, CAMERA] = [t('speak.start'), t('host.camera')]

beforeEach(() => {
  given.length = 0
  senders.length = 0
})

test('a bidder that has the word is heard until it leaves', async () => {
  const { answer, live } = asking()
  const { app, press } = shown(SpeakPart, { lot: 'lot-7', word })
  await press(MICROPHONE)
  await answer()
  expect([live(), senders.length]).toEqual([1, 1])
  app.unmount()
  expect([live(), senders[0]?.stopped]).toEqual([0, true])
})

test('a bidder that left while the browser asked is not heard', async () => {
  const { answer, live } = asking()
  const { app, press } = shown(SpeakPart, { lot: 'lot-7', word })
  await press(MICROPHONE)
  app.unmount()
  await answer()
  expect([live(), senders.length]).toEqual([0, 0])
})

test('a word taken back and given anew while the browser asked begins with a press of its own', async () => {
  const { answer, live } = asking()
  const props = reactive({ lot: 'lot-7', word })
  const { app, press } = shown(SpeakPart, props)
  await press(MICROPHONE)
  props.word = { ...word, number: 2 }
  await answer()
  expect([live(), senders.length]).toEqual([0, 0])
  app.unmount()
})

test('a host that left while the browser asked begins no broadcast', async () => {
  const { answer, live } = asking()
  const { app, press } = shown(HostPart, hosting)
  await nextTick()
  await press(CAMERA)
  app.unmount()
  await answer()
  expect([live(), given]).toEqual([0, []])
})

test('a broadcast ends with its page, on the platform too', async () => {
  const { answer, live } = asking()
  const { app, press } = shown(HostPart, hosting)
  await nextTick()
  await press(CAMERA)
  await answer()
  await vi.waitFor(() => {
    expect([live(), given]).toEqual([1, ['opening/start-broadcast']])
  })
  app.unmount()
  await vi.waitFor(() => {
    expect([live(), given]).toEqual([0, ['opening/start-broadcast', 'opening/end-broadcast']])
  })
})
