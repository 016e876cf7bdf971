/** What a form asks for one act, and how what was typed becomes the act's body. */

import { wholeNumber } from '@/app/typed'
import { parseYuan, toWire } from '@/money'
import { instantOf } from '@/time/format'

export interface Option {
  readonly value: string
  readonly label: string
}

/** `lines`: a long text; `list`: one item each line; `instant`: Beijing wall-clock time; `yes`: a box to tick; `money`: an amount as typed, 分 in the body. */
export interface Field {
  readonly name: string
  readonly label: string
  readonly kind: 'text' | 'lines' | 'list' | 'number' | 'money' | 'instant' | 'date' | 'choice' | 'choices' | 'yes'
  readonly options?: readonly Option[]
  readonly hint?: string
  /** May be left empty; it is then not said at all. */
  readonly optional?: boolean
  /** A key, or what unlocks one: no draft keeps it. */
  readonly secret?: boolean
  readonly initial?: string | boolean | readonly string[]
}

export type Typed = Record<string, string | boolean | string[]>

export function blank(fields: readonly Field[]): Typed {
  return Object.fromEntries(fields.map((field) => [field.name, initial(field)]))
}

function initial(field: Field): string | boolean | string[] {
  const first = field.initial ?? (field.kind === 'yes' ? false : field.kind === 'choices' ? [] : '')
  return typeof first === 'object' ? [...first] : first
}

/** A typed amount in 分 that JSON keeps exact, none of them below zero; null for anything else. */
function amount(typed: string): bigint | null {
  const fen = parseYuan(typed)
  return fen === null || fen < 0n || fen > BigInt(Number.MAX_SAFE_INTEGER) ? null : fen
}

/** Names of fields that must be filled and are not, or hold no number or amount where one belongs. */
export function missing(fields: readonly Field[], typed: Typed): string[] {
  return fields
    .filter((field) => {
      const value = typed[field.name]
      if (typeof value === 'boolean') return false
      if (!value?.length || (typeof value === 'string' && !value.trim())) return !field.optional
      if (field.kind === 'money') return amount(String(value)) === null
      return field.kind === 'number' && wholeNumber(String(value)) === null
    })
    .map((field) => field.name)
}

/** What to say of a field that `missing` names: that it is empty, or what belongs there. */
export function faultOf(field: Field, value: Typed[string]): 'needed' | 'notWhole' | 'notAmount' {
  if (typeof value !== 'string' || !value.trim()) return 'needed'
  return field.kind === 'number' ? 'notWhole' : field.kind === 'money' ? 'notAmount' : 'needed'
}

/** The act's fields as they go out. */
export function bodyOf(fields: readonly Field[], typed: Typed): Record<string, unknown> {
  const said: Record<string, unknown> = {}
  for (const field of fields) {
    const value = typed[field.name]
    if (value === undefined || (field.optional && (value === '' || (Array.isArray(value) && !value.length)))) continue
    said[field.name] = wire(field, value)
  }
  return said
}

function wire(field: Field, value: string | boolean | string[]): unknown {
  if (typeof value !== 'string') return value
  switch (field.kind) {
    case 'number':
      return wholeNumber(value) ?? 0
    case 'money':
      return toWire(parseYuan(value) ?? 0n)
    case 'instant': {
      const [date = '', time = '00:00'] = value.split('T')
      return instantOf(date, time)
    }
    case 'list':
      return value
        .split('\n')
        .map((line) => line.trim())
        .filter(Boolean)
    default:
      return value.trim()
  }
}
