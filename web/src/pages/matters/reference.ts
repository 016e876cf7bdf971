/** 标底: figure and salt stay on the host's device, its hash is handed in before the deadline (R-ENG-19). */

import type { BodyOf } from '@/api/types'
import { b64, digest, random } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { keep, take } from '@/device/store'

const SALT = 32

interface Kept {
  readonly fen: number
  /** base64url of 32 bytes. */
  readonly salt: string
}

const shelf = (lot: string, commitment: string): string => `${lot}/reference/${commitment}`

/** Hex SHA-256 of lot, figure (分) and salt: what anybody computes again from what is published. */
export function referenceHash(lot: string, fen: number, salt: string): Promise<string> {
  return digest(canonical({ lot, reference_fen: fen, salt }))
}

/** Kept on this device before anything is said with it. */
export async function bindReference(lot: string, fen: number): Promise<BodyOf<'opening/commit-reference'>> {
  const salt = b64(random(SALT))
  const commitment = await referenceHash(lot, fen, salt)
  await keep('offices', shelf(lot, commitment), { fen, salt } satisfies Kept)
  return { commitment }
}

/** What this device bound itself to; null: it was another device. */
export async function boundReference(lot: string, commitment: string): Promise<BodyOf<'opening/reveal-reference'> | null> {
  const kept = await take<Kept>('offices', shelf(lot, commitment))
  return kept ? { reference_fen: kept.fen, salt: kept.salt } : null
}
