/** The draw, done again: commitments before the deadline, each reveal what it was held to, the choice recomputed. */

import * as v from 'valibot'

import { concat, digest, equal, hex, unb64, utf8 } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { commitment, draw, link, seedOf } from '@/crypto/draws'

import { all, first, places, type Read } from './events'
import { Announced, Imported, Noticed } from './shapes'
import { demand } from './steps'

const Opened = v.object({ bids: v.array(v.object({ bidder: v.string(), nonce: v.string() })), uncommitted: v.array(v.string()) })
const Committed = v.object({ office: v.string(), commitment: v.string(), reserve: v.string(), by: v.string() })
const Revealed = v.object({ source: v.string(), value: v.string() })
const Missed = v.object({ source: v.string() })
const Drawn = v.object({
  drawn: v.array(v.object({ coefficient: v.string(), value: v.string(), seed: v.string(), transcript: v.string() })),
})
interface Held { readonly party: string; readonly commitment: string }

/** docs/draws.md. The bidders' nonces come with their forms; the reserve is shown only where the beacon did not come. */
const ORDER = ['supervisor', 'agency', 'bidders', 'beacon', 'reserve']
const RESERVE = 'reserve'

/** What was drawn, or null where the notice declares no draw or it has not begun. */
export async function checkDraw(read: Read): Promise<string | null> {
  const notice = first(read, 'lot.noticed.v1', Noticed)
  const opened = first(read, 'lot.draw-opened.v1', Opened)
  const drawn = first(read, 'lot.coefficients-drawn.v1', Drawn)
  const rule = notice?.terms.draw
  if (notice === undefined || rule === undefined || rule === null) {
    demand(opened === undefined && drawn === undefined, 'draw', 'the notice declares none')
    return null
  }
  demand(canonicalText(rule.order) === canonicalText(ORDER), 'draw', 'another order of reveals than the specified one')
  demand(first(read, 'lot.prices-announced.v1', Announced) === undefined || drawn !== undefined, 'draw', 'the bids were announced without it')
  if (opened === undefined) return null
  checkFrozen(read, opened.bids)
  const promised = promises(read)
  const revealed = await checkReveals(read, promised, rule.anchor)
  if (drawn === undefined) return null
  demand(drawn.drawn.length === rule.pools.length, 'draw', 'not one value for each coefficient')
  for (const [number, pool] of rule.pools.entries()) {
    const one = drawn.drawn[number]
    const shown = (source: string): unknown => ({
      source,
      party: promised.get(source)?.party ?? null,
      commitment: promised.get(source)?.commitment ?? null,
      nonce: revealed.get(source) ?? null,
    })
    const transcript = canonicalText({
      v: 1,
      lot: read.record.lot,
      notice: notice.notice_hash,
      draw: pool.coefficient,
      pool: pool.values,
      pool_sha256: pool.sha256,
      order: rule.order,
      nonces: [shown('supervisor'), shown('agency')],
      bids: opened.bids,
      beacon: { anchor: rule.anchor, value: revealed.get('beacon') ?? null },
      reserve: shown(RESERVE),
    })
    const seed = await seedOf(transcript)
    const hashed = await digest(concat(utf8('bidding/draw/pool/v1\0'), canonical(pool.values)))
    const follows =
      one?.coefficient === pool.coefficient &&
      one.transcript === transcript &&
      one.seed === hex(seed) &&
      one.value === (await draw(seed, pool.values))[0] &&
      hashed === pool.sha256
    demand(follows, 'draw', `${pool.coefficient}: does not follow from what was revealed`)
  }
  return drawn.drawn.map((one) => `${one.coefficient} = ${one.value}`).join(', ')
}

/** The set of opened bids, frozen before the first reveal; commitments older than the deadline. */
function checkFrozen(read: Read, bids: readonly { bidder: string; nonce: string }[]): void {
  const closed = places(read, 'lot.submission-closed.v1')[0] ?? -1
  demand(places(read, 'lot.draw-committed.v1').every((place) => place < closed), 'draw', 'an office committed after the deadline')
  const gone = new Set(all(read, 'lot.bid-revoked.v1', v.object({ bidder: v.string() })).map((one) => one.bidder))
  const imported = first(read, 'lot.bids-imported.v1', Imported)
  const frozen = (imported?.results ?? [])
    .flatMap((one) => (one.form && !gone.has(one.bidder) ? [{ bidder: one.bidder, nonce: one.form.draw_nonce }] : []))
    .sort((left, right) => (left.bidder < right.bidder ? -1 : 1))
  demand(canonicalText(bids) === canonicalText(frozen), 'draw', 'other bids or nonces than those opened')
  const begun = places(read, 'lot.draw-opened.v1')[0] ?? -1
  demand(places(read, 'lot.bid-revoked.v1').every((place) => place < begun), 'draw', 'a bid was taken out after the set was frozen')
}

function promises(read: Read): ReadonlyMap<string, Held> {
  const found = new Map<string, Held>()
  for (const one of all(read, 'lot.draw-committed.v1', Committed)) {
    found.set(one.office, { party: one.by, commitment: one.commitment })
    if (one.reserve !== '') found.set(RESERVE, { party: one.by, commitment: one.reserve })
  }
  return found
}

/** Source → value (base64url), each in its turn and what its commitment or the anchor holds it to. */
async function checkReveals(read: Read, promised: ReadonlyMap<string, Held>, anchor: string): Promise<ReadonlyMap<string, string>> {
  const found = new Map<string, string>()
  const waiting = ['supervisor', 'agency'].filter((source) => promised.has(source)).concat('beacon')
  for (const event of read.events) {
    if (event.topic === 'lot.draw-reveal-missed.v1') {
      const { source } = v.parse(Missed, event.state)
      demand(source === waiting.shift(), 'draw', `${source} out of order`)
      if (source === 'beacon' && promised.has(RESERVE)) waiting.push(RESERVE)
    } else if (event.topic === 'lot.draw-revealed.v1') {
      const { source, value } = v.parse(Revealed, event.state)
      demand(source === waiting.shift(), 'draw', `${source} out of order`)
      demand(await fits(read.record.lot, source, value, promised.get(source), anchor), 'draw', `${source}: not what it committed to`)
      found.set(source, value)
    }
  }
  demand(waiting.length === 0 || places(read, 'lot.coefficients-drawn.v1').length === 0, 'draw', 'drawn while a reveal was awaited')
  return found
}

async function fits(lot: string, source: string, value: string, promised: Held | undefined, anchor: string): Promise<boolean> {
  const raw = unb64(value)
  if (source === 'beacon') return equal(await link(lot, raw), unb64(anchor))
  return promised !== undefined && (await commitment([lot, promised.party, source], raw)) === promised.commitment
}
