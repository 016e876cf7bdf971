import { expect, test, vi } from 'vitest'

import { Problem, unreachable } from '@/api/problem'

import { patiently } from './upload'

const refusal = new Problem(409, { title: '', detail: '', next: '', code: 'out-of-order' })

test('what the network kept from happening happens when it is back', async () => {
  const step = vi.fn<() => Promise<string>>().mockRejectedValueOnce(unreachable()).mockResolvedValueOnce('done')
  const cut: boolean[] = []
  const going = patiently(step, (away) => {
    cut.push(away)
    if (away) setTimeout(() => window.dispatchEvent(new Event('online')))
  }, new AbortController().signal)
  await expect(going).resolves.toBe('done')
  expect(step).toHaveBeenCalledTimes(2)
  expect(cut).toEqual([true, false])
})

test('a refusal ends it, and so does whoever stops it', async () => {
  const stopping = new AbortController()
  await expect(patiently(() => Promise.reject(refusal), () => undefined, stopping.signal)).rejects.toBe(refusal)
  const waiting = patiently(() => Promise.reject(unreachable()), () => { stopping.abort() }, stopping.signal)
  await expect(waiting).rejects.toThrow(/abort/i)
})
