/**
 * Escrow: each content key cut into k0 ⊕ k1 ⊕ k2; every trustee is given two, and the bidder signs a hash of each.
 *
 * Any two trustees have all three; one alone has nothing, for the third is uniformly random. Who shows another share
 * than the bidder committed to is exposed by anyone from the manifest alone.
 */

import * as v from 'valibot'

import { b64, concat, digest, random, unb64, utf8, xor, type Bytes } from './bytes'
import { canonical, Digest, integer, WrappedKey } from './canonical'
import { KeyError, OpeningError } from './errors'
import { KEY_SIZE } from './choices'
import { keyId, unwrap, wrap, wrapFits, type OpeningKey } from './suite'
import type { Target } from './target'

export const TRUSTEES = ['agency', 'supervisor', 'notary'] as const
export type Trustee = (typeof TRUSTEES)[number]
/** Trustee → raw public key, of the lot's suite. */
export type TrusteeKeys = ReadonlyMap<Trustee, Bytes>

/** Which two of the shares k0, k1, k2 each trustee is given; the one it lacks, both others have. */
const HELD: Readonly<Record<Trustee, readonly [number, number]>> = { agency: [1, 2], supervisor: [0, 2], notary: [0, 1] }
const SHARES = 3

/** What a bidder without a key of its own signs under P3, in its manifest. */
export const CONSENT = '本投标人自己不持有密钥,同意:投标截止后,下列三名受托人中任意两名在开标时开启本投标。'

const COMMITMENT_LABEL = utf8('bidding/escrow/v1/commitment\0')
const SHARE_LABEL = utf8('bidding/escrow/v1/share\0')
const GIVEN_LABEL = utf8('bidding/escrow/v1/given\0')

const Commitments = v.strictTuple([Digest, Digest, Digest])

/** Share `index` wrapped for one trustee; `key` is the id of its public key. */
export const EscrowShare = v.strictObject({
  trustee: v.picklist(TRUSTEES),
  key: Digest,
  index: integer(0, SHARES - 1),
  wrapped: WrappedKey,
})

/** What one envelope leaves with the trustees: a commitment to each share, and two shares for each trustee. */
export const Escrow = v.strictObject({ commitments: Commitments, shares: v.pipe(v.array(EscrowShare), v.length(2 * SHARES)) })
export type Escrow = v.InferOutput<typeof Escrow>

/** In place of a key of the bidder's: that two of these three open the bid, by the ids of their keys, in the order of
 *  `TRUSTEES`. */
export const Consent = v.strictObject({ statement: v.pipe(v.string(), v.maxLength(200)), trustees: Commitments })
export type Consent = v.InferOutput<typeof Consent>

/** To these trustees. KeyError unless there are all three. */
export async function consentTo(trustees: TrusteeKeys): Promise<Consent> {
  const [agency, supervisor, notary] = await Promise.all(TRUSTEES.map((one) => keyId(keyOf(trustees, one))))
  if (agency === undefined || supervisor === undefined || notary === undefined) throw missing()
  return { statement: CONSENT, trustees: [agency, supervisor, notary] }
}

/** Cut `cek` (32 bytes) for the three trustees. KeyError. */
export async function deposit(cek: Bytes, target: Target, trustees: TrusteeKeys): Promise<Escrow> {
  const [first, second] = [random(KEY_SIZE), random(KEY_SIZE)]
  const cut = [first, second, xor(xor(cek, first), second)] as const
  const [zero, one, two] = await Promise.all([
    shareCommitment(target, 0, cut[0]),
    shareCommitment(target, 1, cut[1]),
    shareCommitment(target, 2, cut[2]),
  ])
  const shares = TRUSTEES.flatMap((trustee) =>
    HELD[trustee].map(async (index) => {
      const publicRaw = keyOf(trustees, trustee)
      const wrapped = await wrap(cut[index] ?? first, publicRaw, infoOf(SHARE_LABEL, target, trustee, index), target.suite)
      return { trustee, key: await keyId(publicRaw), index, wrapped: b64(wrapped) }
    }),
  )
  return { commitments: [zero, one, two], shares: await Promise.all(shares) }
}

/** Hex SHA-256 that binds share and target. Hiding, for a share is 32 random bytes. */
export function shareCommitment(target: Target, index: number, share: Bytes): Promise<string> {
  return digest(concat(COMMITMENT_LABEL, canonical({ index, target }), share))
}

/** Whether the shares are two for each of these trustees' keys, each once and of the suite's size. */
export async function depositedRightly(escrow: Escrow, suite: string, trustees: TrusteeKeys): Promise<boolean> {
  const named = await Promise.all(
    [...trustees].map(async ([trustee, key]) => {
      const id = await keyId(key)
      return HELD[trustee].map((index) => `${trustee} ${String(index)} ${id}`)
    }),
  )
  const found = escrow.shares.map(({ trustee, index, key }) => `${trustee} ${String(index)} ${key}`)
  const sizes = escrow.shares.every((share) => wrapFits(suite, unb64(share.wrapped)))
  return sizes && found.sort().join() === named.flat().sort().join()
}

/**
 * A trustee's two shares by their index, on its own device.
 *
 * OpeningError(escrow) if one does not open or was not committed to: then the bidder deposited it wrongly, and the
 * other two trustees may still have the key.
 */
export async function heldShares(escrow: Escrow, target: Target, trustee: Trustee, own: OpeningKey): Promise<Map<number, Bytes>> {
  const found = new Map<number, Bytes>()
  for (const { index, wrapped } of escrow.shares.filter((share) => share.trustee === trustee)) {
    const opened = await unwrap(unb64(wrapped), own, infoOf(SHARE_LABEL, target, trustee, index))
    if (opened === null || !(await shownTruly(escrow, target, index, opened))) {
      throw new OpeningError('escrow', `the ${trustee}'s share does not open`, target.envelope)
    }
    found.set(index, opened)
  }
  return found
}

/** Whether this is the share that the bidder committed to; if not, who shows it lies. */
export async function shownTruly(escrow: Escrow, target: Target, index: number, share: Bytes): Promise<boolean> {
  return (await shareCommitment(target, index, share)) === escrow.commitments[index]
}

/** A share on its way to the opening, wrapped for the lot's evaluation key: ciphertext in the log. KeyError. */
export function give(share: Bytes, target: Target, trustee: Trustee, index: number, platformPublic: Bytes): Promise<Bytes> {
  return wrap(share, platformPublic, infoOf(GIVEN_LABEL, target, trustee, index), target.suite)
}

/** The content key from all three shares; whether it is the sealed one shows the body's commitment. KeyError. */
export function together(shares: ReadonlyMap<number, Bytes>): Bytes {
  const [zero, one, two] = [shares.get(0), shares.get(1), shares.get(2)]
  if (zero === undefined || one === undefined || two === undefined) throw new KeyError({ what: 'escrow: not all three shares' })
  return xor(xor(zero, one), two)
}

function keyOf(trustees: TrusteeKeys, trustee: Trustee): Bytes {
  const found = trustees.get(trustee)
  if (found === undefined) throw missing()
  return found
}

function missing(): KeyError {
  return new KeyError({ what: 'trustees: one key each of agency, supervisor and notary' })
}

function infoOf(label: Bytes, target: Target, trustee: Trustee, index: number): Bytes {
  return concat(label, canonical({ index, target, trustee }))
}
