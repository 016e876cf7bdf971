/** Bidders that offer one brand of the core product count as one (R-SCORE-05; 87号令 31 [M]): which of them stands for it. */

import { hex, unhex, type Bytes } from '@/crypto/bytes'
import { caseFolded } from '@/crypto/names'

import { compare, fraction, minus, ZERO, type Fraction } from '../fractions'
import type { SameBrand } from './evaluation'
import type { Lot } from './lot'
import { ranked } from './totals'

/** What decides, the smallest first; what comes after the first only where the document says so. */
type Merit = (bidder: string) => readonly Fraction[]

/** `lot`: with its price scores. Draws are made again from the bytes that were recorded for them. */
export function brandsOf(lot: Lot): readonly SameBrand[] {
  const { terms } = lot.notice
  const bytes = unhex(lot.evaluation.sameBrand.map((one) => one.pick?.random ?? '').join(''))
  if (terms.method === 'GP_LOWEST_EVALUATED') {
    const out = new Set(lot.evaluation.rejected.map((one) => one.bidder))
    const prices = new Map(lot.bids.map((one) => [one.bidder, fraction(String(one.price_fen))]))
    const left = lot.bids.map((one) => one.bidder).filter((one) => !out.has(one))
    return settled(lot, left, (bidder) => [prices.get(bidder) ?? ZERO], 'PRICE', bytes)
  }
  if (terms.method !== 'GP_COMPREHENSIVE') return []
  const ranking = new Map(ranked(lot).map((one) => [one.bidder, [minus(ZERO, fraction(one.total)), fraction(String(one.price_fen))]]))
  return settled(lot, [...ranking.keys()], (bidder) => ranking.get(bidder) ?? [], 'SCORE', bytes)
}

function settled(lot: Lot, bidders: readonly string[], merit: Merit, choice: SameBrand['choice'], bytes: Bytes): SameBrand[] {
  const asked = lot.notice.terms.same_brand_tie === 'LOWER_PRICE' ? undefined : 1
  let spent = 0
  return groups(lot, bidders).map(([brand, same]) => {
    const order = (one: string, other: string): number =>
      merit(one).slice(0, asked).map((what, at) => compare(what, merit(other)[at] ?? ZERO)).find((found) => found !== 0) ?? 0
    const equal = same.filter((one) => same.every((other) => order(one, other) <= 0))
    const pick = equal.length > 1 ? picked(equal, bytes.slice(spent)) : null
    spent += (pick?.random.length ?? 0) / 2
    const kept = pick?.drawn ?? equal[0] ?? ''
    return { brand, kept, others: same.filter((one) => one !== kept), choice: pick === null ? choice : 'DRAW', pick }
  })
}

/** Brands that several of `bidders` offer, as the review first wrote them, with those bidders in their order. */
function groups(lot: Lot, bidders: readonly string[]): [brand: string, same: readonly string[]][] {
  const written = new Map(lot.evaluation.qualification.flatMap(({ bidder, brand }) => (stripped(brand) === '' ? [] : [[bidder, stripped(brand)] as const])))
  const found = new Map<string, string[]>()
  for (const bidder of bidders) {
    const brand = written.get(bidder)
    if (brand !== undefined) found.set(folded(brand), [...(found.get(folded(brand)) ?? []), bidder])
  }
  const first = new Map([...written.values()].reverse().map((brand) => [folded(brand), brand]))
  return [...found].filter(([, same]) => same.length > 1).map(([key, same]) => [first.get(key) ?? '', same])
}

/** What Python's split takes for spaces: the separators of information and the next line too, the byte order mark not. */
const SPACES = /(?!\uFEFF)[\s\x1C-\x1F\x85]+/g

const EDGES = new RegExp(`^${SPACES.source}|${SPACES.source}$`, 'g')

function stripped(brand: string): string {
  return brand.replace(EDGES, '')
}

/** Names are written with stray spaces, in either case, in either width, and with characters that show nothing. */
export function folded(brand: string): string {
  return caseFolded(brand.normalize('NFKC').replace(/\p{Cf}/gu, '').replace(SPACES, ''))
}

/** One of the pool, every one equally likely (R-EVAL-07): bytes beyond the largest multiple of their number are thrown away. */
function picked(pool: readonly string[], bytes: Bytes): NonNullable<SameBrand['pick']> {
  const candidates = [...new Set(pool)].sort()
  const count = candidates.length
  const width = Math.ceil(Math.log2(count) / 8)
  const fair = 256 ** width - (256 ** width % count)
  let [spent, value] = [0, fair]
  while (value >= fair) {
    value = bytes.slice(spent, spent + width).reduce((sum, byte) => sum * 256 + byte, 0)
    spent += width
  }
  return { pool: candidates, random: hex(bytes.slice(0, spent)), drawn: candidates[value % count] ?? '' }
}
