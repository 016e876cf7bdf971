// @vitest-environment node
/** The engine of the browser's verifier against the platform's: every vector, and whole lots that the platform evaluated. */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { expect, test } from 'vitest'

import type { Event } from '../events'
import { compare, exactText, fraction, mean, rounded, sum, type Fraction, type Rounding } from '../fractions'
import type { LotRecord } from '../format'
import { checkScores } from '../scores'
import { basePrice, mixedMeans, trimmed, Unscorable, type BasePrice, type Draws } from './base'
import { folded } from './brands'
import { Base, Formula } from './formula'
import { scorePrices, type Offer } from './prices'
import { instant, Method, rank } from './ranking'

const FOLDER = new URL('../../../../tests/vectors/', import.meta.url)
const read = (name: string): unknown => JSON.parse(readFileSync(new URL(name, FOLDER), 'utf-8'))

// The rule library's vectors (tests/vectors/runner.py): a null says the same as an absent field.

type Fields = Readonly<Record<string, unknown>>
const Vectors = v.object({ vectors: v.array(v.object({ id: v.string(), kind: v.string(), inputs: v.record(v.string(), v.unknown()), expected: v.unknown() })) })
const text = (value: unknown): string => v.parse(v.string(), value)
const texts = (value: unknown): string[] => v.parse(v.array(v.string()), value)
const fields = (value: unknown): Fields => v.parse(v.record(v.string(), v.unknown()), value)

function bare(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bare)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).flatMap(([name, one]) => (one === null ? [] : [[name, bare(one)]])))
}

const rounding = ({ rounding: said }: Fields): Rounding => (said === undefined ? { digits: 2, mode: 'HALF_UP' } : (said as Rounding))

function offers({ bids }: Fields): Offer[] {
  return v.parse(v.array(v.looseObject({ id: v.string(), price: v.string() })), bids).map((bid) => ({
    bid: bid.id,
    price: bid.price,
    compliant: bid.compliant !== false,
    sme: (bid.sme ?? 'NONE') as Offer['sme'],
    domestic: bid.domestic === true,
    adjustment: '0',
    adjustedBy: [],
  }))
}

/** R-SCORE-14: prices above the limit have left before any mean is taken. */
function valid({ prices, limit }: Fields): Fraction[] {
  const found = texts(prices).map(fraction).filter((one) => limit === undefined || compare(one, fraction(text(limit))) <= 0)
  if (found.length === 0) throw new Unscorable('reject-all-retender')
  return found
}

/** A factor without a declared set is a fixed one. */
function based(said: unknown): { base: v.InferOutput<typeof Base>; draws: Draws } {
  const plain = fields(said)
  if (plain.given !== undefined) return { base: v.parse(Base, { kind: 'given', value: plain.given }), draws: {} }
  const shape = { kind: 'mean', trim: plain.mean, rounding: plain.rounding ?? null }
  if (plain.factor === undefined) return { base: v.parse(Base, shape), draws: {} }
  const factor = fields(plain.factor)
  const turned = (value: string): string => exactText({ n: -fraction(value).n, d: fraction(value).d })
  const reduces = factor.type === 'ONE_MINUS_K'
  const value = text(factor.value)
  if (factor.set === undefined) return { base: v.parse(Base, { ...shape, factor: { kind: 'fixed-float', f: reduces ? turned(value) : value } }), draws: {} }
  const k = (one: string): string => (reduces ? exactText(fraction(one)) : turned(one))
  return { base: v.parse(Base, { ...shape, factor: { kind: 'drawn-reduction', choices: texts(factor.set).map(k) } }), draws: { k: k(value) } }
}

const overValid = (base: v.InferOutput<typeof Base>, inputs: Fields, draws: Draws): BasePrice =>
  basePrice(base, valid(inputs), inputs.limit === undefined ? null : fraction(text(inputs.limit)), draws)

