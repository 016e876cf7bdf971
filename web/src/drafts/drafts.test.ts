import 'fake-indexeddb/auto'

import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { effectScope } from 'vue'

import { useDraft, type Draft } from '.'
import { load } from './store'

interface Form {
  price: string
  days: number
}
const initial = (): Form => ({ price: '', days: 0 })

function opened(user: string, page: string, secret: readonly string[] = []): { draft: Draft<Form>; leave: () => void } {
  const scope = effectScope()
  const draft = scope.run(() => useDraft(user, page, initial, secret))
  if (!draft) throw new Error('no scope')
  return {
    draft,
    leave: () => {
      scope.stop()
    },
  }
}

async function stored(key: string, wanted: unknown): Promise<void> {
  await vi.waitFor(async () => {
    expect(await load('drafts', key)).toEqual(wanted)
  })
}

describe('a draft', () => {
  let page = ''
  let number = 0
  beforeEach(() => {
    page = `form/${String((number += 1))}`
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('never holds a key that was typed', async () => {
    const first = opened('p1', page, ['price'])
    await first.draft.ready
    Object.assign(first.draft.form, { price: 'MFRG-GZDF', days: 3 })
    first.leave()
    await stored(`p1|${page}`, { days: 3 })

    const again = opened('p1', page, ['price'])
    await again.draft.ready
    expect(again.draft.form).toEqual({ price: '', days: 3 })
  })

  test('is there again after a reload, for the same user and page only', async () => {
    const first = opened('p1', page)
    await first.draft.ready
    first.draft.form.price = '2655万'
    first.leave()
    await stored(`p1|${page}`, { price: '2655万', days: 0 })

    const again = opened('p1', page)
    await again.draft.ready
    expect(again.draft.form).toEqual({ price: '2655万', days: 0 })
    expect(again.draft.restored.value).toBe(true)

    const other = opened('p2', page)
    await other.draft.ready
    expect(other.draft.form).toEqual(initial())
    expect(other.draft.restored.value).toBe(false)
  })

  test('is written when the page is hidden, without waiting', async () => {
    const { draft } = opened('p1', page)
    await draft.ready
    draft.form.days = 165
    window.dispatchEvent(new Event('pagehide'))
    await stored(`p1|${page}`, { price: '', days: 165 })
  })

  test('is forgotten when the act is done, and the form stays', async () => {
    const { draft, leave } = opened('p1', page)
    await draft.ready
    draft.form.days = 165
    await draft.done()
    leave()
    await stored(`p1|${page}`, undefined)
    expect(draft.form.days).toBe(165)
  })

  test('can be thrown away', async () => {
    const { draft } = opened('p1', page)
    await draft.ready
    draft.form.days = 165
    await draft.discard()
    expect(draft.form).toEqual(initial())
    await stored(`p1|${page}`, undefined)
  })
})
