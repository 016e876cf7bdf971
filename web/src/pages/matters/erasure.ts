/** What an order of erasure can name in a lot's events (个人信息保护法 47). */

import type { Schemas } from '@/api/types'

export type Held = Schemas['Held']

/** 个人信息保护法 47 I, in its order. */
export const GROUNDS = ['PURPOSE_ENDED', 'TERM_ENDED', 'CONSENT_WITHDRAWN', 'UNLAWFUL', 'OTHER_LAW'] as const

/** What the events are that hold such texts: their topics without `lot.` and version. */
export const KINDS = [
  'committee-drawn', 'member-replaced', 'committee-disclosed', 'reviewers-seated', 'reviewer-replaced', 'expert-pool-sealed', 'room-opened',
  'announcement-made', 'message-said', 'help-requested', 'help-answered', 'prequalification-objection-raised', 'prequalification-objection-answered',
  'document-objection-raised', 'document-objection-answered',
  'inquiry-raised', 'inquiry-answered', 'result-objection-raised', 'result-objection-answered', 'query-raised', 'query-assessed', 'query-answered',
  'complaint-lodged', 'complaint-corrected', 'complaint-accepted', 'complaint-decided', 'member-recused',
] as const
export type Kind = (typeof KINDS)[number] | 'other'

/** Texts that are shown at once; more are found by their words. */
const MOST = 50

export function kindOf({ topic }: Held): Kind {
  const [, name = ''] = topic.split('.')
  return (KINDS as readonly string[]).includes(name) ? (name as Kind) : 'other'
}

/** `12:/members/0/name`: as an order names the place. */
export function keyOf({ number, field }: Held): string {
  return `${String(number)}:${field}`
}

export function placesOf(keys: readonly string[]): Schemas['Place'][] {
  return keys.map((key) => {
    const at = key.indexOf(':')
    return { number: Number(key.slice(0, at)), field: key.slice(at + 1) }
  })
}

/** Those that say it, and whatever is ticked: nothing is ordered that is not seen. `more`: how many are not shown. */
export function looked(held: readonly Held[], text: string, ticked: readonly string[]): { shown: Held[]; more: number } {
  const said = text.trim()
  const mine = new Set(ticked)
  const on = held.filter((one) => mine.has(keyOf(one)))
  const found = held.filter((one) => !mine.has(keyOf(one)) && one.text.includes(said))
  return { shown: [...on, ...found.slice(0, MOST)], more: Math.max(0, found.length - MOST) }
}
