/** Price formulas as data, as the tender document declares them (R-SCORE-01). Every default is written out. */

import * as v from 'valibot'

import { integer } from '@/crypto/canonical'

const Decimal = v.pipe(v.string(), v.regex(/^-?(?:0|[1-9]\d*)(?:\.\d+)?$/))
/** A set to draw from: at least one coefficient. */
const Choices = v.pipe(v.array(Decimal), v.minLength(1))

const Rounding = v.strictObject({
  digits: v.optional(integer(0, 12), 2),
  mode: v.optional(v.picklist(['HALF_UP', 'HALF_DOWN', 'HALF_EVEN', 'UP', 'DOWN', 'CEILING', 'FLOOR']), 'HALF_UP'),
})
const Rounded = v.optional(Rounding, {})
const Unrounded = v.optional(v.nullable(Rounding), null)

const Trim = v.picklist(['ALL', 'TRIM-A', 'TRIM-B'])
export type Trim = v.InferOutput<typeof Trim>

const Factor = v.variant('kind', [
  v.strictObject({ kind: v.literal('fixed-float'), f: Decimal }),
  v.strictObject({ kind: v.literal('drawn-reduction'), choices: Choices }),
])

const Given = v.strictObject({ kind: v.literal('given'), value: Decimal })
/** R-SCORE-11, R-SCORE-12: mean of the valid prices after trimming, times the factor. */
const Mean = v.strictObject({ kind: v.literal('mean'), trim: Trim, factor: v.optional(v.nullable(Factor), null), rounding: Unrounded })
export type Mean = v.InferOutput<typeof Mean>
/** R-SCORE-13: `Y = A(1−α)·weight_a + B(1−β)·weight_b`. */
const Mixed = v.strictObject({
  kind: v.literal('mixed'),
  alpha_choices: Choices,
  beta_choices: Choices,
  cut: v.optional(Decimal, '0.9'),
  weight_a: v.optional(Decimal, '0.6'),
  weight_b: v.optional(Decimal, '0.4'),
  rounding: Unrounded,
})
export type Mixed = v.InferOutput<typeof Mixed>
export const Base = v.variant('kind', [Given, Mean, Mixed])
export type Base = v.InferOutput<typeof Base>

const Deductions = v.strictObject({
  small_micro: v.optional(Decimal, '0'),
  consortium: v.optional(Decimal, '0'),
  domestic: v.optional(Decimal, '0'),
  stacking: v.optional(v.picklist(['ADD', 'MULTIPLY', 'MAX']), 'ADD'),
  domestic_only_if_mixed: v.optional(v.boolean(), true),
  sme_reserved: v.optional(v.boolean(), false),
})
export type Deductions = v.InferOutput<typeof Deductions>

/** 12号令 31: one 量化因素, what is added to, or taken off, the price to compare it. */
const PriceFactor = v.strictObject({ id: v.string(), title: v.string(), standard: v.string(), least_fen: integer(-Number.MAX_SAFE_INTEGER), most_fen: integer(-Number.MAX_SAFE_INTEGER) })
export type PriceFactor = v.InferOutput<typeof PriceFactor>

const byDeviation = {
  base: Base,
  e1: Decimal,
  e2: Decimal,
  full: v.optional(Decimal, '100'),
  floor: v.optional(v.nullable(Decimal), null),
  rounding: Rounded,
}

export const Formula = v.variant('kind', [
  v.strictObject({ kind: v.literal('gp-low-price-first'), weight: Decimal, deductions: v.optional(Deductions, {}), rounding: Rounded }),
  v.strictObject({ kind: v.literal('gp-lowest-evaluated-price'), deductions: v.optional(Deductions, {}) }),
  v.strictObject({ kind: v.literal('eng-lowest-evaluated-price'), factors: v.optional(v.array(PriceFactor), []) }),
  v.strictObject({ kind: v.literal('deviation'), ...byDeviation }),
  v.strictObject({ kind: v.literal('reasonable-low-price'), ...byDeviation }),
])
export type Formula = v.InferOutput<typeof Formula>
export type ByDeviation = Extract<Formula, { kind: 'deviation' | 'reasonable-low-price' }>
export type Purchase = Extract<Formula, { deductions: unknown }>
