/** Which keys of the offices are missing, as far as a report of it may be given now (R-OPEN-24). Decided by the platform. */

import type { Schemas } from '@/api/types'
import { POLICY_P1 } from '@/crypto/choices'

type Lot = Pick<Schemas['LotShown'], 'phase' | 'standings' | 'notice' | 'opening'>
export type Key = 'form' | 'evaluation'

/** The phases in which the evaluation waits for its keys. */
const HANDING_OVER: readonly string[] = ['opened', 'evaluating']
const OFFICES = ['agency', 'supervisor'] as const

/** Which of an office's two keys a report now would be about. */
export function keyAt({ phase }: Pick<Lot, 'phase'>): Key {
  return HANDING_OVER.includes(phase) ? 'evaluation' : 'form'
}

/** Offices whose key has not come, and of which that is not reported yet. None under P2 and P3: trustees open there. */
export function missingKeys(lot: Lot): (typeof OFFICES)[number][] {
  const { opening } = lot
  const phase = lot.phase === 'opening' ? opening.imported_at === null : HANDING_OVER.includes(lot.phase)
  const waits = lot.notice.terms?.key_policy === POLICY_P1 && phase && Boolean(opening.release_window?.ended)
  if (!waits || !lot.standings.some((one) => one === 'host' || one === 'supervisor')) return []
  const given = keyAt(lot) === 'form' ? opening.form_keys : opening.evaluation_keys
  const gone = [...given, ...opening.withheld.filter((one) => one.resolution === '')]
  return OFFICES.filter((office) => !gone.some((one) => one.office === office))
}
