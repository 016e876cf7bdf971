import { describe, expect, test } from 'vitest'

import { bodyOf as fileOf, emptyFiling, faultsOf, formOf, unreadable, usual } from './filing'
import { decimal, drawnOf, emptyFormula, fenText, formulaOf, previewOf } from './formula'
import { free, lead, monthsOn, slot, takenOn, type Room } from './slots'
import { bodyOf as noticeOf, emptyNotice, placeOf } from './terms'

describe('the file', () => {
  const form = { ...emptyFiling(), title: ' 道路工程 ', tenderer: 'p1', base: '2860万', limit: '', lines: [{ source: '预算', amount: '2860 万元', mode: '直接投资', under: 'yes' } as const] }

  test('amounts become 分, what is empty stays unknown', () => {
    const body = fileOf({ ...form, lines: [...form.lines, { source: '自筹', amount: '', mode: '', under: '' }] }, [])
    expect(body).toMatchObject({ title: '道路工程', estimate_fen: 2_860_000_000, price_limit_fen: null, mixed_separable: null })
    expect(body.fund_lines).toEqual([
      { source: '预算', amount_fen: 2_860_000_000, mode: '直接投资', under_budget: true },
      { source: '自筹', amount_fen: null, mode: null, under_budget: null },
    ])
  })

  test('the amount that counts is the one of the law: budget or estimate, never both (R-GEN-02)', () => {
    const bought = fileOf({ ...form, ...usual('货物') }, [])
    expect(bought).toMatchObject({ regime: 'GP', object: 'GOODS', budget_fen: 2_860_000_000 })
    expect(bought).not.toHaveProperty('estimate_fen')
  })

  test('every item of the list is answered, those without a tick with no', () => {
    const body = fileOf({ ...form, checklist: { approval: ' 12号 ', other: 'x' } }, ['approval', 'design'])
    expect(body.checklist).toEqual([{ item: 'approval', provided: true, reference: '12号' }, { item: 'design', provided: false }])
  })

  test('amounts that are none are named by their field', () => {
    expect(unreadable({ ...form, base: '很多', limit: '1.005', lines: form.lines.map((line) => ({ ...line, amount: '2x' })) })).toEqual(['base', 'limit', 'lines.0'])
    expect(unreadable(form)).toEqual([])
    expect(unreadable({ ...form, base: '-3', limit: '0' })).toEqual(['base', 'limit'])
  })

  test('all that is wrong is told at once, and what may follow is not wrong', () => {
    expect(faultsOf(emptyFiling())).toEqual({ title: 'needed', tenderer: 'tendererNeeded', name: 'needed' })
    const typed = { ...form, name: '道路', section: '1000', code: '2601', region: '孝南', base: '-3' }
    expect(faultsOf(typed)).toEqual({ section: 'notSection', code: 'notCode', region: 'notRegion', base: 'notAmount' })
    const fit = { ...form, name: '道路', section: '２', code: ' ２601-420902-04-01-12345A', region: '420902 ' }
    expect(faultsOf(fit)).toEqual({})
    expect(fileOf(fit, [])).toMatchObject({ section: 2, project: { project_code: '2601-420902-04-01-12345A', region: '420902' } })
  })

  test('what was handed in comes back into the form as it was', () => {
    const handed = fileOf({ ...form, limit: '2800.5万', checklist: { approval: '12号' } }, ['approval', 'design'])
    const again = formOf({ ...handed, tenderer_name: '建设局' } as never)
    expect(fileOf(again, ['approval', 'design'])).toEqual(handed)
  })
})

