/** R-OPEN-24: a missing key is reported where the platform takes the report, under P1 and by an office. */
import { expect, test } from 'vitest'

import { keyAt, missingKeys } from './withheld'

type Lot = Parameters<typeof missingKeys>[0]
const at = '2026-03-25T01:40:00Z'

function lot(phase: string, opening: object = {}, { policy = 'P1', standings = ['host'] } = {}): Lot {
  const all = { release_window: { ended: at }, imported_at: null, form_keys: [], evaluation_keys: [], withheld: [], ...opening }
  return { phase, standings, notice: { terms: { key_policy: policy } }, opening: all } as unknown as Lot
}

test('at the opening it is the form key of whoever has not published it', () => {
  expect(missingKeys(lot('opening'))).toEqual(['agency', 'supervisor'])
  expect(missingKeys(lot('opening', { form_keys: [{ office: 'supervisor' }] }))).toEqual(['agency'])
  expect(keyAt(lot('opening'))).toBe('form')
})

test('after it the evaluation’s, and of a second run too', () => {
  const opened = { imported_at: at, form_keys: [{ office: 'agency' }, { office: 'supervisor' }], evaluation_keys: [{ office: 'supervisor' }] }
  for (const phase of ['opened', 'evaluating']) expect(missingKeys(lot(phase, opened))).toEqual(['agency'])
  expect(missingKeys(lot('opened', { ...opened, release_window: null }))).toEqual([])
  expect(keyAt(lot('opened'))).toBe('evaluation')
})

test('not before the window has ended, nor after the import, nor twice', () => {
  expect(missingKeys(lot('opening', { release_window: { ended: null } }))).toEqual([])
  expect(missingKeys(lot('opening', { imported_at: at }))).toEqual([])
  expect(missingKeys(lot('opening', { withheld: [{ office: 'agency', resolution: '' }] }))).toEqual(['supervisor'])
  expect(missingKeys(lot('opening', { withheld: [{ office: 'agency', resolution: 'rerun' }] }))).toEqual(['agency', 'supervisor'])
})

test('not where trustees open, and by nobody but an office', () => {
  expect(missingKeys(lot('opening', {}, { policy: 'P2' }))).toEqual([])
  expect(missingKeys(lot('opening', {}, { standings: ['participant'] }))).toEqual([])
})
