/** Amounts: integer 分 in, exact text out. Nothing is rounded, no floating point is used. */

import { halfWidth } from '@/app/typed'

export type Fen = bigint | number

export interface Unit {
  readonly zh: string
  readonly en: string
  /** Digits between the unit and 分. */
  readonly digits: number
}

export const YI: Unit = { zh: '亿元', en: 'hundred million yuan', digits: 10 }
export const WAN: Unit = { zh: '万元', en: 'ten thousand yuan', digits: 6 }
export const MILLION: Unit = { zh: '百万元', en: 'million yuan', digits: 8 }
export const YUAN: Unit = { zh: '元', en: 'yuan', digits: 2 }

/** 12 345 678.90: grouped, two decimals, no unit. For tables and statements. */
export function yuan(fen: Fen): string {
  const { sign, whole, rest } = split(fen, 2)
  return `${sign}${grouped(whole)}.${rest}`
}

/** The largest unit that leaves a whole part, trailing zeros cut: `2655 万元`, `1.2345678901 亿元`, `9.90 元`. */
export function readable(fen: Fen, language = 'zh-CN'): string {
  const size = magnitude(fen)
  const unit = language === 'en' ? (size >= 10n ** 8n ? MILLION : YUAN) : size >= 10n ** 10n ? YI : size >= 10n ** 6n ? WAN : YUAN
  return `${inUnit(fen, unit)} ${language === 'en' ? unit.en : unit.zh}`
}

/** The number alone, exact; yuan keep two decimals unless they are zero. */
export function inUnit(fen: Fen, unit: Unit): string {
  const { sign, whole, rest } = split(fen, unit.digits)
  const cut = unit === YUAN ? (rest === '00' ? '' : rest) : rest.replace(/0+$/, '')
  return `${sign}${grouped(whole)}${cut ? `.${cut}` : ''}`
}

const NUMBER = /^(-?)(\d+)(?:\.(\d*))?$/
const UNITS: readonly (readonly [RegExp, number])[] = [
  [/(?:亿元?)$/, 10],
  [/(?:万元?)$/, 6],
  [/(?:元|yuan)$/i, 2],
]

/** What a person types: `2655万`, `1.2 亿元`, `26,550,000.50`, full-width digits too; without a unit, yuan.
 *
 * Null for what is no amount, or has parts of a 分.
 */
export function parseYuan(typed: string): bigint | null {
  let text = halfWidth(typed).replace(/[\s,，¥￥]/g, '')
  let digits = 2
  for (const [unit, size] of UNITS) {
    if (unit.test(text)) {
      text = text.replace(unit, '')
      digits = size
      break
    }
  }
  const found = NUMBER.exec(text)
  if (!found) return null
  const [, sign = '', whole = '', rest = ''] = found
  if (/[1-9]/.test(rest.slice(digits))) return null
  const fen = BigInt(whole) * 10n ** BigInt(digits) + BigInt(rest.slice(0, digits).padEnd(digits, '0') || '0')
  return sign ? -fen : fen
}

/** For JSON, which has no bigint. Throws `RangeError` beyond 2⁵³ 分 (90 万亿元). */
export function toWire(fen: bigint): number {
  const number = Number(fen)
  if (!Number.isSafeInteger(number)) throw new RangeError('amount beyond 2^53 fen')
  return number
}

function magnitude(fen: Fen): bigint {
  const exact = exactly(fen)
  return exact < 0n ? -exact : exact
}

function exactly(fen: Fen): bigint {
  if (typeof fen === 'bigint') return fen
  if (!Number.isSafeInteger(fen)) throw new RangeError('not an amount in fen')
  return BigInt(fen)
}

function split(fen: Fen, digits: number): { sign: string; whole: string; rest: string } {
  const text = magnitude(fen).toString().padStart(digits + 1, '0')
  return { sign: exactly(fen) < 0n ? '−' : '', whole: text.slice(0, -digits), rest: text.slice(-digits) }
}

function grouped(whole: string): string {
  return whole.replace(/\B(?=(?:\d{3})+$)/g, ',')
}