describe('the formula', () => {
  test('each method has its own data', () => {
    const eng = emptyFormula('ENG')
    expect(formulaOf(eng)).toEqual({ kind: 'deviation', base: { kind: 'mean', trim: 'TRIM-A', factor: { kind: 'fixed-float', f: '-0.03' } }, e1: '0.3', e2: '0.2', full: '60', floor: '0' })
    expect(formulaOf({ ...eng, method: 'ENG_REASONABLE_LOW', float: '', floor: '' })).toMatchObject({ kind: 'reasonable-low-price', full: '100', floor: null, base: { factor: null } })
    expect(formulaOf({ ...eng, method: 'ENG_LOWEST_EVALUATED' })).toEqual({ kind: 'eng-lowest-evaluated-price' })
    expect(formulaOf(emptyFormula('GP'))).toMatchObject({ kind: 'gp-low-price-first', weight: '30', deductions: { small_micro: '0.10' } })
  })

  test('what is drawn is declared sorted, each choice once, and tried with the first (R-SCORE-12, R-SCORE-13)', () => {
    const k = { ...emptyFormula('ENG'), base: 'drawn' as const, k: '0.03, 0.01、0.02 .01' }
    expect(formulaOf(k)).toMatchObject({ base: { kind: 'mean', trim: 'TRIM-A', factor: { kind: 'drawn-reduction', choices: ['0.01', '0.02', '0.03'] } } })
    expect(drawnOf(k)).toEqual([{ coefficient: 'k', values: ['0.01', '0.02', '0.03'] }])
    const mixed = { ...emptyFormula('ENG'), base: 'mixed' as const, alpha: '0.02 0.01', beta: '0.05' }
    expect(formulaOf(mixed)).toMatchObject({ base: { kind: 'mixed', alpha_choices: ['0.01', '0.02'], beta_choices: ['0.05'] } })
    const asked = previewOf({ ...mixed, samples: [{ price: '100', sme: 'NONE', domestic: false }] }, { regime: 'ENG', object: 'WORKS' }, '')
    expect(asked).toMatchObject({ draws: { alpha: '0.01', beta: '0.05' } })
    expect(drawnOf({ ...k, method: 'ENG_LOWEST_EVALUATED' })).toEqual([])
  })

  test('factors have their bounds in 分, below zero where they take off (R-SCORE-09)', () => {
    const form = { ...emptyFormula('ENG'), method: 'ENG_LOWEST_EVALUATED' as const, factors: [{ title: '付款', standard: '每提前一月', least: '-3万', most: '0' }] }
    expect(formulaOf(form)).toEqual({ kind: 'eng-lowest-evaluated-price', factors: [{ id: 'f1', title: '付款', standard: '每提前一月', least_fen: -3_000_000, most_fen: 0 }] })
  })

  test('prices go to the platform in 分, as the evaluation has them', () => {
    expect(fenText('2655万')).toBe('2655000000')
    expect(fenText('abc')).toBeNull()
    const form = { ...emptyFormula('ENG'), base: 'given' as const, given: '2600万', samples: [{ price: '2688万', sme: 'NONE' as const, domestic: false }, { price: '', sme: 'NONE' as const, domestic: false }] }
    const asked = previewOf(form, { regime: 'ENG', object: 'WORKS' }, '2800万')
    expect(asked).toMatchObject({ offers: [{ bid: '1', price: '2688000000' }], limit: '2800000000', formula: { base: { kind: 'given', value: '2600000000' } } })
  })

  test('without a readable price nothing is asked', () => {
    expect(previewOf(emptyFormula('ENG'), { regime: 'ENG', object: 'WORKS' }, '')).toBeNull()
  })

  test('decimals are written as the API writes them', () => {
    expect(['０．３', ' .5 ', '−0.03'].map(decimal)).toEqual(['0.3', '0.5', '-0.03'])
  })
})

