/** What the platform checks before it accepts a bid, so that the device can check it first: all without any key. */

import { equal, unb64, unhex, b64, type Bytes } from './bytes'
import { canonicalText } from './canonical'
import { headerOf, MAGIC, paddedLength, PREFIX_SIZE } from './body'
import { consentTo, depositedRightly, type Trustee } from './escrow'
import { POLICY_P3 } from './choices'
import { type Manifest, type SealedEnvelope } from './manifest'
import { possibleSize } from './padding'
import { partCount, treeRoot } from './parts'
import { keyId, wrapFits } from './suite'

export type RefusalCode =
  | 'MALFORMED'
  | 'WRONG_LOT'
  | 'WRONG_BIDDER'
  | 'WRONG_DOCUMENT_VERSION'
  | 'WRONG_VERSION'
  | 'WRONG_SUITE'
  | 'WRONG_POLICY'
  | 'WRONG_ENVELOPES'
  | 'WRONG_KEY'
  | 'PLAINTEXT'
  | 'TRUNCATED'
  | 'HEADER_MISMATCH'
  | 'ROOT_MISMATCH'
  | 'INCOMPLETE'

/** The first check that failed, and in which envelope if it is one's. */
export interface Refused {
  readonly code: RefusalCode
  readonly envelope: string | null
}

/** What the lot asks of a manifest at this moment. `recipients`: raw keys of the suite enrolled for this bidder, as hex;
 *  `trustees`: those of the trustees where the policy names any; `spare`: whether the tender document allows spare files. */
export interface Expected {
  readonly lot: string
  readonly bidder: string
  readonly document_hash: string
  readonly document_version: number
  readonly recipients: readonly string[]
  readonly bid_version: number
  readonly supersedes: string | null
  readonly suites: readonly string[]
  readonly policy: string
  readonly trustees?: Readonly<Partial<Record<Trustee, string>>>
  readonly envelopes: readonly string[]
  readonly spare?: boolean
}

/** What has arrived for one envelope: length in bytes, its first 64 bytes, the hash of each part. */
export interface Uploaded {
  readonly length: number
  readonly firstBytes: Bytes
  readonly partHashes: readonly Bytes[]
}

/**
 * The first reason to refuse this manifest, or null.
 *
 * With `uploads` also against what has arrived. Order: address, policy and suite, envelopes, keys, then bodies.
 */
export async function checkManifest(
  manifest: Manifest,
  expected: Expected,
  uploads: ReadonlyMap<string, Uploaded> | null = null,
): Promise<Refused | null> {
  const address = checkAddress(manifest, expected)
  if (address !== null) return refused(address)
  if (!sameNames(manifest.envelopes.map(({ name }) => name), expected.envelopes)) return refused('WRONG_ENVELOPES')
  const key = (await checkRecipients(manifest, expected)) ?? (await checkEscrow(manifest, expected))
  if (key !== null) return key
  for (const envelope of manifest.envelopes) {
    const code = checkLengths(envelope)
    if (code !== null) return refused(code, envelope.name)
  }
  for (const envelope of uploads === null ? [] : manifest.envelopes) {
    const code = await checkUpload(envelope, uploads?.get(envelope.name))
    if (code !== null) return refused(code, envelope.name)
  }
  return null
}

function refused(code: RefusalCode, envelope: string | null = null): Refused {
  return { code, envelope }
}

function checkAddress(manifest: Manifest, expected: Expected): RefusalCode | null {
  const same = (...fields: readonly (keyof Manifest & keyof Expected)[]): boolean =>
    fields.every((field) => manifest[field] === expected[field])
  if (!same('lot')) return 'WRONG_LOT'
  if (!same('bidder')) return 'WRONG_BIDDER'
  if (!same('document_hash', 'document_version')) return 'WRONG_DOCUMENT_VERSION'
  if (!same('bid_version', 'supersedes')) return 'WRONG_VERSION'
  if (!expected.suites.includes(manifest.suite)) return 'WRONG_SUITE'
  const spared = manifest.spare === undefined || expected.spare === true
  return same('policy') && spared ? null : 'WRONG_POLICY'
}

/** Every recipient is enrolled, named by its true key id, and has one wrap of its suite in every envelope. */
async function checkRecipients(manifest: Manifest, expected: Expected): Promise<Refused | null> {
  const enrolled = expected.recipients.map(unhex)
  for (const recipient of manifest.recipients) {
    const publicRaw = unb64(recipient.public)
    const known = enrolled.some((key) => equal(key, publicRaw))
    if (!known || recipient.key !== (await keyId(publicRaw))) return refused('WRONG_KEY')
  }
  const named = manifest.recipients.map(({ key }) => key)
  if (new Set(named).size !== named.length) return refused('WRONG_KEY')
  const fits = ({ wraps }: SealedEnvelope): boolean =>
    sameNames(wraps.map(({ key }) => key), named) && wraps.every(({ wrapped }) => wrapFits(manifest.suite, unb64(wrapped)))
  const odd = manifest.envelopes.find((envelope) => !fits(envelope))
  return odd === undefined ? null : refused('WRONG_KEY', odd.name)
}

/** Every envelope left its shares with just this lot's trustees, or, where there are none, with nobody; who has no key of
 *  its own consents to just these. */
async function checkEscrow(manifest: Manifest, expected: Expected): Promise<Refused | null> {
  const trustees = new Map(Object.entries(expected.trustees ?? {}).map(([name, key]) => [name as Trustee, unhex(key)]))
  for (const { name, escrow } of manifest.envelopes) {
    if ((escrow === undefined) === trustees.size > 0) return refused('WRONG_POLICY', name)
    if (escrow !== undefined && !(await depositedRightly(escrow, manifest.suite, trustees))) return refused('WRONG_KEY', name)
  }
  if (manifest.policy !== POLICY_P3) return null
  const wanted = await consentTo(trustees)
  return canonicalText(manifest.consent) === canonicalText(wanted) ? null : refused('WRONG_KEY')
}

/** TRUNCATED if no sealed body of this envelope has that length (chunks, then padding). */
function checkLengths(envelope: SealedEnvelope): RefusalCode | null {
  const padded = paddedLength(envelope.sealed_length)
  if (padded === null || !possibleSize(envelope.name, padded)) return 'TRUNCATED'
  return envelope.part_count === partCount(envelope.sealed_length) ? null : 'MALFORMED'
}

async function checkUpload(envelope: SealedEnvelope, uploaded: Uploaded | undefined): Promise<RefusalCode | null> {
  if (uploaded === undefined) return 'INCOMPLETE'
  const begun = uploaded.firstBytes.slice(0, MAGIC.length)
  if (!equal(begun, MAGIC.slice(0, begun.length))) return 'PLAINTEXT'
  if (uploaded.length !== envelope.sealed_length) return 'TRUNCATED'
  const header = headerOf(uploaded.firstBytes.slice(0, PREFIX_SIZE))
  if (header === null || b64(header) !== envelope.header) return 'HEADER_MISMATCH'
  return equal(await treeRoot(uploaded.partHashes), unhex(envelope.root)) ? null : 'ROOT_MISMATCH'
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join('\0') === [...right].sort().join('\0')
}
