/** The notice and its terms as a form, and as `notice/publish` takes them. */

import type { BodyOf, Schemas } from '@/api/types'
import { INTL_1, POLICY_P1, POLICY_P2, POLICY_P3, type SuiteName } from '@/crypto/choices'
import { parseYuan, toWire } from '@/money'
import { instantOf } from '@/time/format'

import { decimal, emptyFormula, formulaOf, pointless, type FormulaForm } from './formula'
import type { SaidOf } from './office'

export type Publish = SaidOf<'notice/publish'>
export type DocumentRef = BodyOf<'notice/publish'>['document']

export interface Criterion {
  title: string
  kind: 'objective' | 'subjective'
  points: string
}

/** Whom to ask at an office: published with the notice. */
export interface Contact {
  person: string
  phone: string
  address: string
}

export const noContact = (): Contact => ({ person: '', phone: '', address: '' })

export const POLICIES = [POLICY_P1, POLICY_P2, POLICY_P3] as const
export const DECISIONS = ['VOTE', 'DELIBERATION', 'PRICE'] as const

/** What the draws' rules declare beside the form: the supervisor's head of the chain, the coefficients' pools. */
export interface Chances {
  readonly anchor: string
  readonly pools: readonly Schemas['DrawPool'][]
}

/** Trustees as the notice names them: those whose keys the lot's ceremony has enrolled. */
export type Trustees = readonly Schemas['TrusteeTerm'][]

export interface NoticeForm {
  suite: SuiteName
  policy: (typeof POLICIES)[number]
  text: string
  day: string
  time: string
  offerUntil: string
  limit: string
  document: DocumentRef | null
  scope: string
  scale: string
  tenderer: Contact
  agency: Contact
  envelopes: string[]
  criteria: Criterion[]
  formula: FormulaForm
  duration: string
  quality: string
  validity: string
  deposit: string
  bond: string
  account: string
  forms: Schemas['DepositForm'][]
  saysNone: boolean
  byCredit: boolean
  signIn: string
  release: string
  confirm: string
  objection: string
  silence: boolean
  /** What it means not to be there; empty: nothing (R-ROOM-02). */
  absence: '' | 'ACCEPTS' | 'WAIVES'
  candidates: string
  committee: string
  representatives: string
  special: boolean
  consortia: boolean
  members: string
  reveal: string
  publicDraw: boolean
  trades: { trade: string; count: string }[]
  decision: (typeof DECISIONS)[number] | ''
  localRule: string
  deciders: string
  abnormal: string
}

export function emptyNotice(regime: 'ENG' | 'GP'): NoticeForm {
  return {
    suite: INTL_1, policy: POLICY_P1,
    text: '', day: '', time: '09:30', offerUntil: '', limit: '', document: null,
    scope: '', scale: '', tenderer: noContact(), agency: noContact(),
    envelopes: regime === 'GP' ? ['资格审查资料', '商务技术文件'] : ['资格审查资料', '施工组织设计', '已标价工程量清单'],
    criteria: regime === 'GP' ? [{ title: '技术方案', kind: 'subjective', points: '70' }] : [{ title: '施工组织设计', kind: 'subjective', points: '30' }, { title: '类似业绩', kind: 'objective', points: '10' }],
    formula: emptyFormula(regime),
    duration: '180', quality: '合格', validity: '90', deposit: '', bond: '', account: '', forms: [], saysNone: true, byCredit: false,
    signIn: '60', release: '30', confirm: '15', objection: '15', silence: true, absence: '',
    candidates: '3', committee: '5', representatives: '1', special: false, consortia: false, members: '0',
    reveal: '10', publicDraw: false, trades: [{ trade: '', count: '' }], decision: '', localRule: '', deciders: '5', abnormal: '',
  }
}

const NO_DOCUMENT: DocumentRef = { sha256: '', name: '', length: 0 }
/** Names that bind into seals: ASCII, so the titles' places serve. */
const ENVELOPES = ['qualification', 'technical', 'commercial'] as const

const whole = (typed: string): number => Number.parseInt(typed.normalize('NFKC'), 10) || 0
const fen = (typed: string): number => toWire(parseYuan(typed) ?? 0n)

const contactOf = ({ person, phone, address }: Contact) => ({ person: person.trim(), phone: phone.normalize('NFKC').trim(), address: address.trim() })

const tradesOf = ({ trades }: NoticeForm) => trades.filter(({ trade }) => trade.trim()).map(({ trade, count }) => ({ trade: trade.trim(), count: whole(count) }))

