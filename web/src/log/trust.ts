/** Whom this browser trusts of the log: what it saw first is kept, and nothing else believed until its reader says so. */

import { readResponse } from '@/api/read'
import { utf8 } from '@/crypto/bytes'
import { canonicalText, parseCanonical } from '@/crypto/canonical'
import { LogPolicyError } from '@/crypto/errors'

import { Policy } from './note'
import { proveLeaves, type ProvedLeaves } from './leaves'
import { requireNoticed, TOPICS } from './noticed'
import { holdsAll } from './own'

const KEY = 'bidding.log-policy'
/** An event is under a checkpoint within a second: looked at again as often, `PAUSE` ms apart, before it counts as missing. */
const LOOKS = 4
const PAUSE = 1000

/** The policy that this browser keeps, or from now on keeps. LogPolicyError: the platform names another one now. */
export async function trusted(): Promise<Policy> {
  const named = await served()
  const kept = stored()
  if (kept === null) keep(named)
  else if (canonicalText(kept) !== canonicalText(named)) throw new LogPolicyError({ what: named.log, quorum: named.quorum })
  return named
}

/** The reader has compared the policy that the platform names now with the one that the centre has made known. */
export async function acceptPolicy(): Promise<void> {
  keep(await served())
}

/** What the reader may know of a lot, proved; of `topics` only, if any are named. LogError, LogPolicyError, Problem. */
export async function provedOf(lot: string, topics: readonly string[] = []): Promise<{ leaves: ProvedLeaves; policy: Policy; file: Uint8Array<ArrayBuffer> }> {
  const policy = await trusted()
  const answer = await readResponse('/lots/{lot_id}/receipts', { path: { lot_id: lot }, query: { topic: [...topics] } })
  const file = new Uint8Array(await answer.arrayBuffer())
  return { leaves: await proveLeaves(file, policy), policy, file }
}

/** As `provedOf`, looked at again while a receipt that was kept is not there: it may be from a moment ago. */
export async function provedWith(lot: string, kept: readonly string[], looks = LOOKS): ReturnType<typeof provedOf> {
  const found = await provedOf(lot)
  if (looks <= 1 || holdsAll(found.leaves.events, kept)) return found
  await pause()
  return provedWith(lot, kept, looks - 1)
}

/** LogError unless the witnessed log proves the notice as it is shown here; a later look may find what is just recorded. */
export async function requireLogged(lot: string, notice: object, looks = LOOKS): Promise<ProvedLeaves> {
  const { leaves } = await provedOf(lot, TOPICS)
  try {
    requireNoticed(lot, notice as Record<string, unknown>, leaves)
    return leaves
  } catch (error) {
    if (looks <= 1) throw error
    await pause()
    return requireLogged(lot, notice, looks - 1)
  }
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, PAUSE))
}

async function served(): Promise<Policy> {
  return parseCanonical(utf8(await (await readResponse('/log/policy')).text()), Policy)
}

function stored(): Policy | null {
  try {
    const kept = window.localStorage.getItem(KEY)
    return kept === null ? null : parseCanonical(utf8(kept), Policy)
  } catch {
    return null // storage is switched off, or holds what is none
  }
}

function keep(policy: Policy): void {
  try {
    window.localStorage.setItem(KEY, canonicalText(policy))
  } catch {
    // It is believed as long as the page.
  }
}
