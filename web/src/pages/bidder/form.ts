/** The opening form as it is typed, and checked against the tender document before it is sealed. */

import * as v from 'valibot'
import { computed, type ComputedRef } from 'vue'

import { wholeNumber } from '@/app/typed'
import { conform } from '@/crypto/canonical'
import { Line, newDrawNonce, oneLine, SignedGuarantee, type OpeningForm } from '@/crypto/form'
import { parseYuan, readable } from '@/money'
import { language } from '@/i18n'

import type { Qualification } from '@/sealing/records'

import type { TypedConsortium } from './consortium'
import { t } from './words'

/** What of a lot the form is checked against. */
export interface Asked {
  readonly notice: {
    readonly price_limit_fen: number | null
    readonly terms: { readonly max_duration_days: number; readonly quality: string; readonly bid_deposit_fen: number } | null
  }
}

export interface Typed {
  price: string
  duration: string
  quality: string
  lead: string
  /** One 资质 a line, its certificate's number after a bar. */
  qualifications?: string
  note: string
  extras: { label: string; value: string }[]
  guarantee: SignedGuarantee | null
  consortium: TypedConsortium | null
}

export function blank(): Typed {
  return { price: '', duration: '', quality: '', lead: '', qualifications: '', note: '', extras: [], guarantee: null, consortium: null }
}

const MOST_QUALIFICATIONS = 20

/** As the roll will show them (R-PLAT-09). */
export function qualificationsOf(typed: Pick<Typed, 'qualifications'>): Qualification[] {
  return (typed.qualifications ?? '')
    .split('\n')
    .map((line) => line.split(/[|｜]/, 2).map((part) => part.trim()))
    .filter(([title]) => title)
    .slice(0, MOST_QUALIFICATIONS)
    .map(([title = '', certificate = '']) => ({ title: title.slice(0, 200), certificate: certificate.slice(0, 100) }))
}

export interface Errors {
  readonly price: string | null
  readonly duration: string | null
  readonly quality: string | null
  readonly lead: string | null
}

/** What the tender would reject for certain is an error; what differs is said beside the field. */
export function checked(typed: Typed, lot: () => Asked | null): ComputedRef<Errors> {
  return computed(() => ({
    price: priceError(typed.price, lot()?.notice.price_limit_fen ?? null),
    duration: durationError(typed.duration, lot()?.notice.terms?.max_duration_days ?? 0),
    quality: v.is(Line, oneLine(typed.quality)) ? null : t('form.missing'),
    lead: v.is(Line, oneLine(typed.lead)) ? null : t('form.missing'),
  }))
}

function priceError(text: string, limit: number | null): string | null {
  if (!text.trim()) return t('form.missing')
  const fen = parseYuan(text)
  if (fen === null || fen < 0n || fen > BigInt(Number.MAX_SAFE_INTEGER)) return t('form.priceBad')
  if (fen === 0n) return t('form.priceZero')
  return limit !== null && fen > BigInt(limit) ? t('form.priceOver', { limit: readable(limit, language.value) }) : null
}

function durationError(text: string, longest: number): string | null {
  const days = wholeNumber(text)
  return days !== null && days >= 1 && days <= longest ? null : t('form.durationBad', { longest })
}

/** What is sealed. Only for what `checked` finds no error in. */
export function formOf(typed: Typed): OpeningForm {
  const extras = typed.extras.map(({ label, value }) => [oneLine(label), oneLine(value)]).filter(([label]) => v.is(Line, label))
  return {
    price_fen: Number(parseYuan(typed.price) ?? 0n),
    duration_days: wholeNumber(typed.duration) ?? 0,
    quality: oneLine(typed.quality),
    project_lead: oneLine(typed.lead),
    draw_nonce: newDrawNonce(),
    extras: Object.fromEntries(extras) as Record<string, string>,
    note: typed.note.trim(),
    ...(typed.guarantee === null ? {} : { guarantee: { ...typed.guarantee } }),
  }
}

/** An issuer's file. CanonicalError, SyntaxError if it is none. */
export async function guaranteeIn(file: File): Promise<SignedGuarantee> {
  return conform(JSON.parse(await file.text()), SignedGuarantee)
}
