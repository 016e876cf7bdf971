// @vitest-environment node
import 'fake-indexeddb/auto'

import { describe, expect, test } from 'vitest'

import { b64, concat, hex, random, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { SUITES } from '@/crypto/choices'
import { sealBytes } from '@/crypto/envelope'
import { deposit, together, type Trustee } from '@/crypto/escrow'
import { drawNonceHash, formBytes, newDrawNonce } from '@/crypto/form'
import { targetOf, type Manifest } from '@/crypto/manifest'
import { partHashes, treeRoot } from '@/crypto/parts'
import { newPrivateOf, openingKey, unwrap } from '@/crypto/suite'

import { answer, enrolment, holdsTrustee, trialShares, type Papers } from './trustee-keys'
import { TRUSTEES } from './trustees'

/** A test bid as the platform seals one to the keys that these devices enrolled. */
async function sealedTo(suite: string, lot: string, trustees: ReadonlyMap<Trustee, Bytes>): Promise<{ manifest: Manifest; cek: Bytes }> {
  const nonce = newDrawNonce()
  const form = { price_fen: 1, duration_days: 1, quality: '试验投标', project_lead: '试验投标', draw_nonce: nonce, extras: {}, note: '' }
  const named = { lot, bidder: 'trial', document_hash: 'a'.repeat(64), document_version: 1, bid_version: 1, suite }
  const [target, cek] = [targetOf(named, 'form'), random(32)]
  const sealed = await sealBytes(formBytes(form), target, cek)
  const envelope = { name: 'form', sealed_length: sealed.length, part_count: 1, root: hex(await treeRoot(await partHashes(sealed))), header: b64(sealed.slice(8, 64)) }
  const alone = { statement: '', trustees: ['0', '1', '2'].map((one) => one.repeat(64)) as [string, string, string] }
  const manifest: Manifest = {
    ...named,
    recipients: [],
    envelopes: [{ ...envelope, wraps: [], escrow: await deposit(cek, target, trustees) }],
    draw_nonce_hash: await drawNonceHash(lot, 'trial', nonce),
    supersedes: null,
    policy: 'P3',
    consent: alone,
    v: 1,
  }
  return { manifest, cek }
}

function papersOf(trustee: Trustee, manifest: Manifest, platform_key: string): Papers {
  const text = canonicalText(manifest)
  return { trustee, platform_key, trial: text, reports: { 1: [{ bidder: 'b', manifest: text }] } }
}

describe.each(Object.keys(SUITES))('%s', (suite) => {
  test('a device enrols one key however often it is asked, and knows it again', async () => {
    const first = await enrolment('lot-1', 'notary', suite)
    expect(await enrolment('lot-1', 'notary', suite)).toEqual(first)
    expect(await holdsTrustee('lot-1', 'notary', { trustee: 'notary', ...first })).toBe(true)
    expect(await holdsTrustee('lot-2', 'notary', { trustee: 'notary', ...first })).toBe(false)
    expect(await enrolment('lot-2', 'notary', suite)).not.toEqual(first)
  })

  test('each pair opens the test bid, and what is given opens for the platform alone (R-BID-07)', async () => {
    const lot = 'lot-3'
    const enrolled = await Promise.all(TRUSTEES.map(async (trustee) => [trustee, unb64((await enrolment(lot, trustee, suite)).public)] as const))
    const { manifest, cek } = await sealedTo(suite, lot, new Map(enrolled))
    const shown = await Promise.all(TRUSTEES.map(async (trustee) => (await trialShares(lot, trustee, papersOf(trustee, manifest, ''))).shares))
    for (const [one, other] of [[0, 1], [0, 2], [1, 2]] as const) {
      const shares = new Map([...(shown[one] ?? []), ...(shown[other] ?? [])].map(({ index, share }) => [index, unb64(share)]))
      expect(hex(together(shares))).toBe(hex(cek))
    }
    const platform = await openingKey(await newPrivateOf(suite), suite)
    const said = await answer(lot, 'notary', papersOf('notary', manifest, b64(platform.publicRaw)), 1, { bidder: 'b', manifest: canonicalText(manifest) })
    if (said.name !== 'escrow/give-shares') throw new Error(said.name)
    for (const { envelope, index, wrapped, commitment } of said.body.shares) {
      const info = concat(utf8('bidding/escrow/v1/given\0'), canonical({ index, target: targetOf(manifest, envelope), trustee: 'notary' }))
      expect(b64((await unwrap(unb64(wrapped), platform, info)) ?? random(1))).toBe(shown[2]?.find((one) => one.index === index)?.share)
      expect(commitment).toBe(manifest.envelopes[0]?.escrow?.commitments[index])
    }
  })

  test('what was left for another key is reported, not given', async () => {
    const lot = 'lot-4'
    await enrolment(lot, 'notary', suite)
    const strangers = await Promise.all(TRUSTEES.map(async (trustee) => [trustee, (await openingKey(await newPrivateOf(suite), suite)).publicRaw] as const))
    const { manifest } = await sealedTo(suite, lot, new Map(strangers))
    const said = await answer(lot, 'notary', papersOf('notary', manifest, ''), 2, { bidder: 'b', manifest: canonicalText(manifest) })
    expect(said).toEqual({ name: 'escrow/report-deposit', body: { number: 2, bidder: 'b', envelope: 'form' } })
  })
})
