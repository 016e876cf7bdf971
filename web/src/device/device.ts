/** This browser as a device of a party: its keys, and what it signs. */

import { Problem } from '@/api/problem'
import type { Sign } from '@/api/command'
import { askPhone } from '@/app/scan'
import { session } from '@/app/session'
import { b64, type Bytes } from '@/crypto/bytes'
import { signStatement, stated, type SignedStatement } from '@/crypto/statement'
import { generateKey, keyId, type OwnKey } from '@/crypto/suite'
import { platform } from '@/time/clock'

import type { KeptOpening } from './opening'
import { all, drop, keep, take } from './store'
import { t } from './words'

/** `credential`: hex SHA-256 of the signing key. `party`: the party's id. `enrolled`: the platform knows it. */
export interface Device {
  readonly credential: string
  readonly party: string
  readonly name: string
  readonly label: string
  readonly signing: OwnKey
  readonly opening: OwnKey
  /** Of further suites, as lots have asked for them. */
  readonly others?: readonly KeptOpening[]
  readonly enrolled: boolean
  /** Names this device's own lock to its browser, once it was asked for (`unlock.ts`). */
  readonly lock?: Bytes
}

/** A party's id: the first 24 characters of its first device's id. */
export const PARTY_ID = 24

/** New keys, kept before anything is said with them. `party` null: the first device of a new party. */
export async function newDevice(name: string, label: string, party: string | null = null): Promise<Device> {
  const [signing, opening] = await Promise.all([generateKey('Ed25519'), generateKey('X25519')])
  const credential = await keyId(signing.publicRaw)
  const device = { credential, party: party ?? credential.slice(0, PARTY_ID), name, label, signing, opening, enrolled: false }
  await keep('devices', credential, device)
  // Without this a browser short of space may throw the keys away. It may refuse; the recovery code is for that.
  if (typeof navigator.storage.persist === 'function') await navigator.storage.persist().catch(() => false)
  return device
}

export async function enrolled(device: Device, name = device.name): Promise<void> {
  await keep('devices', device.credential, { ...device, name, enrolled: true })
}

/** Keeps one more opening key with the device that has it. */
export async function alsoOpens(device: Device, opening: KeptOpening): Promise<void> {
  const known = (await take<Device>('devices', device.credential)) ?? device
  await keep('devices', device.credential, { ...known, others: [...(known.others ?? []), opening] })
}

/** The lock that was asked for last, and which one it is from now on (null: none). */
export async function lockOf({ credential }: Device): Promise<Bytes | undefined> {
  return (await take<Device>('devices', credential))?.lock
}

export async function lockedBy({ credential }: Device, lock: Bytes | null): Promise<void> {
  const kept = await take<Device>('devices', credential)
  if (kept !== undefined) await keep('devices', credential, { ...kept, lock: lock ?? undefined })
}

/** Every device that this browser is, enrolled ones first. */
export async function devices(): Promise<Device[]> {
  return (await all<Device>('devices')).sort((a, b) => Number(b.enrolled) - Number(a.enrolled) || a.name.localeCompare(b.name))
}

export async function forget(credential: string): Promise<void> {
  await drop('devices', credential)
}

/** The device that is logged in. Throws a `Problem` that says what to do if its keys are gone. */
export async function current(): Promise<Device> {
  const found = await held()
  if (found === undefined) throw missing()
  return found
}

async function held(): Promise<Device | undefined> {
  return session.who === null ? undefined : take<Device>('devices', session.who.credential)
}

function missing(): Problem {
  return new Problem(-1, () => ({
    title: t('missing.title'),
    detail: t('missing.detail'),
    next: t('missing.next'),
    code: 'client-device-missing',
  }))
}

/** Signs as this device, whether it is logged in or not. */
export function signerOf(device: Device): Sign {
  return (act, lot, body) => saidBy(device, act, lot, body as Record<string, unknown>)
}

/** Signs as the device that is logged in; where its key lies on a phone, the phone is asked (R-CRED-05). */
export const sign: Sign = async (act, lot, body) => {
  const device = await held()
  if (device !== undefined) return signerOf(device)(act, lot, body)
  const { who } = session
  if (who === null) throw missing()
  const signed = await askPhone(stated({ act, lot, by: who.party, credential: who.credential, body, now: new Date(platform.now()) }))
  if (signed === null) throw missing()
  return signed
}

/** The public halves as the register wants them. */
export function publicKeys(device: Device): { signing_key: string; opening_key: string } {
  return { signing_key: b64(device.signing.publicRaw), opening_key: b64(device.opening.publicRaw) }
}

function saidBy(device: Device, act: string, lot: string | null, body: Record<string, unknown>): Promise<SignedStatement> {
  return signStatement(device.signing, { act, lot, by: device.party, body, now: new Date(platform.now()) })
}
