/** A consortium's bid 联合体投标 (R-ENG-30, R-GP-28): as the lead types it, and the file that all members get. */

import * as v from 'valibot'

import { conform, Digest, integer, Name, text } from '@/crypto/canonical'
import { sha256, hex } from '@/crypto/bytes'
import type { Consortium } from '@/sealing/records'

import { t } from './words'

const FEWEST = 2
const GRADES = 9

const Share = v.strictObject({ trade: text(1, 100), grade: integer(1, GRADES), work: text(1, 1000) })
const Partner = v.strictObject({ party: Name, shares: v.pipe(v.array(Share), v.minLength(1), v.maxLength(10)) })

/** The same JSON as `bidding join` and `bidding submit --consortium` read. */
export const ConsortiumFile = v.strictObject({
  lead: Name,
  agreement_sha256: Digest,
  partners: v.pipe(v.array(Partner), v.minLength(FEWEST), v.maxLength(20)),
})
export type ConsortiumFile = v.InferOutput<typeof ConsortiumFile>

/** `agreement`: the 共同投标协议 that was chosen, its name and hex SHA-256. The lead is the first partner. */
export interface TypedConsortium {
  agreement: { name: string; sha256: string } | null
  partners: TypedPartner[]
}

export interface TypedPartner {
  party: string
  shares: { trade: string; grade: string; work: string }[]
}

export function blankPartner(party = ''): TypedPartner {
  return { party, shares: [{ trade: '', grade: '1', work: '' }] }
}

export function blankConsortium(lead: string): TypedConsortium {
  return { agreement: null, partners: [blankPartner(lead), blankPartner()] }
}

/** What is wrong with it, empty if nothing is. `most`: members that the tender allows, 0 for any number. */
export function consortiumErrors(typed: TypedConsortium, lead: string, most: number): string[] {
  const parties = typed.partners.map(({ party }) => party.trim())
  const shares = typed.partners.flatMap((one) => one.shares)
  const faults: [boolean, string][] = [
    [typed.agreement === null, t('consortium.noAgreement')],
    [parties.some((one) => !one) || parties[0] !== lead || parties.length < FEWEST, t('consortium.members')],
    [new Set(parties).size !== parties.length, t('consortium.twice')],
    [most > 0 && parties.length > most, t('consortium.tooMany', { most })],
    [shares.some(({ trade, grade, work }) => !trade.trim() || !work.trim() || !/^[1-9]$/.test(grade.trim())), t('consortium.shares')],
  ]
  return faults.filter(([wrong]) => wrong).map(([, said]) => said)
}

/** Only for what `consortiumErrors` finds nothing in. */
export function consortiumOf(typed: TypedConsortium): Consortium {
  return {
    agreement_sha256: typed.agreement?.sha256 ?? '',
    partners: typed.partners.map(({ party, shares }) => ({
      party: party.trim(),
      shares: shares.map(({ trade, grade, work }) => ({ trade: trade.trim(), grade: Number(grade), work: work.trim() })),
    })),
  }
}

/** CanonicalError, SyntaxError if it is none. */
export function readConsortium(said: string): ConsortiumFile {
  return conform(JSON.parse(said), ConsortiumFile)
}

/** Hex SHA-256 of the agreement, which is read on this device only. */
export async function agreementIn(file: File): Promise<{ name: string; sha256: string }> {
  return { name: file.name, sha256: hex(await sha256(new Uint8Array(await file.arrayBuffer()))) }
}
