/** The scoring formula as a form, and as the data that the tender document declares. What it means the platform computes. */

import type { Schemas } from '@/api/types'
import { parseYuan } from '@/money'

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
  base: 'mean' | 'given'
  given: string
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
    e1: '0.3', e2: '0.2', floor: '0', base: 'mean', given: '', trim: 'TRIM-A', float: '-0.03',
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
      return { kind: 'eng-lowest-evaluated-price' }
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
  const factor = form.float.trim() === '' ? null : ({ kind: 'fixed-float', f: decimal(form.float) } as const)
  return { kind: 'mean', trim: form.trim, factor }
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
  return offers.length ? { ...lot, formula: formulaOf(form), offers, limit: fenText(limit) } : null
}
