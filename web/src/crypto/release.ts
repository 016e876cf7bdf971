/**
 * Key release: the bidder splits each content key between the two offices' one-time session keys.
 *
 * One share is a random r, the other CEK ⊕ r: each alone is a uniformly random string, so nobody learns a price
 * until both offices' form keys are published, at one moment, for all bids.
 */

import * as v from 'valibot'

import { b64, concat, random, unb64, utf8, xor, type Bytes } from './bytes'
import { bodyOf, CEK_SIZE } from './body'
import { canonical, Digest, Name, One, Suite, WrappedKey } from './canonical'
import { KeyError, OpeningError, SessionKeyError } from './errors'
import { envelopeOf, manifestHash, targetOf, type Manifest } from './manifest'
import { keyFor, requirePair, type Office, type SessionPublic } from './session'
import { sign, verify, type Signed } from './signing'
import { requireSuite, unwrap, wrap, wrapFits, type OpeningKey, type OwnKey } from './suite'
import { bodyContext } from './target'

const SHARE_LABEL = utf8('bidding/release/v1/share\0')

/** About 1 kB from the bidder's device. Public as soon as it arrives: it is ciphertext. */
export const KeyRelease = v.strictObject({
  lot: Name,
  session: Name,
  bidder: Name,
  manifest_hash: Digest,
  suite: Suite,
  shares: v.pipe(
    v.array(v.strictObject({ envelope: Name, agency: WrappedKey, supervisor: WrappedKey })),
    v.minLength(1),
    v.maxLength(16),
  ),
  v: One,
})
export type KeyRelease = v.InferOutput<typeof KeyRelease>
type Addressed = Omit<KeyRelease, 'shares' | 'v'>

/**
 * Release the content keys (32 bytes, by envelope) of one bid to one session.
 *
 * SessionKeyError if the announcements do not fit together, KeyError if a key is missing or of another length.
 */
export async function makeRelease(
  manifest: Manifest,
  ceks: ReadonlyMap<string, Bytes>,
  agency: SessionPublic,
  supervisor: SessionPublic,
): Promise<KeyRelease> {
  requirePair(agency, supervisor)
  requireSuite(manifest.suite)
  if (manifest.suite !== agency.suite) throw new SessionKeyError({ reason: "announced for another suite than the bid's" })
  const { lot, bidder, suite } = manifest
  const addressed = { lot, bidder, suite, session: agency.session, manifest_hash: await manifestHash(manifest) }
  const shares = manifest.envelopes.map(async ({ name: envelope }) => {
    const cek = ceks.get(envelope)
    if (cek?.length !== CEK_SIZE) throw new KeyError({ what: 'content keys: one of 32 bytes for every envelope' })
    const mask = random(CEK_SIZE)
    return {
      envelope,
      agency: await wrapped(mask, agency, addressed, envelope),
      supervisor: await wrapped(xor(cek, mask), supervisor, addressed, envelope),
    }
  })
  return { ...addressed, shares: await Promise.all(shares), v: 1 }
}

/** OpeningError(release) unless it is for this bid and this session and covers every envelope. */
export async function checkRelease(release: KeyRelease, manifest: Manifest, session: string): Promise<void> {
  const fits =
    release.lot === manifest.lot &&
    release.bidder === manifest.bidder &&
    release.suite === manifest.suite &&
    release.session === session &&
    release.manifest_hash === (await manifestHash(manifest))
  if (!fits) throw new OpeningError('release', 'for another bid or session')
  const covered = release.shares.map((share) => share.envelope).sort()
  const wanted = manifest.envelopes.map((envelope) => envelope.name).sort()
  if (covered.join('\0') !== wanted.join('\0')) {
    throw new OpeningError('release', 'not one pair of shares for every envelope')
  }
  if (!release.shares.every((share) => [share.agency, share.supervisor].every((one) => wrapFits(release.suite, unb64(one))))) {
    throw new OpeningError('release', "a share of another size than the suite's")
  }
}

/**
 * The released content key, from the two offices' private keys for this kind of envelope: the sealed one.
 *
 * OpeningError(release) if the release holds no shares for them, OpeningError(commitment) if another key than
 * the sealed one was released: provably so.
 */
export async function recoverCek(
  release: KeyRelease,
  manifest: Manifest,
  envelope: string,
  privates: Readonly<Record<Office, OpeningKey>>,
): Promise<Bytes> {
  requireSuite(release.suite)
  const shares = release.shares.find((share) => share.envelope === envelope)
  if (shares === undefined) throw new OpeningError('release', 'no shares for this envelope', envelope)
  const open = async (office: Office): Promise<Bytes> => {
    const share = await unwrap(unb64(shares[office]), privates[office], shareInfo(release, office, envelope))
    if (share?.length !== CEK_SIZE) throw new OpeningError('release', `the ${office}'s share does not open`, envelope)
    return share
  }
  const cek = xor(await open('agency'), await open('supervisor'))
  await requireReleasedKey(cek, manifest, envelope)
  return cek
}

/** OpeningError(commitment) if another key than the sealed one was released: provably so. */
export async function requireReleasedKey(cek: Bytes, manifest: Manifest, envelope: string): Promise<void> {
  const header = unb64(envelopeOf(manifest, envelope).header)
  if ((await bodyOf(cek, header, bodyContext(targetOf(manifest, envelope)), manifest.suite)) === null) {
    throw new OpeningError('commitment', 'another key than the sealed one was released', envelope)
  }
}

/** By the Ed25519 key of the bidder's device. */
export function signRelease(signing: OwnKey, release: KeyRelease): Promise<Signed> {
  return sign('bidding/release/v1', release, KeyRelease, signing)
}

/** The release, signed by that key. SignatureError, CanonicalError. */
export function verifyRelease(signed: Signed, publicRaw: Bytes): Promise<KeyRelease> {
  return verify('bidding/release/v1', signed, publicRaw, KeyRelease)
}

/** What one share is bound to: a share moved to another lot, session, bid or envelope does not open. */
function shareInfo(release: Addressed, office: Office, envelope: string): Bytes {
  const { bidder, lot, manifest_hash, session, suite } = release
  return concat(SHARE_LABEL, canonical({ bidder, envelope, lot, manifest_hash, office, session, suite }))
}

async function wrapped(share: Bytes, to: SessionPublic, release: Addressed, envelope: string): Promise<string> {
  return b64(await wrap(share, keyFor(to, envelope), shareInfo(release, to.office, envelope), release.suite))
}
