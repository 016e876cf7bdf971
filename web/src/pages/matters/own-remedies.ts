/** One's own inquiries, objections, queries and complaints of a lot, as one list in the order of their days. */

import type { Schemas } from '@/api/types'
import { day } from '@/time/format'

type Shown = Schemas['LotShown']

/** `GET /lots/{lot}/objections`: what this party raised. */
export interface Own {
  readonly prequalification?: Shown['prequalification']['objections']
  readonly document: Shown['notice']['objections']
  readonly inquiries: Shown['notice']['inquiries']
  readonly opening: Shown['opening']['objections']
  readonly result: Shown['award']['objections']
  readonly queries: Shown['award']['queries']
  readonly complaints: Shown['complaints']['all']
}

export type Kind = 'inquiry' | 'document' | 'documentGp' | 'opening' | 'result' | 'query' | 'complaint'

export interface Line {
  readonly kind: Kind
  readonly number: number
  readonly text: string
  readonly at: string
  readonly answer: string
  readonly answered: boolean
  readonly due: string
  readonly upheld: boolean
  readonly complaint: Shown['complaints']['all'][number] | null
}

export function ownLines(own: Own, regime: 'ENG' | 'GP' | null): Line[] {
  const plain = { upheld: false, complaint: null }
  const lines: Line[] = [
    ...own.inquiries.map((one): Line => ({ ...plain, kind: 'inquiry', number: one.number, text: one.text, at: one.raised_at, answer: one.answer, answered: one.answered_at !== null, due: one.answer_by })),
    ...(own.prequalification ?? []).map((one): Line => ({ ...plain, kind: regime === 'GP' ? 'documentGp' : 'document', number: one.number, text: one.question, at: one.raised_at ?? '', answer: one.answer, answered: one.answered_at !== null, due: one.answer_by ?? '' })),
    ...own.document.map((one): Line => ({ ...plain, kind: regime === 'GP' ? 'documentGp' : 'document', number: one.number, text: one.question, at: one.raised_at ?? '', answer: one.answer, answered: one.answered_at !== null, due: one.answer_by ?? '' })),
    ...own.opening.map((one): Line => ({ ...plain, kind: 'opening', number: one.number, text: one.text, at: one.at, answer: one.answer, answered: one.answered_at !== null, due: '' })),
    ...own.result.map((one): Line => ({ ...plain, kind: 'result', number: one.number, text: one.text, at: one.raised_at ?? '', answer: one.answer, answered: one.answered_at !== null, due: one.due ? day(one.due) : '', upheld: one.upheld })),
    ...own.queries.map((one): Line => ({ ...plain, kind: 'query', number: one.number, text: one.matters.join('；'), at: one.raised_at ?? '', answer: one.answer, answered: one.answered_at !== null, due: one.due ? day(one.due) : '', upheld: one.upheld })),
    ...own.complaints.map((one): Line => ({ ...plain, kind: 'complaint', number: one.number, text: one.matters.map((matter) => matter.text).join('；'), at: one.lodged_at ?? '', answer: one.findings, answered: one.ended_at !== null, due: '', upheld: one.outcome === 'UPHELD', complaint: one })),
  ]
  return lines.sort((a, b) => a.at.localeCompare(b.at))
}
