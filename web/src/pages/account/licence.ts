/** Where a changed licence went: what the register tells of it, and the contracts that it reached (R-NB-HS-01). */

import { read } from '@/api/read'
import type { Schemas } from '@/api/types'

/** Of `GET /parties/me`, which has no type. */
export interface Change {
  readonly kind: 'NAME' | 'HEAD' | 'QUALIFICATION' | 'MERGER' | 'SPLIT' | 'BANKRUPTCY'
  readonly before: string
  readonly after: string
  readonly evidence: string
  readonly at: string
}
export interface Registered {
  readonly changes: readonly Change[]
  readonly bodies: readonly {
    readonly number: number
    readonly at: string
    readonly changes: readonly Change[]
    readonly told: readonly {
      readonly body: string
      readonly state: 'WAITING' | 'ACCEPTED' | 'DONE' | 'REFUSED'
      readonly reference: string
      readonly text: string
      readonly at: string | null
    }[]
  }[]
}

export interface Contract {
  readonly lot: string
  readonly title: string
  readonly contract: Schemas['Contract']
}

/** Where there may be a contract, or a name kept for one that is still to be drafted. */
const UNDER_CONTRACT: readonly string[] = ['determined', 'awarded', 'contracted']

/** Contracts in which a name changed, of a page of the unit's lots: what it won, once, and what it holds as an office.
 *  `next`: where the following look goes on. Throws `Problem`. */
export async function changed(roles: readonly string[], after: string | null, again: boolean): Promise<{ contracts: Contract[]; next: string | null }> {
  const lots: string[] = []
  let next: string | null = null
  if (!again) {
    const book = await read('/parties/me/lots')
    lots.push(...book.lots.filter(({ won }) => won).map(({ lot }) => lot))
  }
  if (roles.includes('agency') || roles.includes('tenderer')) {
    const page = await read('/offices/lots', { query: { ...(after ? { after } : {}) } })
    lots.push(...page.lots.filter(({ phase }) => UNDER_CONTRACT.includes(phase)).map(({ lot }) => lot))
    next = page.next
  }
  const found: Contract[] = []
  for (const lot of new Set(lots)) {
    const shown = await read('/lots/{lot_id}', { path: { lot_id: lot } })
    if (shown.contract.renamed.length) found.push({ lot, title: shown.notice.title, contract: shown.contract })
  }
  return { contracts: found, next }
}
