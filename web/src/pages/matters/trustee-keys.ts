/** A trustee's part in a lot's escrow: its key, made and kept on its own device for this lot, and what it opens with it. */

import type { BodyOf, Got } from '@/api/types'
import { b64, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'
import { KeyError, OpeningError } from '@/crypto/errors'
import { give, heldShares, shareCommitment, type Trustee } from '@/crypto/escrow'
import { envelopeOf, Manifest, targetOf } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'
import { newPrivateOf, openingKey, openingPublic } from '@/crypto/suite'
import { keep, take } from '@/device/store'

export type Papers = Got<'/lots/{lot_id}/escrow'>
type Enrolled = { readonly trustee: string; readonly suite: string; readonly public: string }

/** It must do its work until the evaluation has ended, in a page that hands shares on: so it is kept as bytes. */
const shelf = (lot: string, trustee: Trustee, suite: string): string => `${lot}/trustee/${trustee}/${suite}`

/** What `escrow/enrol-key` says. Asked again, after a reload say, it names the same key of the suite. */
export async function enrolment(lot: string, trustee: Trustee, suite: string): Promise<BodyOf<'escrow/enrol-key'>> {
  const known = await take<Bytes>('offices', shelf(lot, trustee, suite))
  const privateRaw = known ?? (await newPrivateOf(suite))
  if (known === undefined) await keep('offices', shelf(lot, trustee, suite), privateRaw)
  return { suite, public: b64(await openingPublic(privateRaw, suite)) }
}

/** Whether the private half of an enrolled key is on this device. */
export async function holdsTrustee(lot: string, trustee: Trustee, enrolled: Enrolled): Promise<boolean> {
  const kept = await take<Bytes>('offices', shelf(lot, trustee, enrolled.suite))
  return kept !== undefined && b64(await openingPublic(kept, enrolled.suite)) === enrolled.public
}

/** What `escrow/open-trial` says: both shares of the test bid. OpeningError, KeyError. */
export async function trialShares(lot: string, trustee: Trustee, papers: Papers): Promise<BodyOf<'escrow/open-trial'>> {
  const shares = await held(lot, trustee, parseCanonical(utf8(papers.trial), Manifest), FORM)
  return { shares: [...shares].map(([index, share]) => ({ index, share: b64(share) })) }
}

export type Answered =
  | { readonly name: 'escrow/give-shares'; readonly body: BodyOf<'escrow/give-shares'> }
  | { readonly name: 'escrow/report-deposit'; readonly body: BodyOf<'escrow/report-deposit'> }

/**
 * What a trustee says of one bid: both shares of every envelope, each with the commitment that it signs and wrapped for the
 * opening; or which envelope's do not open as the bidder left them. `number`: the report, 0 for the opening itself.
 */
export async function answer(lot: string, trustee: Trustee, papers: Papers, number: number, asked: Papers['reports'][string][number]): Promise<Answered> {
  const manifest = parseCanonical(utf8(asked.manifest), Manifest)
  const about = { number, bidder: asked.bidder }
  const shares: BodyOf<'escrow/give-shares'>['shares'][number][] = []
  try {
    for (const { name: envelope } of manifest.envelopes) {
      const target = targetOf(manifest, envelope)
      for (const [index, share] of await held(lot, trustee, manifest, envelope)) {
        const wrapped = b64(await give(share, target, trustee, index, unb64(papers.platform_key)))
        shares.push({ envelope, index, commitment: await shareCommitment(target, index, share), wrapped })
      }
    }
  } catch (thrown) {
    if (!(thrown instanceof OpeningError)) throw thrown
    return { name: 'escrow/report-deposit', body: { ...about, envelope: thrown.envelope || FORM } }
  }
  return { name: 'escrow/give-shares', body: { ...about, shares } }
}

/** In the order of their indices. */
async function held(lot: string, trustee: Trustee, manifest: Manifest, name: string): Promise<readonly (readonly [number, Bytes])[]> {
  const kept = await take<Bytes>('offices', shelf(lot, trustee, manifest.suite))
  if (kept === undefined) throw new KeyError({ what: 'the trustee’s key is not on this device' })
  const { escrow } = envelopeOf(manifest, name)
  if (escrow === undefined) throw new OpeningError('escrow', 'nothing was left with trustees', name)
  const found = await heldShares(escrow, targetOf(manifest, name), trustee, await openingKey(kept, manifest.suite))
  return [...found].sort(([a], [b]) => a - b)
}
