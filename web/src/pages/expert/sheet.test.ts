import { describe, expect, test } from 'vitest'

import { empty, factorsOf, faultsOf, sheetOf, type Criterion, type Own } from './sheet'

const CRITERIA = [
  { id: 'plan', title: '施工组织设计', kind: 'subjective', max_points: '40' },
  { id: 'record', title: '类似业绩', kind: 'objective', max_points: '7.5' },
] as unknown as readonly Criterion[]
const OWN: Own = {
  sheet: null,
  duty: 'score',
  bids: [
    { bidder: 'a', name: '甲', price_fen: 1 },
    { bidder: 'b', name: '乙', price_fen: 2 },
  ],
  sheets_in: 0,
  members: 5,
  ends: null,
  correct: [],
}

function filled() {
  const sheet = empty(OWN, CRITERIA)
  for (const bidder of ['a', 'b'])
    for (const row of Object.values(sheet.rows[bidder] ?? {})) Object.assign(row, { points: '7.5', reason: '有依据', page: '5' })
  return sheet
}

describe('a sheet', () => {
  test('names every point, reason and page that is missing or out of range', () => {
    const sheet = filled()
    Object.assign(sheet.rows.a?.record ?? {}, { points: '7.5001', reason: ' ', page: '' })
    expect(faultsOf(sheet, 'a', CRITERIA).map((one) => `${one.criterion} ${one.kind}`)).toEqual(['record points', 'record reason', 'record page'])
    expect(faultsOf(sheet, 'b', CRITERIA)).toEqual([])
  })

  test('needs no points for a bid voted against, but the ground with reason and page', () => {
    const sheet = filled()
    sheet.rows.a = empty(OWN, CRITERIA).rows.a ?? {}
    sheet.votes.a = { on: true, ground: '', reason: '', page: '' }
    expect(faultsOf(sheet, 'a', CRITERIA)).toEqual([{ kind: 'ground', bidder: 'a', criterion: '' }])
    sheet.votes.a = { on: true, ground: '六', reason: '工期超出', page: '3' }
    expect(faultsOf(sheet, 'a', CRITERIA)).toEqual([])
    const body = sheetOf(sheet, OWN, CRITERIA)
    expect(body.sheet.map((one) => one.bidder)).toEqual(['b'])
    expect(body.rejections).toEqual([{ bidder: 'a', ground: '六', page: '3', reason: '工期超出' }])
  })

  test('says full-width digits as plain ones, and comes back as it was handed in', () => {
    const sheet = filled()
    Object.assign(sheet.rows.a?.plan ?? {}, { points: '３０．５' })
    expect(faultsOf(sheet, 'a', CRITERIA)).toEqual([])
    const body = sheetOf(sheet, OWN, CRITERIA)
    expect(body.sheet[0]?.scores[0]?.points).toBe('30.5')
    const again = empty({ ...OWN, sheet: { member: 'm', bids: body.sheet, rejections: [] } }, CRITERIA)
    expect(again.rows.a?.plan).toEqual({ points: '30.5', reason: '有依据', page: '5' })
  })

  test('says for every published factor an amount within its bounds, what takes off below zero (R-SCORE-09)', () => {
    const factors = [{ id: 'f1', title: '付款条件', standard: '每提前一月', least_fen: -300_000_000, most_fen: 0 }]
    expect(factorsOf({ price_formula: { kind: 'eng-lowest-evaluated-price', factors } } as never)).toEqual(factors)
    const sheet = empty(OWN, [], factors)
    for (const bidder of ['a', 'b']) Object.assign(sheet.rows[bidder]?.f1 ?? {}, { points: '-1.5万', reason: '提前', page: '9' })
    Object.assign(sheet.rows.b?.f1 ?? {}, { points: '1元' })
    expect(faultsOf(sheet, 'a', [], factors)).toEqual([])
    expect(faultsOf(sheet, 'b', [], factors)).toEqual([{ kind: 'amount', bidder: 'b', criterion: 'f1' }])
    Object.assign(sheet.rows.b?.f1 ?? {}, { points: '0' })
    const body = sheetOf(sheet, OWN, [], factors)
    expect(body.sheet[0]?.adjustments).toEqual([{ factor: 'f1', amount_fen: -1_500_000, reason: '提前', page: '9' }])
    const again = empty({ ...OWN, sheet: { member: 'm', bids: body.sheet, rejections: [] } }, [], factors)
    expect(again.rows.a?.f1).toEqual({ points: '-15,000.00', reason: '提前', page: '9' })
    expect(faultsOf(again, 'a', [], factors)).toEqual([])
  })
})