const KINDS: Readonly<Record<string, (inputs: Fields) => unknown>> = {
  'gp.price_score': (inputs) => {
    const rates = fields(inputs.rates)
    const named = Object.fromEntries(['stacking', 'domestic_only_if_mixed', 'sme_reserved'].flatMap((name) => (name in inputs ? [[name, inputs[name]]] : [])))
    const deductions = { small_micro: rates.sme, consortium: rates.consortium, domestic: rates.domestic, ...named }
    const formula = v.parse(Formula, { kind: 'gp-low-price-first', weight: inputs.weight, deductions, rounding: rounding(inputs) })
    const limits = [inputs.budget, inputs.limit].flatMap((one) => (one === undefined ? [] : [text(one)]))
    const limit = limits.sort((left, right) => compare(fraction(left), fraction(right)))[0] ?? null
    const found = scorePrices(formula, offers(inputs), { limit, minValid: inputs.min_three === false ? 1 : 3 })
    const bids = Object.fromEntries(found.scores.map(({ bid, evaluated, score }) => [bid, { evaluated, score }]))
    return { decision: found.decision, invalid: found.rejected, base: found.base, bids }
  },
  'eng.deviation_score': (inputs) => {
    const { base, draws } = based(inputs.base)
    const { full = '100', floor = null } = inputs
    const formula = v.parse(Formula, { kind: 'deviation', base, e1: inputs.E1, e2: inputs.E2, full, floor, rounding: rounding(inputs) })
    const found = scorePrices(formula, offers(inputs), { limit: inputs.limit === undefined ? null : text(inputs.limit), draws })
    return { decision: found.decision, rejected: found.rejected, base: found.base, scores: Object.fromEntries(found.scores.map((one) => [one.bid, one.score])) }
  },
  'base.trimmed_mean': (inputs) => {
    const kept = trimmed(valid(inputs), text(inputs.policy) as 'ALL')
    return { kept: kept.map((one) => exactText(one)), n_kept: kept.length, mean_exact: exactText(mean(kept)), mean: rounded(mean(kept), rounding(inputs)) }
  },
  'base.floating': (inputs) => {
    const { base, draws } = based(inputs.base)
    const found = overValid(base, inputs, draws)
    return { base_exact: exactText(found.exact), base: rounded(found.value, rounding(inputs)) }
  },
  'base.mixed': (inputs) => {
    const { cut = '0.9', weight_a, weight_b } = inputs
    const base = v.parse(Base, { kind: 'mixed', alpha_choices: inputs.alpha_set, beta_choices: inputs.beta_set, cut, weight_a, weight_b })
    const found = overValid(base, inputs, { alpha: text(inputs.alpha), beta: text(inputs.beta) })
    const { x, kept, a } = mixedMeans(valid(inputs), fraction(text(cut)))
    const Y = rounded(found.exact, rounding(inputs))
    return { X_exact: exactText(x), kept: kept.map((one) => exactText(one)), A_exact: exactText(a), Y_exact: exactText(found.exact), Y }
  },
  'rank.order': ({ method, bids }) => {
    const named = v.parse(Method, text(method).replace(/^(GP|ENG)_LOWEST.*/, '$1_LOWEST_EVALUATED'))
    const order = rank(
      named,
      v.parse(v.array(v.looseObject({ id: v.string(), price: v.string() })), bids).map((bid) => ({
        bid: bid.id,
        price: bid.price,
        score: text(bid.score ?? '0'),
        evaluated: bid.evaluated === undefined ? null : text(bid.evaluated),
        credit: bid.credit_rank === undefined ? null : Number(bid.credit_rank),
        submitted: bid.submitted === undefined ? null : instant(text(bid.submitted)),
      })),
    )
    return { order }
  },
}

function computed(kind: string, inputs: Fields): unknown {
  try {
    return KINDS[kind]?.(inputs)
  } catch (error) {
    if (error instanceof Unscorable) return { error: error.code.toUpperCase().replaceAll('-', '_') }
    throw error
  }
}

