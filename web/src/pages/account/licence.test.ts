/** R-NB-HS-01: the unit finds every contract that its new name reached, whichever side of it it is. */
import { beforeEach, expect, test, vi } from 'vitest'

import { changed } from './licence'

const asked = vi.hoisted(() => [] as string[])
const RENAMED = [{ party: 'p', change: {}, notation: '', sha256: '' }]
vi.mock('@/api/http', () => ({
  onSessionEnded: () => undefined,
  send: ({ path }: { path: string }) => {
    asked.push(path)
    const answers: Record<string, object> = {
      '/parties/me/lots': { lots: [{ lot: 'won', won: true }, { lot: 'lost', won: false }, { lot: 'open', won: null }] },
      '/offices/lots': { lots: [{ lot: 'held', phase: 'contracted' }, { lot: 'early', phase: 'noticed' }], next: 'c' },
      '/offices/lots?after=c': { lots: [{ lot: 'older', phase: 'awarded' }], next: null },
    }
    const lot = path.replace('/lots/', '')
    return Promise.resolve(Response.json(answers[path] ?? { notice: { title: lot }, contract: { renamed: lot === 'older' ? [] : RENAMED } }))
  },
}))

beforeEach(() => {
  asked.length = 0
})

test('a bidder’s are those that it won', async () => {
  const { contracts, next } = await changed(['bidder'], null, false)
  expect(contracts.map(({ lot }) => lot)).toEqual(['won'])
  expect(next).toBeNull()
  expect(asked).toEqual(['/parties/me/lots', '/lots/won'])
})

test('an office’s come page by page, and its own book once', async () => {
  const first = await changed(['tenderer'], null, false)
  expect(first.contracts.map(({ lot }) => lot)).toEqual(['won', 'held'])
  expect(first.next).toBe('c')
  asked.length = 0
  expect(await changed(['tenderer'], 'c', true)).toEqual({ contracts: [], next: null })
  expect(asked).toEqual(['/offices/lots?after=c', '/lots/older'])
})