describe('the notice', () => {
  const form = { ...emptyNotice('ENG'), day: '2026-03-25', time: '09:30', offerUntil: '2026-03-09', text: '公告' }

  test('nothing is tried before there is a deadline', () => {
    expect(noticeOf(emptyNotice('ENG'), 'key')).toBeNull()
  })

  test('terms are the form’s, the deadline Shanghai’s', () => {
    expect(noticeOf(form, 'key')).toMatchObject({
      deadline: '2026-03-25T09:30:00+08:00',
      price_limit_fen: null,
      terms: {
        platform_key: 'key', bid_deposit_fen: 0, deposit_forms: [], performance_bond_rate: '0', price_points: '60', consortium_members: 0,
        envelopes: [{ name: 'form' }, { name: 'qualification', title: '资格审查资料' }, { name: 'technical' }, { name: 'commercial' }],
        criteria: [{ id: 'c1', max_points: '30' }, { id: 'c2', max_points: '10' }],
      },
    })
  })

  test('suite and policy are as chosen, and trustees named only where there are any (R-BID-07)', () => {
    const trustees = [{ trustee: 'agency', party: 'p', public: 'k' }]
    expect(noticeOf(form, 'key', true, undefined, trustees)?.terms).toMatchObject({ suites: ['intl-1'], key_policy: 'P1' })
    expect(noticeOf(form, 'key', true, undefined, trustees)?.terms).not.toHaveProperty('trustees')
    const chosen = { ...form, suite: 'gm-1' as const, policy: 'P3' as const }
    expect(noticeOf(chosen, 'key', true, undefined, trustees)?.terms).toMatchObject({ suites: ['gm-1'], key_policy: 'P3', trustees })
  })

  test('methods that give no points have no criteria and no points of the price', () => {
    const lowest = { ...form, formula: { ...form.formula, method: 'ENG_LOWEST_EVALUATED' as const } }
    expect(noticeOf(lowest, 'key')?.terms).toMatchObject({ price_points: '0', criteria: [] })
  })

  test('a refusal is shown where it belongs, an unknown one with the whole', () => {
    expect(placeOf('deadline-too-early')).toBe('deadline')
    expect(placeOf('body-invalid', '$.terms.price_formula.e1')).toBe('formula')
    expect(placeOf('something-new')).toBe('')
  })
})

describe('slots', () => {
  const room: Room = {
    room: 'r', name: '一厅', kind: 'OPENING', seats: 0, buffer_minutes: 30, test: false,
    entries: [{ start: '2026-03-25T01:00:00Z', end: '2026-03-25T04:00:00Z', purpose: 'OPENING' }],
  }

  test('a wished slot is Shanghai’s day and time', () => {
    expect(slot('2026-03-25', '09:00', 3)).toEqual({ start: '2026-03-25T09:00:00+08:00', end: '2026-03-25T04:00:00Z' })
  })

  test('free means the buffer is kept too', () => {
    expect(free(room, slot('2026-03-25', '12:29', 1))).toBe(false)
    expect(free(room, slot('2026-03-25', '12:30', 1))).toBe(true)
    expect(free(room, slot('2026-03-25', '07:00', 2))).toBe(false)
    expect(free(room, slot('2026-03-25', '06:30', 2))).toBe(true)
  })

  test('a day’s entries are those that touch it in Shanghai', () => {
    expect(takenOn(room, '2026-03-25')).toHaveLength(1)
    expect(takenOn(room, '2026-03-26')).toHaveLength(0)
  })

  test('months go on over the year, weeks begin on Monday', () => {
    expect([monthsOn('2026-12', 1), monthsOn('2026-01', -1)]).toEqual(['2027-01', '2025-12'])
    expect([lead('2026-03'), lead('2026-06')]).toEqual([6, 0])
  })
})

describe('the rules of chance and decision', () => {
  const form = { ...emptyNotice('ENG'), day: '2026-03-25', offerUntil: '2026-03-10', publicDraw: true, trades: [{ trade: '市政', count: '4' }, { trade: '', count: '' }] }
  const chances = { anchor: 'A'.repeat(43), pools: [{ coefficient: 'k' as const, values: ['0.01'], sha256: '' }] }

  test('they repeat the supervisor’s head of the chain, and are left out without it (R-DRAW-02, R-EVAL-07)', () => {
    const terms = noticeOf(form, 'key', true, chances)?.terms
    expect(terms?.draw).toEqual({ ...chances, reveal_minutes: 10 })
    expect(terms?.expert_draw).toEqual({ anchor: chances.anchor, reveal_minutes: 10, trades: [{ trade: '市政', count: 4 }] })
    const without = noticeOf(form, 'key')?.terms
    expect(without).not.toHaveProperty('draw')
    expect(without).not.toHaveProperty('expert_draw')
  })

  test('a separate decision names its method, its local rule and how many decide (R-DRAW-04)', () => {
    expect(noticeOf(form, 'key')?.terms).not.toHaveProperty('decision')
    const terms = noticeOf({ ...form, decision: 'VOTE', localRule: ' 鄂建〔2025〕1号 ', deciders: '7', abnormal: '.3' }, 'key')?.terms
    expect(terms).toMatchObject({ decision: { method: 'VOTE', local_rule: '鄂建〔2025〕1号', members: 7 }, abnormal_share: '0.3' })
  })
})
