/** The checkpoints that an authority has stamped: of this log's one history, over what they are said to cover (R-CRYP-06). */

import { unb64 } from '@/crypto/bytes'
import { continues } from '@/log/note'

import { all, type Read } from './events'
import { opened } from './log'
import { demand, within } from './steps'
import { Timestamped } from './timestamps'

const STEP = 'checkpoints'
const CLOSED = 'lot.submission-closed.v1'

/** What stood in the log when, in English. The token itself is the affair of the time-stamps. */
export async function checkCheckpoints(read: Read): Promise<string[]> {
  const { log } = read.record
  if (log === undefined) return []
  const top = await opened(log.checkpoint, log.vkey)
  const paths = new Map((log.continued ?? []).map((one) => [one.size, one.path.map(unb64)]))
  const told: string[] = []
  for (const { subject, authority, instant, checkpoint } of all(read, 'lot.timestamped.v1', Timestamped)) {
    if (checkpoint === '') continue
    const where = `${authority}, ${subject}`
    const old = await within(STEP, () => opened(checkpoint, log.vkey))
    if (old.size > top.size) continue // stamped after the record's checkpoint was taken
    const path = paths.get(old.size)
    demand(path !== undefined, STEP, `${where}: no proof that the log continues it`)
    const sizes = `${String(top.size)} leaves do not continue the ${String(old.size)} seen before`
    demand(await continues(old, top, path), STEP, `${where}: two histories: ${sizes}`)
    const covered = log.leaves.some((leaf, at) => read.events[at]?.topic === subject && leaf.index < old.size)
    demand(covered, STEP, `${where}: the event is not under it`)
    const bids = subject === CLOSED ? (log.bids ?? []) : []
    demand(bids.every((one) => one.index < old.size), STEP, `${where}: a bid is not under it`)
    const beside = bids.length > 0 ? ` and ${String(bids.length)} bids` : ''
    told.push(`${subject}${beside} stood in the log at ${new Date(instant).toISOString()}, says ${authority}`)
  }
  return told
}