/** The command's body as far as the form is filled in; what is missing the platform names. Null without a deadline. */
export function bodyOf(form: NoticeForm, platformKey: string, hasAgency = true, { anchor, pools }: Chances = { anchor: '', pools: [] }, trustees: Trustees = []): Publish | null {
  if (!form.day || !form.time || !form.offerUntil) return null
  const alone = form.formula.method === 'ENG_REASONABLE_LOW'
  const scored = !pointless(form.formula.method) && !alone
  return {
    text: form.text.trim(),
    deadline: instantOf(form.day, form.time),
    offer_until: form.offerUntil,
    price_limit_fen: form.limit.trim() === '' ? null : fen(form.limit),
    document: form.document ?? NO_DOCUMENT,
    particulars: {
      scope: form.scope.trim(),
      scale: form.scale.trim(),
      tenderer: contactOf(form.tenderer),
      agency: hasAgency ? contactOf(form.agency) : null,
    },
    terms: {
      suites: [form.suite],
      key_policy: form.policy,
      ...(form.policy === POLICY_P1 ? {} : { trustees }),
      envelopes: [
        { name: 'form', title: '开标一览表' },
        ...form.envelopes.filter((title) => title.trim()).map((title, index) => ({ name: ENVELOPES[index] ?? `part-${String(index + 1)}`, title: title.trim() })),
      ],
      sign_in_minutes: whole(form.signIn),
      release_window_minutes: whole(form.release),
      confirm_window_minutes: whole(form.confirm),
      objection_window_minutes: whole(form.objection),
      silence_is_acceptance: form.silence,
      absence: form.absence || null,
      method: form.formula.method,
      price_formula: formulaOf(form.formula),
      price_points: pointless(form.formula.method) ? '0' : alone ? '100' : decimal(form.formula.points),
      criteria: scored
        ? form.criteria.map((one, index) => ({ id: `c${String(index + 1)}`, title: one.title.trim(), kind: one.kind, max_points: decimal(one.points) }))
        : [],
      max_duration_days: whole(form.duration),
      quality: form.quality.trim(),
      bid_validity_days: whole(form.validity),
      bid_deposit_fen: form.deposit.trim() === '' ? 0 : fen(form.deposit),
      deposit_forms: form.deposit.trim() === '' ? [] : form.forms,
      payment_account: form.account.trim(),
      performance_bond_rate: form.bond.trim() === '' ? '0' : decimal(form.bond),
      document_says_no_deposit: form.saysNone,
      candidates: whole(form.candidates),
      committee_size: whole(form.committee),
      tenderer_reps: whole(form.representatives),
      special_committee: form.special,
      consortia: form.consortia,
      consortium_members: form.consortia ? whole(form.members) : 0,
      platform_key: platformKey,
      ...(anchor && pools.length ? { draw: { pools, anchor, reveal_minutes: whole(form.reveal) } } : {}),
      ...(anchor && form.publicDraw ? { expert_draw: { anchor, reveal_minutes: whole(form.reveal), trades: tradesOf(form) } } : {}),
      ...(form.byCredit ? { by_credit: true } : {}),
      ...(form.decision ? { decision: { method: form.decision, local_rule: form.localRule.trim(), members: whole(form.deciders) } } : {}),
      ...(scored && form.abnormal.trim() ? { abnormal_share: decimal(form.abnormal) } : {}),
    },
  }
}

export type Place =
  | 'deadline' | 'offer' | 'limit' | 'formula' | 'criteria' | 'deposit' | 'bond' | 'committee' | 'windows' | 'envelopes' | 'text'
  | 'document' | 'consortia' | 'rooms' | 'particulars' | 'draw' | 'decision' | 'seal' | ''

/** Where on the page a refusal belongs. The platform refuses one thing at a time, in the order of the law. */
const PLACES: Readonly<Record<string, Place>> = {
  'deadline-too-early': 'deadline', 'deadline-on-day-off': 'deadline', 'calendar-unknown': 'deadline', 'slot-misses-deadline': 'deadline',
  'opening-slot-missing': 'rooms', 'offer-too-short': 'offer', 'offer-after-deadline': 'offer',
  'limit-over-budget': 'limit', 'amount-not-positive': 'limit',
  'formula-not-of-method': 'formula', 'formula-unlawful': 'formula', 'formula-needs-draw': 'formula', 'price-points-not-weight': 'formula',
  'criteria-malformed': 'criteria', 'criterion-without-points': 'criteria', 'points-do-not-sum': 'criteria', 'points-malformed': 'criteria',
  'reasonable-low-scores-price-only': 'criteria', 'envelopes-malformed': 'envelopes', 'term-not-positive': 'windows',
  'waived-lot-asks-deposit': 'deposit', 'waived-lot-names-account': 'deposit', 'no-deposit-sentence-missing': 'deposit', 'deposit-over-cap': 'deposit',
  'document-denies-deposit': 'deposit', 'guarantee-not-accepted': 'deposit', 'terms-deposit-in-cash': 'deposit',
  'waived-lot-asks-bond': 'bond', 'credit-grading-without-effect': 'bond', 'bond-over-limit': 'bond', 'terms-committee-unlawful': 'committee', 'candidates-out-of-range': 'committee',
  'consortium-size-unlawful': 'consortia', 'notice-text-missing': 'text', 'waived-lot-asks': 'text', 'document-malformed': 'document',
  'document-not-uploaded': 'document', 'draw-anchor-missing': 'draw', 'draw-rule-differs': 'draw', 'draw-choices-unlawful': 'formula', 'trades-do-not-sum': 'draw',
  'separate-decision-without-rule': 'decision', 'decision-members-unlawful': 'decision',
  'escrow-trial-missing': 'seal', 'trustees-differ': 'seal', 'trustees-without-escrow': 'seal',
  'agency-contact-missing': 'particulars', 'agency-contact-of-nobody': 'particulars',
  'absent-bid-returned': 'text', 'absence-takes-rights': 'windows',
}

export function placeOf(code: string, path = ''): Place {
  if (code === 'body-invalid' && path.includes('particulars')) return 'particulars'
  if (code === 'body-invalid') return path.includes('price_formula') || path.includes('price_points') ? 'formula' : path.includes('criteria') ? 'criteria' : ''
  return PLACES[code] ?? ''
}
