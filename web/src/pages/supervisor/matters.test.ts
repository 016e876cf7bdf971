import { expect, test } from 'vitest'

import { unanswered, urgency, type Watched } from './matters'

const lot = (alerts: number, awaited: Partial<Watched['awaited'][number]>[] = []) => ({ alerts, awaited, nodes: [] }) as unknown as Watched

test('alerts that nobody acknowledged are no calm, though no act is awaited', () => {
  expect([unanswered([lot(0), lot(3), lot(1)]), unanswered([lot(0)]), unanswered([])]).toEqual([4, 0, 0])
  expect([urgency(lot(3)), urgency(lot(0)), urgency(lot(0, [{ matter: 'hold' }]))]).toEqual([1, 2, 0])
})
