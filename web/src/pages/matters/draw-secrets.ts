/** An office's part in the draw: its nonces and, at the supervisor's, the value behind the chain's head.
 *
 * They are made on the office's own device and kept there until they are asked for (docs/draws.md).
 */

import type { BodyOf } from '@/api/types'
import { b64, random, unb64 } from '@/crypto/bytes'
import { commitment, link, NONCE } from '@/crypto/draws'
import { keep, take } from '@/device/store'

export type DrawOffice = 'agency' | 'supervisor'

/** base64url of 32 bytes each. */
interface Kept {
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

const shelf = (lot: string, office: DrawOffice): string => `${lot}/draw/${office}`

/** Made once: asked again, after a reload say, it says the same. */
async function secrets(lot: string, office: DrawOffice): Promise<Kept> {
  const found = await take<Kept>('offices', shelf(lot, office))
  if (found) return found
  const made = { nonce: b64(random(NONCE)), reserve: b64(random(NONCE)), chain: b64(random(NONCE)) }
  await keep('offices', shelf(lot, office), made)
  return made
}

/** Whether this device can reveal what the office has bound itself to. */
export async function holdsDraw(lot: string, office: DrawOffice, drawing: Drawing, anchor: string): Promise<boolean> {
  const kept = await take<Kept>('offices', shelf(lot, office))
  if (!kept) return false
  const own = drawing.commitments.find(({ source }) => source === office)
  if (own) return (await commitment([lot, own.by, office], unb64(kept.nonce))) === own.commitment
  return office === 'agency' || anchor === '' || b64(await link(lot, unb64(kept.chain))) === anchor
}

export async function anchorOf(lot: string): Promise<BodyOf<'opening/anchor-draw'>> {
  return { anchor: b64(await link(lot, unb64((await secrets(lot, 'supervisor')).chain))) }
}

export async function commitments(lot: string, office: DrawOffice, party: string): Promise<BodyOf<'opening/commit-draw'>> {
  const kept = await secrets(lot, office)
  return {
    commitment: await commitment([lot, party, office], unb64(kept.nonce)),
    reserve: office === 'agency' ? await commitment([lot, party, 'reserve'], unb64(kept.reserve)) : '',
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

/** What this office says when `source` is waited for. */
export async function reveal(lot: string, source: string): Promise<BodyOf<'opening/reveal-draw'>> {
  const kept = await secrets(lot, officeOf(source))
  return { value: source === 'beacon' ? kept.chain : source === 'reserve' ? kept.reserve : kept.nonce }
}
