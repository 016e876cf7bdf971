/** What a notice chooses: the suite, known by the sizes of its keys and wraps, and the policy, which says who can open. */

export const INTL_1 = 'intl-1'
export const INTL_PQ = 'intl-pq'
export const GM_1 = 'gm-1'

/** Bytes of every private key, and of a key that is wrapped. */
export const KEY_SIZE = 32

/** Bytes of a public key, and of a wrapped 32-byte key. */
export const SUITES = {
  [INTL_1]: { publicSize: 32, wrapSize: 80 },
  [INTL_PQ]: { publicSize: 1216, wrapSize: 1168 },
  [GM_1]: { publicSize: 64, wrapSize: 160 },
} as const
export type SuiteName = keyof typeof SUITES

/** Bidder-held keys only: a lost key loses the bid. */
export const POLICY_P1 = 'P1'
/** P1, and any two of three trustees can open: only after a signed incident report. */
export const POLICY_P2 = 'P2'
/** Any two of three trustees open, and nobody else can: no key of the bidder's, but its signed consent. */
export const POLICY_P3 = 'P3'
