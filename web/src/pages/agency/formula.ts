/** The scoring formula as a form, and as the data that the tender document declares. What it means the platform computes. */

import type { Schemas } from '@/api/types'
import { parseYuan, toWire } from '@/money'

import type { Said } from './office'

export type Method = Schemas['TenderTerms']['method']
export type PriceFormula = Said<Schemas['TenderTerms']['price_formula']>
export type Preview = Schemas['Preview']
export type AskPreview = Said<Schemas['AskPreview']>

export const METHODS = {
  ENG: ['ENG_COMPREHENSIVE', 'ENG_REASONABLE_LOW', 'ENG_LOWEST_EVALUATED'],
  GP: ['GP_COMPREHENSIVE', 'GP_LOWEST_EVALUATED'],
} as const satisfies Record<'ENG' | 'GP', readonly Method[]>
export const TRIMS = ['ALL', 'TRIM-A', 'TRIM-B'] as const
export const STACKINGS = ['ADD', 'MULTIPLY', 'MAX'] as const
export const SMES = ['NONE', 'SMALL_MICRO', 'CONSORTIUM'] as const

/** Where the base comes from; `drawn`: the mean less K, `mixed`: mean and limit by α and β, all drawn at the opening. */
export const BASES = ['mean', 'drawn', 'mixed', 'given'] as const

/** 量化因素, as typed (R-SCORE-09). */
export interface TypedFactor {
  title: string
  standard: string
  least: string
  most: string
}

export interface SamplePrice {
  price: string
  sme: (typeof SMES)[number]
  domestic: boolean
}

export interface FormulaForm {
  method: Method
  points: string
  e1: string
  e2: string
  floor: string
  base: (typeof BASES)[number]
  given: string
  /** Choices of what is drawn, parted by spaces or commas. */
  k: string
  alpha: string
  beta: string
  factors: TypedFactor[]
  trim: (typeof TRIMS)[number]
  /** Float of the mean as decimal text, e.g. -0.03; empty: none. */
  float: string
  small: string
  consortium: string
  domestic: string
  stacking: (typeof STACKINGS)[number]
  onlyIfMixed: boolean
  reserved: boolean
  samples: SamplePrice[]
}

export function emptyFormula(regime: 'ENG' | 'GP'): FormulaForm {
  return {
    method: METHODS[regime][0],
    points: regime === 'GP' ? '30' : '60',
    e1: '0.3', e2: '0.2', floor: '0', base: 'mean', given: '', k: '', alpha: '', beta: '', factors: [], trim: 'TRIM-A', float: '-0.03',
    small: '0.10', consortium: '0.04', domestic: '0', stacking: 'ADD', onlyIfMixed: true, reserved: false,
    samples: ['', '', ''].map((price) => ({ price, sme: 'NONE', domestic: false })),
  }
}

/** Methods that rank by price alone and give no points. */
export function pointless(method: Method): boolean {
  return method === 'ENG_LOWEST_EVALUATED' || method === 'GP_LOWEST_EVALUATED'
}

/** `0.30` and full-width digits as the API writes decimals; what is none stays for the platform to refuse. */
export function decimal(typed: string): string {
  const text = typed.normalize('NFKC').trim().replace('−', '-')
  return text.startsWith('.') ? `0${text}` : text
}

export function formulaOf(form: FormulaForm): PriceFormula {
  const deductions = {
    small_micro: decimal(form.small),
    consortium: decimal(form.consortium),
    domestic: decimal(form.domestic),
    stacking: form.stacking,
    domestic_only_if_mixed: form.onlyIfMixed,
    sme_reserved: form.reserved,
  }
  switch (form.method) {
    case 'GP_COMPREHENSIVE':
      return { kind: 'gp-low-price-first', weight: decimal(form.points), deductions }
    case 'GP_LOWEST_EVALUATED':
      return { kind: 'gp-lowest-evaluated-price', deductions }
    case 'ENG_LOWEST_EVALUATED':
      return { kind: 'eng-lowest-evaluated-price', ...(form.factors.length ? { factors: form.factors.map(factorOf) } : {}) }
    default: {
      const shape = {
        base: baseOf(form),
        e1: decimal(form.e1),
        e2: decimal(form.e2),
        full: form.method === 'ENG_REASONABLE_LOW' ? '100' : decimal(form.points),
        floor: form.floor.trim() === '' ? null : decimal(form.floor),
      }
      return form.method === 'ENG_REASONABLE_LOW' ? { kind: 'reasonable-low-price', ...shape } : { kind: 'deviation', ...shape }
    }
  }
}

function baseOf(form: FormulaForm): Said<Schemas['Deviation']['base']> {
  if (form.base === 'given') return { kind: 'given', value: fenText(form.given) ?? decimal(form.given) }
  if (form.base === 'mixed') return { kind: 'mixed', alpha_choices: choicesOf(form.alpha), beta_choices: choicesOf(form.beta) }
  if (form.base === 'drawn') return { kind: 'mean', trim: form.trim, factor: { kind: 'drawn-reduction', choices: choicesOf(form.k) } }
  const factor = form.float.trim() === '' ? null : ({ kind: 'fixed-float', f: decimal(form.float) } as const)
  return { kind: 'mean', trim: form.trim, factor }
}

/** The choices as the rule of a draw declares them: sorted, each once. */
export function choicesOf(typed: string): string[] {
  return [...new Set(typed.split(/[\s,，、;；]+/).filter(Boolean).map(decimal))].sort()
}

/** What is drawn at the opening, from which choices; empty for a formula that draws nothing. */
export function drawnOf(form: FormulaForm): readonly { coefficient: 'k' | 'alpha' | 'beta'; values: string[] }[] {
  if (form.method !== 'ENG_COMPREHENSIVE' && form.method !== 'ENG_REASONABLE_LOW') return []
  if (form.base === 'drawn') return [{ coefficient: 'k', values: choicesOf(form.k) }]
  if (form.base !== 'mixed') return []
  return [{ coefficient: 'alpha', values: choicesOf(form.alpha) }, { coefficient: 'beta', values: choicesOf(form.beta) }]
}

function factorOf({ title, standard, least, most }: TypedFactor, at: number): Said<Schemas['PriceFactor']> {
  const fen = (typed: string): number => toWire(parseYuan(typed) ?? 0n)
  return { id: `f${String(at + 1)}`, title: title.trim(), standard: standard.trim(), least_fen: fen(least), most_fen: fen(most) }
}

/** A typed amount in 分, the unit in which the evaluation scores prices; null for what is no amount. */
export function fenText(typed: string): string | null {
  const fen = parseYuan(typed)
  return fen === null || fen < 0n ? null : fen.toString()
}

/** What is asked of the platform; null while there is no readable sample price. `limit`: typed or empty. */
export function previewOf(form: FormulaForm, lot: { regime: 'ENG' | 'GP'; object: AskPreview['object'] }, limit: string): AskPreview | null {
  const offers = form.samples.flatMap((one, index) => {
    const price = fenText(one.price)
    return price === null || price === '0' ? [] : [{ bid: String(index + 1), price, sme: one.sme, domestic: one.domestic }]
  })
  if (!offers.length) return null
  const draws = Object.fromEntries(drawnOf(form).map(({ coefficient, values }) => [coefficient, values[0] ?? null]))
  return { ...lot, formula: formulaOf(form), offers, limit: fenText(limit), ...(Object.keys(draws).length ? { draws } : {}) }
}
