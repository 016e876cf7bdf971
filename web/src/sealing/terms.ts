/** How bids for a lot are sealed, as its notice says: the suite, who can open, and the trustees' keys. */

import { unb64 } from '@/crypto/bytes'
import { UnsupportedSuiteError } from '@/crypto/errors'
import { TRUSTEES, type Trustee, type TrusteeKeys } from '@/crypto/escrow'
import { POLICY_P1, POLICY_P2, POLICY_P3 } from '@/crypto/choices'
import { requireSuite } from '@/crypto/suite'

/** `trustees`: empty under P1. */
export interface Sealing {
  readonly suite: string
  readonly policy: string
  readonly trustees: TrusteeKeys
}

/** Of a notice's terms what matters here. */
export interface SealingTerms {
  readonly suites: readonly string[]
  readonly key_policy: string
  readonly trustees: readonly { readonly trustee: string; readonly public: string }[]
}

/** UnsupportedSuiteError for a suite or a policy that this program does not speak: there is no fallback. */
export function sealingOf(terms: SealingTerms): Sealing {
  const [suite, ...more] = terms.suites
  const unknown = new UnsupportedSuiteError({ suite: `${terms.suites.join()} ${terms.key_policy}` })
  if (suite === undefined || more.length > 0 || ![POLICY_P1, POLICY_P2, POLICY_P3].includes(terms.key_policy)) throw unknown
  requireSuite(suite)
  const trustees = new Map(terms.trustees.map((one) => [trusteeOf(one.trustee, unknown), unb64(one.public)]))
  return { suite, policy: terms.key_policy, trustees }
}

function trusteeOf(name: string, unknown: UnsupportedSuiteError): Trustee {
  const found = TRUSTEES.find((one) => one === name)
  if (found === undefined) throw unknown
  return found
}
