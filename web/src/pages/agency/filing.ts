/** The form of a file (进场资料) and the command's body that it becomes. What is lawful the platform says. */

import type { Schemas } from '@/api/types'
import { unspaced, wholeNumber } from '@/app/typed'
import { parseYuan, toWire, yuan } from '@/money'

import type { SaidOf } from './office'

export type Submit = SaidOf<'admission/submit'>
type Admission = Schemas['Admission']

export const CATEGORIES = ['房建', '市政', '交通', '水利', '货物', '服务'] as const
export const OBJECTS = ['WORKS', 'GOODS', 'SURVEY_DESIGN', 'SERVICE'] as const
export const CODE_TYPES = ['审批', '核准', '备案', '无'] as const
export const TENDERER_TYPES = ['机关', '事业单位', '团体组织', '国企', '平台公司', '民企'] as const
export const SOURCES = ['预算', '专项债', '上级补助', '财政还款贷款', '自筹', '企业'] as const
export const MODES = ['直接投资', '资本金注入', '投资补助', '贷款贴息'] as const
export const PARTS = ['WHOLE', 'FISCAL_PART', 'NONFISCAL_PART'] as const

export interface FundLine {
  source: (typeof SOURCES)[number]
  amount: string
  mode: (typeof MODES)[number] | ''
  under: 'yes' | 'no' | ''
}

export interface FilingForm {
  title: string
  category: (typeof CATEGORIES)[number]
  regime: 'ENG' | 'GP'
  object: (typeof OBJECTS)[number]
  section: string
  tenderer: string
  tendererName: string
  uscc: string
  name: string
  code: string
  codeType: (typeof CODE_TYPES)[number] | ''
  authority: string
  region: string
  tendererType: (typeof TENDERER_TYPES)[number] | ''
  base: string
  limit: string
  lines: FundLine[]
  separable: 'yes' | 'no' | ''
  part: (typeof PARTS)[number]
  /** Reference by item code; absent: not provided. */
  checklist: Record<string, string>
  test: boolean
}

export function emptyLine(): FundLine {
  return { source: '预算', amount: '', mode: '直接投资', under: 'yes' }
}

export function emptyFiling(): FilingForm {
  return {
    title: '', category: '市政', regime: 'ENG', object: 'WORKS', section: '1', tenderer: '', tendererName: '', uscc: '',
    name: '', code: '', codeType: '审批', authority: '', region: '420902', tendererType: '机关', base: '', limit: '',
    lines: [emptyLine()], separable: '', part: 'WHOLE', checklist: {}, test: false,
  }
}

/** What usually goes with a category; it may be changed, and the platform refuses what does not fit. */
export function usual(category: FilingForm['category']): Pick<FilingForm, 'regime' | 'object'> {
  if (category === '货物') return { regime: 'GP', object: 'GOODS' }
  if (category === '服务') return { regime: 'GP', object: 'SERVICE' }
  return { regime: 'ENG', object: 'WORKS' }
}

export type AmountField = 'base' | 'limit' | `lines.${number}`

/** Amounts that were typed and are none, or not above zero. */
export function unreadable(form: FilingForm): AmountField[] {
  const bad = (text: string): boolean => text.trim() !== '' && (parseYuan(text) ?? 0n) <= 0n
  const fields: AmountField[] = []
  if (bad(form.base)) fields.push('base')
  if (bad(form.limit)) fields.push('limit')
  form.lines.forEach((line, index) => {
    if (bad(line.amount)) fields.push(`lines.${index}`)
  })
  return fields
}

/** Fields that the platform refuses a file for; what else is missing the centre tells at once. */
export type FilingField = AmountField | 'title' | 'section' | 'tenderer' | 'name' | 'code' | 'region'
export type Fault = 'needed' | 'tendererNeeded' | 'notSection' | 'notCode' | 'notRegion' | 'notAmount'

const PROJECT_CODE = /^\d{2}(?:0[1-9]|1[0-2])-\d{6}-\d{2}-\d{2}-\d{5}[0-9A-Z]$/
const REGION = /^\d{6}$/