const vectors = ['gp-price', 'eng-price', 'ranking'].flatMap((name) => v.parse(Vectors, read(`rules/${name}.json`)).vectors)

test.each(vectors)('$id: $kind', ({ kind, inputs, expected }) => {
  expect(Object.keys(KINDS)).toContain(kind)
  expect(computed(kind, fields(bare(inputs)))).toEqual(expected)
})

// tests/records/pricing.py: every kind of formula, whole derivations.

const Line = v.object({ text: v.string(), value: v.string() })
const Priced = v.object({
  decision: v.string(),
  rejected: v.array(v.string()),
  base: v.nullable(v.string()),
  base_derivation: v.array(Line),
  scores: v.array(v.object({ bid: v.string(), evaluated: v.string(), score: v.nullable(v.string()), derivation: v.array(Line) })),
})
const Prices = v.object({
  cases: v.array(
    v.object({
      name: v.string(),
      formula: v.unknown(),
      offers: v.array(v.looseObject({ adjusted_by: v.array(Line) })),
      limit: v.nullable(v.string()),
      draws: v.record(v.string(), v.string()),
      found: v.union([v.object({ error: v.string() }), Priced]),
    }),
  ),
})
const { cases } = v.parse(Prices, read('scores/prices.json'))

test.each(cases)('prices, line by line: $name', ({ formula, offers: given, limit, draws, found }) => {
  const shape = v.parse(Formula, formula)
  expect(shape, 'every default is written out').toEqual(formula)
  const priced = (): unknown => {
    const { baseDerivation: base_derivation, ...rest } = scorePrices(shape, given.map(({ adjusted_by, ...one }) => ({ ...one, adjustedBy: adjusted_by }) as unknown as Offer), { limit, draws })
    return { ...rest, base_derivation }
  }
  if ('error' in found) expect(priced).toThrow(found.error)
  else expect(priced()).toEqual(found)
})

test('every kind of formula is scored, and most of them now and then not', () => {
  const kinds = (scored: boolean): Set<unknown> => new Set(cases.filter((one) => ('decision' in one.found && one.found.decision === 'SCORED') === scored).map((one) => fields(one.formula).kind))
  expect([kinds(true).size, kinds(false).size]).toEqual([5, 4])
})

// tests/records/scored.py: whole evaluations, decided by the platform's own functions.

const Lots = v.object({ lots: v.array(v.object({ name: v.string(), events: v.array(v.tuple([v.picklist(['anyone', 'offices', 'committee']), v.string(), v.record(v.string(), v.unknown())])) })) })
const { lots } = v.parse(Lots, read('scores/lots.json'))
type Told = (typeof lots)[number]['events']
const READERS = { anyone: ['anyone'], offices: ['anyone', 'offices'], committee: ['anyone', 'offices', 'committee'] }

async function held(events: Told, reader: keyof typeof READERS): Promise<string> {
  const shown = events.filter(([to]) => READERS[reader].includes(to)).map(([, topic, state]): Event => ({ topic, state, at: '' }))
  return (await checkScores({ record: {} as LotRecord, events: shown, keys: new Map() })).join()
}

