/** The order of bids, and what decides between equals (R-SCORE-15; 87号令 56, 57). */

import * as v from 'valibot'

import { compare, fraction } from '../fractions'

export const Method = v.picklist(['GP_COMPREHENSIVE', 'GP_LOWEST_EVALUATED', 'ENG_COMPREHENSIVE', 'ENG_REASONABLE_LOW', 'ENG_LOWEST_EVALUATED'])
export type Method = v.InferOutput<typeof Method>

/** What decides between bids that stand equal, in this order; what is equal in all of it stands parallel. */
export const TIES: Readonly<Record<Method, readonly string[]>> = {
  GP_COMPREHENSIVE: ['投标报价（未扣除）较低'],
  GP_LOWEST_EVALUATED: [],
  ENG_COMPREHENSIVE: ['投标报价较低'],
  ENG_REASONABLE_LOW: ['投标报价较低', '信用等级较高', '递交时间较早'],
  ENG_LOWEST_EVALUATED: [],
}

/** A valid bid. `credit` 1 is best, null behind every grade; `submitted`: microseconds, see `instant`. */
export interface Contender {
  readonly bid: string
  readonly price: string
  readonly score: string
  readonly evaluated: string | null
  readonly credit: number | null
  readonly submitted: bigint | null
}

type Order = (left: Contender, right: Contender) => number

const byScore: Order = (left, right) => compare(fraction(right.score), fraction(left.score))
const byPrice: Order = (left, right) => compare(fraction(left.price), fraction(right.price))
const byEvaluated: Order = (left, right) => compare(fraction(left.evaluated ?? left.price), fraction(right.evaluated ?? right.price))
const byCredit: Order = (left, right) => less(left.credit, right.credit)
/** Without a recorded instant a bid cannot claim to be the earlier one. */
const bySubmission: Order = (left, right) => less(left.submitted, right.submitted)

const ORDERS: Readonly<Record<Method, readonly Order[]>> = {
  GP_COMPREHENSIVE: [byScore, byPrice],
  GP_LOWEST_EVALUATED: [byEvaluated],
  ENG_COMPREHENSIVE: [byScore, byPrice],
  ENG_REASONABLE_LOW: [byScore, byPrice, byCredit, bySubmission],
  ENG_LOWEST_EVALUATED: [byEvaluated],
}

/** Bids from first to last; those in one inner list stand parallel, in the order they were given. */
export function rank(method: Method, contenders: readonly Contender[]): readonly (readonly string[])[] {
  const order = orderOf(method)
  const groups: Contender[][] = []
  for (const one of [...contenders].sort(order)) {
    const group = groups.at(-1)
    const [first] = group ?? []
    if (group !== undefined && first !== undefined && order(first, one) === 0) group.push(one)
    else groups.push([one])
  }
  return groups.map((group) => group.map((one) => one.bid))
}

/** Whether `left` does not stand behind `right`. */
export function inOrder(method: Method, left: Contender, right: Contender): boolean {
  return orderOf(method)(left, right) <= 0
}

function orderOf(method: Method): Order {
  return (left, right) => ORDERS[method].map((by) => by(left, right)).find((found) => found !== 0) ?? 0
}

/** Microseconds since 1970 of an instant as events write it, whose digits `Date` cuts off. RangeError. */
export function instant(text: string): bigint {
  const [, second, digits = '', zone] = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/.exec(text) ?? []
  if (second === undefined || zone === undefined) throw new RangeError(`no instant: ${text}`)
  return BigInt(Date.parse(`${second}${zone}`)) * 1000n + BigInt(digits.padEnd(6, '0'))
}

/** Null behind everything. */
function less(left: number | bigint | null, right: number | bigint | null): number {
  if (left === right) return 0
  if (left === null || right === null) return left === null ? 1 : -1
  return left < right ? -1 : 1
}