/** All that is wrong with the form, in one go. */
export function faultsOf(form: FilingForm): Partial<Record<FilingField, Fault>> {
  const unfit = (text: string, pattern: RegExp): boolean => unspaced(text) !== '' && !pattern.test(unspaced(text))
  const faults: Partial<Record<FilingField, Fault>> = {}
  if (!form.title.trim()) faults.title = 'needed'
  if (form.section.trim() && !sectionOf(form)) faults.section = 'notSection'
  if (!form.tenderer.trim()) faults.tenderer = 'tendererNeeded'
  if (!form.name.trim()) faults.name = 'needed'
  if (unfit(form.code, PROJECT_CODE)) faults.code = 'notCode'
  if (unfit(form.region, REGION)) faults.region = 'notRegion'
  for (const field of unreadable(form)) faults[field] = 'notAmount'
  return faults
}

/** 1 to 999, else 0. */
function sectionOf(form: FilingForm): number {
  const typed = wholeNumber(form.section) ?? 0
  return typed < 1000 ? typed : 0
}

const fen = (text: string): number | null => {
  const parsed = text.trim() === '' ? null : parseYuan(text)
  return parsed === null ? null : toWire(parsed)
}
const choice = (said: 'yes' | 'no' | ''): boolean | null => (said === '' ? null : said === 'yes')

/** `items`: codes of the category's list; all of them are answered, so that nothing is left open by mistake. */
export function bodyOf(form: FilingForm, items: readonly string[]): Submit {
  const base = fen(form.base)
  return {
    title: form.title.trim(),
    category: form.category,
    regime: form.regime,
    object: form.object,
    section: sectionOf(form) || 1,
    tenderer: form.tenderer.trim(),
    project: {
      name: form.name.trim(),
      project_code: unspaced(form.code),
      project_code_type: form.codeType || null,
      authority_document: form.authority.trim(),
      region: unspaced(form.region),
      tenderer_type: form.tendererType || null,
    },
    ...(form.regime === 'GP' ? { budget_fen: base } : { estimate_fen: base }),
    price_limit_fen: fen(form.limit),
    fund_lines: form.lines.map((line) => ({
      source: line.source,
      amount_fen: fen(line.amount),
      mode: line.mode || null,
      under_budget: choice(line.under),
    })),
    mixed_separable: choice(form.separable),
    lot_part: form.part,
    checklist: items.map((item) => {
      const reference = form.checklist[item]
      return reference === undefined ? { item, provided: false } : { item, provided: true, reference: reference.trim() }
    }),
    mode: form.test ? 'test' : 'live',
  }
}

/** The form as it was handed in, for the correction. */
export function formOf(said: Admission): FilingForm {
  const amount = (of: number | null | undefined): string => (of === null || of === undefined ? '' : yuan(of).replaceAll(',', ''))
  const answer = (of: boolean | null | undefined): 'yes' | 'no' | '' => (of === null || of === undefined ? '' : of ? 'yes' : 'no')
  return {
    title: said.title ?? '',
    category: said.category ?? '市政',
    regime: said.regime ?? 'ENG',
    object: said.object ?? 'WORKS',
    section: String(said.section ?? 1),
    tenderer: said.tenderer ?? '',
    tendererName: said.tenderer_name ?? '',
    uscc: '',
    name: said.project?.name ?? '',
    code: said.project?.project_code ?? '',
    codeType: said.project?.project_code_type ?? '',
    authority: said.project?.authority_document ?? '',
    region: said.project?.region ?? '',
    tendererType: said.project?.tenderer_type ?? '',
    base: amount(said.regime === 'GP' ? said.budget_fen : said.estimate_fen),
    limit: amount(said.price_limit_fen),
    lines: (said.fund_lines ?? []).map((line) => ({ source: line.source, amount: amount(line.amount_fen), mode: line.mode ?? '', under: answer(line.under_budget) })),
    separable: answer(said.mixed_separable),
    part: said.lot_part ?? 'WHOLE',
    checklist: Object.fromEntries((said.checklist ?? []).filter((one) => one.provided).map((one) => [one.item, one.reference ?? ''])),
    test: said.mode === 'test',
  }
}
