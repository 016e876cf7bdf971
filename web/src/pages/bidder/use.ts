/** What a bidder's page knows of a lot and of its own bid. */

import { onMounted, shallowRef, type ShallowRef } from 'vue'

import { read, readResponse } from '@/api/read'
import type { Schemas } from '@/api/types'
import { session } from '@/app/session'
import { b64, unb64, type Bytes } from '@/crypto/bytes'
import { INTL_1 } from '@/crypto/choices'
import { current } from '@/device/device'
import { heldOpening } from '@/device/opening'
import { Clock, platform } from '@/time/clock'

export type Lot = Schemas['LotShown']

/** One complete bid as the platform received it. */
export interface Received {
  readonly bid_version: number
  readonly manifest: string
  readonly manifest_hash: string
  readonly receipt_number: string
  readonly receipt: string
  readonly receipt_signature: string
  readonly completed_at: string
  readonly withdrawn_at: string | null
}

/** A device that will not open the bid as it is sealed. */
export type DeviceAlarm = Schemas['Alarm']

export interface OwnBid {
  readonly versions: readonly Received[]
  /** Manifest hash of the bid that counts now. */
  readonly effective: string | null
  readonly next_version: number
  readonly supersedes: string | null
  readonly signed_in_at: string | null
  /** The deposit that this bidder's credit makes another, and why (R-NB-SS-02). */
  readonly graded: { readonly asked_fen: number; readonly grounds: readonly { readonly decision: string; readonly basis: string; readonly until: string }[] } | null
  readonly alarms: { readonly alarms: readonly DeviceAlarm[]; readonly must_reseal: boolean }
}

export interface LotAndBid {
  readonly lot: ShallowRef<Lot | null>
  readonly etag: ShallowRef<string>
  readonly own: ShallowRef<OwnBid | null>
  readonly clock: Clock
  readonly problem: ShallowRef<unknown>
  load(): Promise<void>
}

/** Loads both when the page is there. `clock` is the lot's: a test lot's runs otherwise than the platform's. */
export function useLotAndBid(id: string): LotAndBid {
  const lot = shallowRef<Lot | null>(null)
  const etag = shallowRef('')
  const own = shallowRef<OwnBid | null>(null)
  const problem = shallowRef<unknown>(null)
  const clock = new Clock(platform.now())

  async function load(): Promise<void> {
    problem.value = null
    try {
      const asked = performance.now()
      const response = await readResponse('/lots/{lot_id}', { path: { lot_id: id } })
      const said = (await response.json()) as Lot
      clock.sync(said.now, performance.now() - asked)
      const mine = (await read('/lots/{lot_id}/bid', { path: { lot_id: id } })) as unknown as OwnBid
      etag.value = response.headers.get('ETag') ?? ''
      lot.value = said
      own.value = mine
    } catch (thrown) {
      problem.value = thrown
    }
  }
  onMounted(load)
  return { lot, etag, own, clock, problem, load }
}

export function effective(own: OwnBid | null): Received | null {
  return own?.versions.find((one) => one.manifest_hash === own.effective) ?? null
}

/** An opening key of one's own party. */
export interface OpeningKey {
  readonly credential: string
  readonly label: string
  readonly recovery: boolean
  readonly here: boolean
  readonly publicRaw: Bytes
}

/** Every opening key of the suite that the party has enrolled and not revoked, this device's first. */
export async function openingKeys(suite: string): Promise<OpeningKey[]> {
  const me = (await read('/parties/me')) as unknown as {
    credentials: readonly { credential: string; label: string; recovery: boolean; revoked: string; suite: string; opening_key: string; proved_at: string | null }[]
  }
  const own = suite === INTL_1 ? null : await heldOpening(await current(), suite)
  return me.credentials
    .filter((one) => one.suite === suite && one.revoked === '' && (one.recovery || one.proved_at !== null)) // R-CRED-03
    .map(({ credential, label, recovery, opening_key }) => ({
      credential,
      label,
      recovery,
      here: own === null ? credential === session.who?.credential : opening_key === b64(own.publicRaw),
      publicRaw: unb64(opening_key),
    }))
    .sort((a, b) => Number(b.here) - Number(a.here))
}
