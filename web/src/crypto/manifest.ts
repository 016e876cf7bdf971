/** The manifest: what a bidder signs about a sealed bid. All about the bodies but their content. */

import * as v from 'valibot'

import { digest, unb64, type Bytes } from './bytes'
import { Bytes56, canonical, Digest, Length, Name, One, PublicKey, Suite, Version, WrappedKey } from './canonical'
import { POLICY_P3 } from './choices'
import { OpeningError } from './errors'
import { Consent, Escrow } from './escrow'
import { sign, verify, type Signed } from './signing'
import { keyId, unwrap, type OpeningKey, type OwnKey } from './suite'
import { wrapInfo, type Target } from './target'

export const QUALIFICATION = 'qualification'
export const TECHNICAL = 'technical'
export const COMMERCIAL = 'commercial'
/** What is announced at the opening, then what the evaluation reads; each has a content key of its own. */
export const ENVELOPES = ['form', QUALIFICATION, TECHNICAL, COMMERCIAL] as const

export const MOST_RECIPIENTS = 16

function few<T extends v.GenericSchema>(shape: T) {
  return v.pipe(v.array(shape), v.maxLength(MOST_RECIPIENTS))
}

/** One sealed body: length in bytes, RFC 6962 root of its 8 MiB parts, header, one wrap for every recipient. `escrow`:
 *  what is left with the trustees, where the policy asks it. */
export const SealedEnvelope = v.strictObject({
  name: Name,
  sealed_length: Length,
  part_count: Length,
  root: Digest,
  header: Bytes56,
  wraps: few(v.strictObject({ key: Digest, wrapped: WrappedKey })),
  escrow: v.optional(Escrow),
})
export type SealedEnvelope = v.InferOutput<typeof SealedEnvelope>

/** `recipients`: the bidder's own opening keys. `supersedes`: the manifest hash of the version this one
 *  replaces. `spare`: digests of a spare file, which the command line makes. `recipients` and `wraps` are empty under
 *  P3, and nowhere else; there `consent` is instead. */
const Fields = v.strictObject({
  lot: Name,
  bidder: Name,
  bid_version: Version,
  document_hash: Digest,
  document_version: Version,
  recipients: few(v.strictObject({ key: Digest, public: PublicKey })),
  envelopes: v.pipe(few(SealedEnvelope), v.minLength(1)),
  draw_nonce_hash: Digest,
  supersedes: v.nullable(Digest),
  suite: Suite,
  policy: Name,
  consent: v.optional(Consent),
  spare: v.optional(v.strictObject({ form: Digest, sha256: Digest })),
  v: One,
})
export const Manifest = v.pipe(Fields, v.check(keyedByPolicy, "keys of the bidder's, or under P3 its consent and none"))
export type Manifest = v.InferOutput<typeof Fields>

function keyedByPolicy({ policy, consent, recipients, envelopes }: v.InferOutput<typeof Fields>): boolean {
  const own = policy !== POLICY_P3
  const keyed = [recipients, ...envelopes.map(({ wraps }) => wraps)].every((list) => list.length > 0 === own)
  return keyed && (consent === undefined) === own
}

/** What this envelope is addressed to; never carried in the body, always rebuilt from here. */
export function targetOf(manifest: Omit<Target, 'envelope'>, envelope: string): Target {
  const { document_hash, document_version, lot, bidder, bid_version, suite } = manifest
  return { document_hash, document_version, lot, bidder, envelope, bid_version, suite }
}

export function envelopeOf(manifest: Manifest, name: string): SealedEnvelope {
  const found = manifest.envelopes.find((envelope) => envelope.name === name)
  if (found === undefined) throw new OpeningError('manifest', 'no such envelope', name)
  return found
}

/** Hex SHA-256 of the canonical manifest: the bid's name in receipts, releases and replacements. */
export function manifestHash(manifest: Manifest): Promise<string> {
  return digest(canonical(manifest))
}

/** The manifest as the bidder submits it. */
export function signManifest(signing: OwnKey, manifest: Manifest): Promise<Signed> {
  return sign('bidding/manifest/v1', manifest, Manifest, signing)
}

/** The manifest, signed by that raw Ed25519 key. SignatureError, CanonicalError. */
export function verifyManifest(signed: Signed, publicRaw: Bytes): Promise<Manifest> {
  return verify('bidding/manifest/v1', signed, publicRaw, Manifest)
}

/** The content key of one envelope, by one of the bidder's own opening keys. OpeningError if it is none of them. */
export async function unwrapCek(manifest: Manifest, envelope: string, opening: OpeningKey): Promise<Bytes> {
  const id = await keyId(opening.publicRaw)
  const wrapped = envelopeOf(manifest, envelope).wraps.find((wrap) => wrap.key === id)?.wrapped
  const info = wrapInfo(targetOf(manifest, envelope))
  const cek = wrapped === undefined ? null : await unwrap(unb64(wrapped), opening, info)
  if (cek === null) throw new OpeningError('manifest', 'not addressed to this key', envelope)
  return cek
}
