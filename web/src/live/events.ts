/** Events of an opening as they come over the wire: the topic as `type`, instants RFC 3339, amounts 分. */

import type { Schemas } from '@/api/types'

export type Lot = Omit<Schemas['LotShown'], 'now' | 'standings'>
export type Opening = Schemas['Opening']
type Window = NonNullable<Opening['release_window']>

export interface HallEvents {
  'lot.submission-closed.v1': { at: string; deadline: string; received: number }
  'lot.count-checked.v1': Opening['counts'][number]
  'lot.failed.v1': NonNullable<Opening['failure']>
  'lot.roll-published.v1': { at: string; roll: Opening['roll'] }
  'lot.office-keys-published.v1': Opening['office_keys'][number]
  'lot.release-ordered.v1': { window_opens: string; window_ends: string }
  'lot.key-released.v1': Omit<Opening['released'][number], 'times'>
  'lot.key-withheld-reported.v1': Pick<
    Opening['withheld'][number],
    'number' | 'office' | 'exposed' | 'text' | 'evidence_hash' | 'reporter' | 'at' | 'key'
  >
  'lot.withheld-key-decided.v1': { number: number; resolution: string; substitute: string; reason: string; at: string }
  'lot.spare-handed-in.v1': Pick<Opening['spares'][number], 'bidder' | 'sha256' | 'length' | 'reason' | 'at'>
  'lot.spare-accepted.v1': { bidder: string; fault: string; reason: string; evidence_hash: string; at: string }
  'lot.help-requested.v1': Pick<Opening['help'][number], 'bidder' | 'text' | 'at'>
  'lot.help-answered.v1': { number: number; answer: string; at: string }
  'lot.room-opened.v1': NonNullable<Opening['room']>
  'lot.announcement-made.v1': Opening['announcements'][number]
  'lot.message-said.v1': Opening['messages'][number]
  'lot.broadcast-started.v1': Pick<Opening['broadcasts'][number], 'number' | 'source' | 'by' | 'at' | 'until'>
  'lot.broadcast-ended.v1': { number: number; reason: string; at: string }
  'lot.recording-kept.v1': { number: number } & NonNullable<Opening['broadcasts'][number]['recording']>
  'lot.word-given.v1': Pick<Opening['words'][number], 'number' | 'bidder' | 'by' | 'at' | 'until'>
  'lot.word-ended.v1': { number: number; reason: string; at: string }
  'lot.speech-kept.v1': { number: number } & NonNullable<Opening['words'][number]['recording']>
  'lot.window-extended.v1': { window: string } & Window['extensions'][number]
  'lot.incident-opened.v1': Omit<Opening['incidents'][number], 'ended'>
  'lot.incident-closed.v1': { number: number; cause: string; ended: string }
  'lot.window-ended.v1': { at: string }
  'lot.fault-decided.v1': Opening['faults'][number]
  'lot.bid-revoked.v1': Opening['revoked'][number]
  'lot.form-keys-published.v1': { office: string; private_key: string; at: string }
  'lot.bids-imported.v1': { at: string; results: Opening['imported'] }
  'lot.prices-announced.v1': { confirm_until: string } & NonNullable<Opening['announcement']>
  'lot.bidder-confirmed.v1': Opening['confirmed'][number]
  'lot.opening-objection-raised.v1': Pick<Opening['objections'][number], 'number' | 'bidder' | 'kind' | 'text' | 'at'>
  'lot.opening-objection-answered.v1': { number: number; answer: string; at: string; upheld?: boolean }
  'lot.opening-objection-decided.v1': { number: number; decision: string; reason: string; at: string }
  'lot.confirmation-closed.v1': { at: string; silent: readonly string[]; silence_accepts: boolean; rule: string; absent?: readonly string[]; absence?: string }
  'lot.record-signed.v1': Opening['signatures'][number]
  'lot.opening-ended.v1': { at: string; record: string; record_hash: string }
  'lot.hold-resolved.v1': Opening['holds'][number]
  'lot.evaluation-keys-disclosed.v1': { office: string; sealed_key: string; at: string }
  'lot.benefit-recorded.v1': Lot['money']['benefits'][number]
  'lot.suspended.v1': { by: string; at: string; reason: string; order: string; complaint?: number; ends?: string | null }
  'lot.suspension-lifted.v1': { at: string }
  'lot.terminated.v1': { at: string; reason: string }
  'lot.test-clock-set.v1': { clock: NonNullable<Lot['control']['clock']> }
}

export type Topic = keyof HallEvents
export type HallEvent = { [T in Topic]: { type: T } & HallEvents[T] }[Topic]
export interface AnyEvent {
  readonly type: string
}

export interface Recorded {
  readonly position: number
  readonly at: string
  readonly event: AnyEvent
}

/** What the gateway sends. A state replaces everything that was known. */
export type Frame =
  | { readonly type: 'state'; readonly cursor: 'feed' | 'lot'; readonly position: number; readonly now: string; readonly lot: Lot }
  | ({ readonly type: 'event' } & Recorded)
  | { readonly type: 'time'; readonly now: string }
