/**
 * Time-stamp tokens (RFC 3161; docs/timestamps.md): over events of this record and not before them, and signed under
 * roots that the reader trusts. Without such a root whoever signed them is believed, as `bidding verify` does.
 */

import type { X509Certificate } from '@peculiar/x509'
import * as v from 'valibot'

import { digest, unb64, utf8 } from '@/crypto/bytes'

import { all, type Read } from './events'
import known from './known.json'
import { demand } from './steps'
import { checkSigned, readToken } from './token'

const STEP = 'time-stamps'
/** How far the authority's clock and the platform's may be apart, in ms. */
const SKEW = 60_000
const STAMPED = new Set(known.stamped)

export const Timestamped = v.object({
  subject: v.string(),
  imprint: v.string(),
  authority: v.string(),
  token: v.string(),
  instant: v.string(),
  checkpoint: v.optional(v.string(), ''),
})

/** What each token says, in English. */
export async function checkTimestamps(read: Read, roots: readonly X509Certificate[]): Promise<string[]> {
  const events = read.record.events.filter((one) => STAMPED.has(one.topic))
  const trust = roots.length > 0 ? 'under a root that you gave' : 'under no root that you gave'
  const told: string[] = []
  for (const { subject, imprint, authority, token, instant, checkpoint } of all(read, 'lot.timestamped.v1', Timestamped)) {
    // A token over a checkpoint is over all that it covers; whether it does, the step `checkpoints` tells.
    const contents = await Promise.all(events.map(async (one) => ((await digest(utf8(checkpoint || one.state))) === imprint ? [one] : [])))
    const covered = contents.flat().filter((one) => one.topic === subject)
    demand(covered.length > 0, STEP, `${authority}: over an event that is not in the record`)
    const said = readToken(unb64(token))
    if (roots.length > 0) await checkSigned(said, roots, authority)
    const same = said.imprint === imprint && said.instant === Date.parse(instant)
    demand(same, STEP, `${authority}: the token says something else than the record`)
    const begun = Math.min(...covered.map((one) => Date.parse(one.recorded_at)))
    demand(said.instant >= begun - SKEW, STEP, `${subject}: stamped before it happened`)
    const what = checkpoint === '' ? subject : `the checkpoint over ${subject}`
    told.push(`${what} existed at ${new Date(said.instant).toISOString()}, says ${authority}, ${trust}`)
  }
  return told
}
