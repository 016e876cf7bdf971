/** An office's part in the draws, of the coefficients and of the experts: its nonces and, at the supervisor's, the chain.
 *
 * They are made on the office's own device and kept there until they are asked for (docs/draws.md).
 */

import type { BodyOf } from '@/api/types'
import { b64, random, unb64 } from '@/crypto/bytes'
import { commitment, link, NONCE } from '@/crypto/draws'
import { keep, take } from '@/device/store'

export type DrawOffice = 'agency' | 'supervisor'
export type Draw = 'coefficients' | 'experts'

/** base64url of 32 bytes each. `next` stands behind `chain` as `chain` behind the head: one value for each draw. */
interface Kept {
  readonly nonce: string
  readonly reserve: string
  readonly chain: string
  /** Lacking where the chain was made when it had one value. */
  readonly next?: string
  readonly experts: string
  readonly expertsReserve: string
  /** Of the later rounds of the experts' draw, by number: each has a chain of its own, of one value. */
  readonly rounds?: Readonly<Record<number, RoundKept>>
}

interface RoundKept {
  readonly nonce: string
  readonly reserve: string
  readonly chain: string
}

export type Drawing = {
  readonly commitments: readonly { readonly source: string; readonly commitment: string; readonly by: string }[]
  readonly reveals: readonly { readonly source: string }[]
  readonly missed: readonly { readonly source: string }[]
  readonly opened_at: string | null
}

/** What the beacon stands behind: the notice's `anchor`, until the coefficients' draw has `shown` the first value. */
export interface Chained {
  readonly anchor: string
  readonly shown: boolean
}

const shelf = (lot: string, office: DrawOffice): string => `${lot}/draw/${office}`
const value = (): string => b64(random(NONCE))
/** What a commitment names, so that none for one draw serves in the other. */
const names = (lot: string, party: string, source: string, draw: Draw): string[] => [lot, party, source, ...(draw === 'experts' ? [draw] : [])]

/** Made once: asked again, after a reload say, it says the same. */
async function secrets(lot: string, office: DrawOffice): Promise<Kept> {
  const found = await take<Omit<Kept, 'experts' | 'expertsReserve'> & Partial<Kept>>('offices', shelf(lot, office))
  if (found?.experts !== undefined) return found as Kept
  const made: Kept = { ...(found ?? (await chained(lot))), experts: value(), expertsReserve: value() }
  await keep('offices', shelf(lot, office), made)
  return made
}

async function chained(lot: string): Promise<Pick<Kept, 'nonce' | 'reserve' | 'chain' | 'next'>> {
  const next = random(NONCE)
  return { nonce: value(), reserve: value(), chain: b64(await link(lot, next)), next: b64(next) }
}

/** Whether this device can reveal what the office has bound itself to. */
export async function holdsDraw(lot: string, office: DrawOffice, drawing: Drawing, { anchor, shown }: Chained, draw: Draw = 'coefficients'): Promise<boolean> {
  const kept = await take<Kept>('offices', shelf(lot, office))
  if (!kept) return false
  const own = drawing.commitments.find(({ source }) => source === office)
  if (own) {
    const nonce = draw === 'experts' ? kept.experts : kept.nonce
    if ((await commitment(names(lot, own.by, office, draw), unb64(nonce))) !== own.commitment) return false
  }
  if (office === 'agency' || anchor === '') return true
  return b64(await link(lot, unb64(kept.chain))) === anchor && (!shown || kept.next !== undefined)
}

const ofRound = (lot: string, party: string, source: string, round: number): string[] => [lot, party, source, `experts/${String(round)}`]

async function roundSecrets(lot: string, office: DrawOffice, round: number): Promise<RoundKept> {
  const kept = await secrets(lot, office)
  const found = kept.rounds?.[round]
  if (found) return found
  const made: RoundKept = { nonce: value(), reserve: value(), chain: value() }
  await keep('offices', shelf(lot, office), { ...kept, rounds: { ...kept.rounds, [round]: made } })
  return made
}

/** Whether this device can reveal what the office has bound itself to in a later round. */
export async function holdsRound(lot: string, office: DrawOffice, drawing: Drawing, round: number): Promise<boolean> {
  const kept = (await take<Kept>('offices', shelf(lot, office)))?.rounds?.[round]
  const own = drawing.commitments.find(({ source }) => source === office)
  if (!own) return true
  return kept !== undefined && (await commitment(ofRound(lot, own.by, office, round), unb64(kept.nonce))) === own.commitment
}

/** For a later round of the experts' draw: the supervisor's with the head of a chain made for it. */
export async function roundCommitments(lot: string, office: DrawOffice, party: string, round: number): Promise<BodyOf<'evaluation/commit-draw'>> {
  const kept = await roundSecrets(lot, office, round)
  const bound = { commitment: await commitment(ofRound(lot, party, office, round), unb64(kept.nonce)) }
  if (office === 'supervisor') return { ...bound, reserve: '', anchor: b64(await link(lot, unb64(kept.chain))) }
  return { ...bound, reserve: await commitment(ofRound(lot, party, 'reserve', round), unb64(kept.reserve)), anchor: '' }
}

export async function roundReveal(lot: string, source: string, round: number): Promise<BodyOf<'evaluation/reveal-draw'>> {
  const kept = await roundSecrets(lot, officeOf(source), round)
  return { value: source === 'beacon' ? kept.chain : source === 'reserve' ? kept.reserve : kept.nonce }
}

export async function anchorOf(lot: string): Promise<BodyOf<'opening/anchor-draw'>> {
  return { anchor: b64(await link(lot, unb64((await secrets(lot, 'supervisor')).chain))) }
}

export async function commitments(lot: string, office: DrawOffice, party: string, draw: Draw = 'coefficients'): Promise<BodyOf<'opening/commit-draw'>> {
  const kept = await secrets(lot, office)
  const [nonce, reserve] = draw === 'experts' ? [kept.experts, kept.expertsReserve] : [kept.nonce, kept.reserve]
  return {
    commitment: await commitment(names(lot, party, office, draw), unb64(nonce)),
    reserve: office === 'agency' ? await commitment(names(lot, party, 'reserve', draw), unb64(reserve)) : '',
  }
}

/** Whose reveal is waited for, in the declared order; null before the draw and when all came or were missed. */
export function awaitedSource({ commitments: bound, reveals, missed, opened_at: opened }: Drawing): string | null {
  if (opened === null) return null
  const settled = new Set([...reveals, ...missed].map(({ source }) => source))
  const has = (source: string): boolean => bound.some((one) => one.source === source)
  const asked = ['supervisor', 'agency'].filter(has)
  asked.push('beacon')
  if (missed.some(({ source }) => source === 'beacon') && has('reserve')) asked.push('reserve')
  return asked.find((source) => !settled.has(source)) ?? null
}

export function officeOf(source: string): DrawOffice {
  return source === 'agency' || source === 'reserve' ? 'agency' : 'supervisor'
}

/** What this office says when `source` is waited for; `shown`: whether the coefficients' draw has used the first value. */
export async function reveal(lot: string, source: string, draw: Draw = 'coefficients', shown = false): Promise<BodyOf<'opening/reveal-draw'>> {
  const kept = await secrets(lot, officeOf(source))
  if (source === 'beacon') return { value: draw === 'experts' && shown ? (kept.next ?? '') : kept.chain }
  if (draw === 'experts') return { value: source === 'reserve' ? kept.expertsReserve : kept.experts }
  return { value: source === 'reserve' ? kept.reserve : kept.nonce }
}
