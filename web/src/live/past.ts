/** What happened before a page was opened. */

import { read } from '@/api/read'

import type { Recorded } from './events'

/** Events asked for at once; also what `readAhead` asks for, so that the first page may be on its way already. */
export const PAGE = 200

/** All public events of a lot so far, oldest first. Throws `Problem`. */
export async function past(lot: string): Promise<readonly Recorded[]> {
  const found: Recorded[] = []
  for (;;) {
    const after = found.at(-1)?.position
    const query = after === undefined ? { limit: PAGE } : { after, limit: PAGE }
    const page = (await read('/lots/{lot_id}/events', { path: { lot_id: lot }, query })).events as unknown as readonly Recorded[]
    found.push(...page)
    if (page.length < PAGE) return found
  }
}
