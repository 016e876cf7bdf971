/** Which acts of a lot are signed. One that is missing in the list does not compile where it is given. */

import type { Binding, LotCommand } from './types'

type Unsigned = { [N in LotCommand]: Binding<N> extends true ? never : N }[LotCommand]

const UNSIGNED = [
  'admission/admit',
  'admission/amend-funding',
  'admission/keep-promise',
  'admission/request-correction',
  'admission/submit',
  'admission/verify-promise',
  'bid/record-deposit',
  'bid/return-deposit',
  'booking/book',
  'booking/release',
  'control/set-test-clock',
  'credit/check',
  'evaluation/compile',
  'evaluation/draw',
  'evaluation/open-draw',
  'evaluation/open-round',
  'money/note-kept-deposit',
  'money/raise-receivable',
  'money/record-return',
  'opening/answer-help',
  'opening/close-incident',
  'opening/open-incident',
  'prequalification/draw',
  'prequalification/open',
] as const satisfies readonly Unsigned[]

/** Those that bind, and those that are known not to. */
export type Act = Exclude<LotCommand, Unsigned> | (typeof UNSIGNED)[number]

export function binds(act: Act): boolean {
  return !(UNSIGNED as readonly string[]).includes(act)
}
