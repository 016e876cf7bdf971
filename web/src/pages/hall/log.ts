/** Public events as lines of what happened. */

import { officeName } from '@/app/labels'
import type { AnyEvent, Lot } from '@/live/events'

import { nameOf } from './stage'
import { t } from './words'

const TOLD = [
  'submission-closed', 'failed', 'roll-published', 'office-keys-published', 'release-ordered', 'key-released',
  'window-extended', 'incident-opened', 'incident-closed', 'window-ended', 'fault-decided', 'bid-revoked',
  'form-keys-published', 'bids-imported', 'prices-announced', 'bidder-confirmed', 'opening-objection-raised',
  'opening-objection-answered', 'confirmation-closed', 'record-signed', 'opening-ended', 'hold-resolved', 'room-opened', 'announcement-made', 'suspended', 'escrow-reported',
  'escrow-agreed', 'escrow-shares-given', 'escrow-false-share', 'escrow-deposit-faulted', 'spare-handed-in', 'spare-accepted', 'key-withheld-reported', 'withheld-key-decided',
  'suspension-lifted', 'terminated',
] as const
type Told = (typeof TOLD)[number]

/** `lot.key-released.v1` → `key-released`, if it is worth a line. */
export function told(event: AnyEvent): Told | null {
  const name = event.type.replace(/^lot\./, '').replace(/\.v\d+$/, '')
  return (TOLD as readonly string[]).includes(name) ? (name as Told) : null
}

/** The line, in the reader's language; empty for what is not told. */
export function lineOf(lot: Lot, event: AnyEvent): string {
  const name = told(event)
  if (!name) return ''
  const fields = event as unknown as Record<string, unknown>
  const text = (field: string): string => String(fields[field] ?? '')
  return t(`events.${name}`, {
    ...fields,
    bidder: nameOf(lot, text('bidder')),
    office: officeName(text('office') || text('trustee')),
  })
}

/** When it happened by the lot's own clock; the log's time of recording where the event does not say. */
export function happened(event: AnyEvent, recorded: string): string {
  const { at, window_opens: opens } = event as unknown as { at?: string; window_opens?: string }
  return at ?? opens ?? recorded
}
