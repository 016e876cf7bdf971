import { describe, expect, test } from 'vitest'

import { mine, placeOf, sorted, type Node } from './nodes'

function node(step: string, changes: Partial<Node> = {}): Node {
  return {
    step, kind: 'duty', rule: 'R-ENG-22', article: '招投条例 54', who: ['host'], state: 'open', light: 'green', zh: step, en: step,
    opens: null, due: null, last_day: null, done_at: null, stands_still: false, about: '', ...changes,
  }
}

describe('what needs an office now', () => {
  test('its own open and late duties, most urgent first', () => {
    const nodes = [
      node('notice', { due: '2026-03-09T00:00:00Z' }),
      node('award-notice', { light: 'red', state: 'late' }),
      node('document-answer', { light: 'yellow', due: '2026-03-04T00:00:00Z' }),
      node('opening-slot', { due: '2026-03-05T00:00:00Z' }),
    ]
    expect(mine(nodes, ['host']).map((one) => one.step)).toEqual(['award-notice', 'document-answer', 'opening-slot', 'notice'])
  })

  test('neither rights, windows and what is done nor the duties of others', () => {
    const nodes = [
      node('publicity', { kind: 'window' }),
      node('result-complaint', { kind: 'right' }),
      node('roll', { done_at: '2026-03-05T00:00:00Z', state: 'late' }),
      node('report', { state: 'ahead' }),
      node('determination', { who: ['tenderer'] }),
    ]
    expect(mine(nodes, ['host'])).toEqual([])
    expect(mine(nodes, ['tenderer']).map((one) => one.step)).toEqual(['determination'])
  })

  test('lots that need somebody come before those that run, and those before the ones that are over', () => {
    const lot = (phase: string, ...nodes: Node[]) => ({ phase, nodes, standings: ['host'] })
    const [late, soon, runs, over] = [lot('publicised', node('a', { light: 'red' })), lot('noticed', node('b', { light: 'yellow' })), lot('noticed'), lot('failed')]
    expect(sorted([over, soon, runs, late])).toEqual({ needs: [late, soon], runs: [runs], over: [over] })
  })

  test('a step leads to its page, an unknown one to the overview', () => {
    expect(placeOf('opening-slot')).toBe('agency-rooms')
    expect(placeOf('something-new')).toBe('agency-lot')
  })
})
