/** What was read out, and the 标底. */

import * as v from 'valibot'

import { digest } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'

import { all, first, type Read } from './events'
import { Announced, type Imported } from './shapes'
import { demand } from './steps'

/** How many lines were announced, or null where nothing was yet. */
export async function checkTable(read: Read, imported: Imported): Promise<number | null> {
  const forms = new Map(imported.results.map((one) => [one.bidder, one.form]))
  const announcements = all(read, 'lot.prices-announced.v1', Announced)
  for (const one of announcements) {
    demand((await digest(canonical(one.table))) === one.table_hash, 'table', 'hash differs')
    for (const row of one.table) {
      const same = row.form === null || canonicalText(row.form) === canonicalText(forms.get(row.bidder) ?? null)
      demand(same, 'table', `${row.bidder}: other values`)
    }
  }
  return announcements.at(-1)?.table.length ?? null
}

/** 标底: as committed to before the deadline. */
export async function checkReference(read: Read): Promise<boolean> {
  const revealed = first(read, 'lot.reference-price-revealed.v1', v.object({ reference_fen: v.number(), salt: v.string() }))
  if (revealed === undefined) return false
  const committed = first(read, 'lot.reference-price-committed.v1', v.object({ commitment: v.string() }))
  const again = await digest(canonical({ lot: read.record.lot, reference_fen: revealed.reference_fen, salt: revealed.salt }))
  demand(committed?.commitment === again, '标底', 'not the one committed to')
  return true
}