test.each(lots)('$name: committee and supervision compute everything, the offices from the means', async ({ name, events }) => {
  expect(await held(events, 'committee')).toMatch(/^sheets, price scores, totals, ranks and report computed again; \d+ members signed/)
  expect(await held(events, 'offices')).toMatch(/^price scores, totals and ranks of \d bids computed again/)
  const purchase = name.startsWith('goods') || name.includes('factors')
  expect(await held(events, 'anyone')).toMatch(purchase ? /^$/ : /^price scores of \d valid bids computed again; the candidates' totals fit them$/)
})

type Path = readonly (string | number)[]
type Change = (found: unknown) => unknown

/** A copy of `value` with what stands at `path` changed. */
function altered(value: unknown, [key, ...rest]: Path, change: Change): unknown {
  if (key === undefined) return change(value)
  if (Array.isArray(value)) return value.map((one: unknown, place) => (place === key ? altered(one, rest, change) : one))
  const holder = fields(value)
  return { ...holder, [key]: altered(holder[key], rest, change) }
}

/** What a reader finds of the lot with the last event of a topic changed. */
async function found(name: string, reader: keyof typeof READERS, topic: string, path: Path, change: Change): Promise<string> {
  const { events } = lots.find((one) => one.name.startsWith(name)) ?? { events: [] }
  const last = events.findLastIndex(([, one]) => one === topic)
  return held(events.map((one, place) => (place === last ? [one[0], topic, fields(altered(one[2], path, change))] : one)), reader)
}

const being = (value: unknown): Change => () => value
const turned: Change = (all) => v.parse(v.array(v.unknown()), all).reverse()
/** Every member votes against a bid. */
const against = (bidder: string, sheets: unknown): unknown =>
  v.parse(v.array(v.looseObject({})), sheets).map((one) => ({ ...one, rejections: [{ bidder, ground: '六', page: '1', reason: '?' }] }))
const [FIRST, POINTS] = [['ranking', 0], ['sheets', 2, 'bids', 0, 'scores', 0]] as const

test.each<[string, string, Path, Change, string]>([
  ['points in a sheet', 'lot.scores-revealed.v1', [...POINTS, 'points'], being('31'), 'do not follow'],
  ['a reason in a sheet', 'lot.scores-revealed.v1', [...POINTS, 'reason'], being('?'), 'do not follow'],
  ['a vote to reject that nobody counted', 'lot.scores-revealed.v1', ['sheets'], (all) => against('a', all), 'rejections do not follow'],
  ['another drawn coefficient', 'lot.coefficients-drawn.v1', ['drawn', 0, 'value'], being('0.01'), 'price scores do not follow'],
  ['a coefficient of another set', 'lot.coefficients-drawn.v1', ['drawn', 0, 'value'], being('0.03'), 'k-not-in-set'],
  ['another price score', 'lot.prices-scored.v1', ['scores', 0, 'score'], being('99.999'), 'price scores do not follow'],
  ['a line of a derivation', 'lot.prices-scored.v1', ['scores', 0, 'derivation', 1, 'value'], being('0'), 'price scores do not follow'],
  ['another total', 'lot.bids-ranked.v1', [...FIRST, 'total'], being('99.999'), 'do not follow from the sheets'],
  ['other candidates', 'lot.bids-ranked.v1', ['candidates'], turned, 'do not follow from the sheets'],
  ['a letter of the report', 'lot.bids-ranked.v1', ['report'], (text) => `${String(text)} `, 'do not follow from the sheets'],
  ['a signature under another report', 'lot.report-signed.v1', ['report_hash'], being('0'.repeat(64)), 'signed another report'],
  ['a dissent made up', 'lot.evaluation-reported.v1', ['report'], (text) => String(text).replace('签字，同意', '签字，不同意'), 'not what the members closed'],
  ['other candidates reported', 'lot.evaluation-reported.v1', ['candidates'], turned, 'not what the members closed'],
])('%s: who holds the sheets finds it', async (_, topic, path, change, reason) => {
  await expect(found('works, seven members', 'committee', topic, path, change)).rejects.toThrow(reason)
})

const stood = (said: unknown): unknown => {
  const { kept, others, ...rest } = v.parse(v.looseObject({ kept: v.string(), others: v.array(v.string()) }), said)
  return { ...rest, kept: others[0], others: [kept, ...others.slice(1)] }
}

const STANDS = 'which bid stands for its brand does not follow'

test.each<[string, string, Path, Change, string]>([
  ['the better score', 'goods, small enterprises', [], stood, STANDS],
  ['the lowest price, which others are not scored beside', 'goods, the lowest price of each brand', [], stood, 'price scores do not follow'],
  ['the draw of equal prices', 'goods, equal prices', ['pick', 'drawn'], being('c'), STANDS],
  ['the draw of equal scores', 'goods, equal scores', [], stood, STANDS],
  ['other bytes than were drawn', 'goods, equal scores', ['pick', 'random'], (hex) => (Number(`0x${String(hex)}`) ^ 1).toString(16).padStart(2, '0'), STANDS],
  ['a draw where a price decides', 'goods, the lowest price of each brand', ['choice'], being('DRAW'), STANDS],
])('which bid stands for its brand follows from %s', async (_, name, path, change, reason) => {
  await expect(found(name, 'committee', 'lot.same-brand-resolved.v1', path, change)).rejects.toThrow(reason)
})

test.each<[string, Path, Change, string]>([
  ['another evaluated price', [...FIRST, 'evaluated_fen'], being('1'), 'another evaluated price'],
  ['another price score', [...FIRST, 'price_score'], being('1'), 'do not follow'],
  ['another total', [...FIRST, 'total'], being('1.00'), 'do not follow'],
  ['other points', [...FIRST, 'technical'], being('1'), "other points than the criteria's"],
  ['another rank', [...FIRST, 'rank'], being(4), 'ranks do not follow'],
  ['a bid both ranked and rejected', ['rejected', 0, 'bidder'], being('b'), 'ranked and rejected'],
  ['a letter of the report', ['report'], (text) => `${String(text)} `, 'another hash'],
])('%s: who holds the means finds it', async (_, path, change, reason) => {
  await expect(found('goods, small enterprises', 'offices', 'lot.evaluation-reported.v1', path, change)).rejects.toThrow(reason)
})

test.each<[string, Path, Change, string]>([
  ['a total that no committee could give', ['candidates', 0, 'total'], being('170.00'), 'points to the committee'],
  ['a candidate who was rejected', ['rejected', 0, 'bidder'], being('b'), 'without a valid bid'],
  ['candidates in another order', ['candidates'], turned, 'a lower total'],
])('%s: anybody finds it', async (_, path, change, reason) => {
  await expect(found('works, one bid rejected', 'anyone', 'lot.candidates-publicised.v1', path, change)).rejects.toThrow(reason)
})

// Exact numbers

test('numbers are exact: decimals and fractions in lowest terms', () => {
  expect(compare(sum(['0.1', '0.2'].map(fraction)), fraction('0.3'))).toBe(0)
  expect(exactText(sum(['1/3', '1/3', '1/3'].map(fraction)))).toBe('1')
  expect([exactText(fraction('2/6')), exactText(fraction('-0.50')), exactText(fraction('7/40'), 4)]).toEqual(['1/3', '-0.5', '0.1750'])
  expect(() => fraction('1e3')).toThrow(RangeError)
  expect(() => mean([])).toThrow(RangeError)
})

test.each([
  ['HALF_UP', '2.5', '-2.5', '3', '-3'],
  ['HALF_DOWN', '2.5', '-2.5', '2', '-2'],
  ['HALF_EVEN', '2.5', '-3.5', '2', '-4'],
  ['UP', '2.1', '-2.1', '3', '-3'],
  ['DOWN', '2.9', '-2.9', '2', '-2'],
  ['CEILING', '2.1', '-2.9', '3', '-2'],
  ['FLOOR', '2.9', '-2.1', '2', '-3'],
] as const)('%s', (mode, above, below, up, down) => {
  expect([rounded(fraction(above), { digits: 0, mode }), rounded(fraction(below), { digits: 0, mode })]).toEqual([up, down])
  expect(rounded(fraction('-0.001'), { digits: 2, mode: 'HALF_UP' })).toBe('0.00')
})

const Pairs = v.object({ pairs: v.array(v.object({ one: v.string(), other: v.string(), same: v.boolean() })) })

test.each(v.parse(Pairs, read('scores/same-name.json')).pairs)('whether $one and $other are one name is as the platform has it', ({ one, other, same }) => {
  expect(folded(one) === folded(other)).toBe(same)
})
