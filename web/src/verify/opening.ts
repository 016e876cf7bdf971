/** Manifests, receipts, session keys, key releases: who bid what, when it came, and whose keys opened it. */

import { unb64 } from '@/crypto/bytes'
import { POLICY_P1, POLICY_P2, POLICY_P3, SUITES } from '@/crypto/choices'
import { manifestHash, verifyManifest, type Manifest } from '@/crypto/manifest'
import { verifyReceipt } from '@/crypto/receipt'
import { checkRelease, verifyRelease, type KeyRelease } from '@/crypto/release'
import { requirePair, verifySession, type SessionPublic } from '@/crypto/session'
import { keyMatches } from '@/crypto/suite'

import { byParty, signed } from './acts'
import { all, first, type Read } from './events'
import { Closed, FormKey, Issued, OfficeKeys, Released, type Roll } from './shapes'
import { demand, Elsewhere } from './steps'

const POLICIES = new Set<string>([POLICY_P1, POLICY_P2, POLICY_P3])

export type Manifests = ReadonlyMap<string, Manifest>
export type Sessions = ReadonlyMap<SessionPublic['office'], SessionPublic>

export async function checkManifests(read: Read, roll: Roll): Promise<Manifests> {
  const documents = new Map(all(read, 'lot.document-issued.v1', Issued).map((one) => [one.version, one.sha256]))
  const entries = new Map(roll.roll.map((entry) => [entry.bidder, entry]))
  const found = new Map<string, Manifest>()
  for (const one of roll.manifests) {
    const { suite, policy } = JSON.parse(one.manifest) as Partial<Manifest>
    if (!Object.hasOwn(SUITES, String(suite)) || !POLICIES.has(String(policy))) {
      throw new Elsewhere('manifests', `bids of suite ${String(suite)} under policy ${String(policy)}, which this page does not know; a newer bidding verify may`)
    }
    const said = signed(one.manifest, one.signature)
    const manifest = await byParty(read, one.bidder, (raw) => verifyManifest(said, raw))
    demand(manifest !== undefined, 'manifests', `not signed by a device of ${one.bidder}`)
    const fits =
      manifest.lot === read.record.lot &&
      manifest.bidder === one.bidder &&
      (await manifestHash(manifest)) === entries.get(one.bidder)?.manifest_hash &&
      documents.get(manifest.document_version) === manifest.document_hash
    demand(fits, 'manifests', `the manifest of ${one.bidder} is for something else`)
    found.set(one.bidder, manifest)
  }
  const each = found.size === entries.size && [...entries.keys()].every((bidder) => found.has(bidder))
  demand(each, 'manifests', 'not one for every bidder on the roll')
  return found
}

export async function checkReceipts(read: Read, roll: Roll): Promise<void> {
  const closed = first(read, 'lot.submission-closed.v1', Closed)
  const entries = new Map(roll.roll.map((entry) => [entry.bidder, entry]))
  const key = unb64(read.record.platform_key)
  for (const one of read.record.receipts) {
    const receipt = await verifyReceipt(signed(one.receipt, one.signature), key)
    const entry = entries.get(one.bidder)
    demand(entry !== undefined, 'receipts', `${one.bidder} is not on the roll`)
    const fits =
      receipt.bidder === one.bidder &&
      receipt.receipt_number === entry.receipt_number &&
      receipt.manifest_hash === entry.manifest_hash
    demand(fits, 'receipts', `the receipt of ${one.bidder} is for another bid`)
    const intime = closed !== undefined && Date.parse(entry.completed_at) < Date.parse(closed.deadline)
    demand(intime, 'receipts', `${one.bidder} was complete after the deadline (R-TIME-09)`)
  }
  const each = new Set(read.record.receipts.map((one) => one.bidder))
  demand(each.size === entries.size && [...entries.keys()].every((one) => each.has(one)), 'receipts', 'not one for every bid')
  demand(closed?.received === entries.size, 'receipts', 'the count at T0 differs')
}

export async function checkSessions(read: Read): Promise<Sessions> {
  const found = new Map<SessionPublic['office'], SessionPublic>()
  for (const one of all(read, 'lot.office-keys-published.v1', OfficeKeys)) {
    const said = signed(one.announcement, one.announcement_signature)
    const announced = await byParty(read, one.by, (raw) => verifySession(said, raw))
    const fits =
      announced?.office === one.office && announced.forms === one.forms_key && announced.evaluation === one.evaluation_key
    demand(fits, 'session keys', `the announcement of the ${one.office} does not hold`)
    found.set(one.office, announced)
  }
  const [agency, supervisor] = [found.get('agency'), found.get('supervisor')]
  if (agency && supervisor) requirePair(agency, supervisor)
  for (const one of all(read, 'lot.form-keys-published.v1', FormKey)) {
    const announced = found.get(one.office)
    const same = announced !== undefined && (await keyMatches(unb64(one.private_key), announced.forms, announced.suite))
    demand(same, 'session keys', `the ${one.office} published another key than it announced`)
  }
  return found
}

/** The release that counts, of each bidder: the last one. */
export async function checkReleases(read: Read, manifests: Manifests, session: string): Promise<ReadonlyMap<string, KeyRelease>> {
  const found = new Map<string, KeyRelease>()
  for (const one of all(read, 'lot.key-released.v1', Released)) {
    const said = signed(one.release, one.release_signature)
    const release = await byParty(read, one.bidder, (raw) => verifyRelease(said, raw))
    const manifest = manifests.get(one.bidder)
    demand(release !== undefined && manifest !== undefined, 'key releases', `not signed by a device of ${one.bidder}`)
    await checkRelease(release, manifest, session)
    found.set(one.bidder, release)
  }
  return found
}
