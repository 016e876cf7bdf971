/** Which matters a lot has for who looks at it: pages with nothing on them are not linked. */

import type { Schemas } from '@/api/types'

export type Matter = 'draw' | 'experts' | 'reference' | 'money' | 'remedies' | 'prequalification' | 'promises' | 'trustees' | 'performance' | 'erasure'

type Lot = Pick<Schemas['LotShown'], 'phase' | 'standings' | 'admission' | 'notice' | 'escrow' | 'opening' | 'contract' | 'performance' | 'archive'>

/** Nothing is published yet. */
const PREPARED: ReadonlySet<string> = new Set(['draft', 'submitted', 'admitted'])

export function mattersOf(lot: Lot): Matter[] {
  const am = (...wanted: readonly Schemas['LotShown']['standings'][number][]): boolean => wanted.some((one) => lot.standings.includes(one))
  const regime = lot.notice.regime ?? lot.admission.regime
  const noticed = lot.notice.published_at !== null
  const shown: Record<Matter, boolean> = {
    prequalification: lot.notice.prequalification !== null || (lot.phase === 'admitted' && am('host')),
    draw: Boolean(lot.notice.terms?.draw) || (am('supervisor') && ['submitted', 'admitted'].includes(lot.phase)),
    experts: Boolean(lot.notice.terms?.expert_draw),
    reference: lot.opening.reference !== null || (lot.phase === 'noticed' && regime === 'ENG' && am('host')),
    money: noticed,
    remedies: !PREPARED.has(lot.phase),
    promises: am('host', 'operator', 'supervisor') && (lot.admission.promises.length > 0 || (PREPARED.has(lot.phase) && am('host'))),
    trustees: (lot.notice.terms?.key_policy ?? 'P1') !== 'P1' || (['submitted', 'admitted'].includes(lot.phase) && (am('host') || lot.escrow.notary !== '')),
    performance: Boolean(lot.contract.contract_hash || lot.contract.filed_at || lot.performance.unified_number),
    erasure: (am('supervisor') && !PREPARED.has(lot.phase)) || lot.archive.erasures.length > 0,
  }
  return (Object.keys(shown) as Matter[]).filter((one) => shown[one])
}
