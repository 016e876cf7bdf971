import { expect, test, vi } from 'vitest'

import { PAGE, past } from './past'

test('an opening of more events than one answer holds is read to its end', async () => {
  const all = Array.from({ length: 2 * PAGE + 3 }, (_, n) => ({ position: 10 + 3 * n, at: '', event: { type: 'x' } }))
  const asked: string[] = []
  vi.stubGlobal('fetch', (address: string) => {
    asked.push(address)
    const query = new URL(address, 'https://here.example').searchParams
    const after = Number(query.get('after') ?? 0)
    return Promise.resolve(Response.json({ events: all.filter((one) => one.position > after).slice(0, Number(query.get('limit'))) }))
  })
  expect(await past('7')).toEqual(all)
  expect(asked).toHaveLength(3)
})
