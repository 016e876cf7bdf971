// @vitest-environment node
/** Every suite on one device, and what is left with trustees (docs/sealed-bids.md, 2, 5 and 12). */
import { describe, expect, test } from 'vitest'

import { b64, equal, hex, random, utf8, type Bytes } from './bytes'
import { parseCanonical, canonical } from './canonical'
import { INTL_1, SUITES, type SuiteName } from './choices'
import { openBytes, sealBytes } from './envelope'
import { KeyError, UnsupportedSuiteError } from './errors'
import { CONSENT, consentTo, deposit, depositedRightly, heldShares, shownTruly, together, TRUSTEES, type Trustee } from './escrow'
import { Manifest, targetOf } from './manifest'
import { partHashes, treeRoot } from './parts'
import { keyMatches, newPrivateOf, openingKey, openingPublic, unwrap, wrap, wrapFits, type OpeningKey } from './suite'

const NAMES = Object.keys(SUITES) as SuiteName[]
const INFO = utf8('info of a wrap')

function target(suite: string) {
  return targetOf({ lot: 'lot-7', bidder: 'party-3', document_hash: 'a'.repeat(64), document_version: 2, bid_version: 1, suite }, 'technical')
}

async function newKey(suite: string): Promise<OpeningKey> {
  return openingKey(await newPrivateOf(suite), suite)
}

describe.each(NAMES)('%s', (suite) => {
  test('a wrap has the suite’s size and opens for its key and info alone', async () => {
    const own = await newKey(suite)
    expect(own.publicRaw).toHaveLength(SUITES[suite].publicSize)
    const [secret, other] = [random(32), await newKey(suite)]
    const wrapped = await wrap(secret, own.publicRaw, INFO, suite)
    expect(wrapFits(suite, wrapped)).toBe(true)
    expect(await unwrap(wrapped, own, INFO)).toEqual(secret)
    expect(await unwrap(wrapped, other, INFO)).toBeNull()
    expect(await unwrap(wrapped, own, utf8('other'))).toBeNull()
  })

  test('what is no public key is refused', async () => {
    await expect(wrap(random(32), random(SUITES[suite].publicSize - 1), INFO, suite)).rejects.toThrow(KeyError)
    await expect(wrap(random(32), new Uint8Array(SUITES[suite].publicSize).fill(255), INFO, suite === INTL_1 ? 'gm-1' : suite)).rejects.toThrow(KeyError)
  })

  test('a private key has one public half', async () => {
    const privateRaw = await newPrivateOf(suite)
    const announced = b64(await openingPublic(privateRaw, suite))
    expect(await keyMatches(privateRaw, announced, suite)).toBe(true)
    expect(await keyMatches(await newPrivateOf(suite), announced, suite)).toBe(false)
    await expect(openingPublic(random(31), suite)).rejects.toThrow(KeyError)
  })

  test.each([0, 16_376, 40_000])('a body of %i bytes opens again', async (length) => {
    const [cek, content] = [random(32), new Uint8Array(length).fill(7)]
    const sealed = await sealBytes(content, target(suite), cek)
    const root = await treeRoot(await partHashes(sealed))
    expect(equal(await openBytes(sealed, target(suite), cek, root, sealed.slice(8, 64)), content)).toBe(true)
    const elsewhere = openBytes(sealed, target('another'), cek, root, sealed.slice(8, 64))
    await expect(elsewhere).rejects.toMatchObject({ layer: 'commitment' })
  })

  test('any two trustees have the key, one has nothing (R-BID-07)', async () => {
    const keys = new Map<Trustee, OpeningKey>()
    for (const trustee of TRUSTEES) keys.set(trustee, await newKey(suite))
    const publics = new Map([...keys].map(([trustee, { publicRaw }]) => [trustee, publicRaw]))
    const cek = random(32)
    const left = await deposit(cek, target(suite), publics)
    expect(await depositedRightly(left, suite, publics)).toBe(true)
    const held = async (...who: Trustee[]): Promise<Map<number, Bytes>> => {
      const found = new Map<number, Bytes>()
      for (const [trustee, own] of keys) if (who.includes(trustee)) for (const [index, share] of await heldShares(left, target(suite), trustee, own)) found.set(index, share)
      return found
    }
    for (const without of TRUSTEES) {
      expect(hex(together(await held(...TRUSTEES.filter((one) => one !== without))))).toBe(hex(cek))
      expect(() => together(new Map())).toThrow(KeyError)
    }
    const alone = await held('notary')
    expect(() => together(alone)).toThrow(KeyError)
    expect(await shownTruly(left, target(suite), 0, alone.get(0) ?? random(32))).toBe(true)
    expect(await shownTruly(left, target(suite), 0, random(32))).toBe(false)
    publics.set('notary', (await newKey(suite)).publicRaw)
    expect(await depositedRightly(left, suite, publics)).toBe(false)
    await expect(heldShares(left, target('another'), 'notary', keys.get('notary') ?? (await newKey(suite)))).rejects.toMatchObject({ layer: 'escrow' })
  })
})

test('an unknown suite is an error, never a fallback', async () => {
  await expect(wrap(random(32), random(32), INFO, 'intl-2')).rejects.toThrow(UnsupportedSuiteError)
  await expect(openingKey(random(32), 'intl-2')).rejects.toThrow(UnsupportedSuiteError)
})

test('a key of one suite opens nothing of another', async () => {
  const [own, other] = [await newKey('intl-pq'), await newKey('gm-1')]
  expect(await unwrap(await wrap(random(32), own.publicRaw, INFO, 'intl-pq'), other, INFO)).toBeNull()
  await expect(wrap(random(32), own.publicRaw, INFO)).rejects.toThrow(KeyError)
})

describe('what a manifest says of keys fits its policy (R-BID-06)', () => {
  const envelope = { header: b64(random(56)), name: 'form', part_count: 1, root: 'a'.repeat(64), sealed_length: 4176 }
  const wraps = [{ key: 'b'.repeat(64), wrapped: b64(random(80)) }]
  const recipients = [{ key: 'b'.repeat(64), public: b64(random(32)) }]
  const named = { lot: 'l', bidder: 'b', bid_version: 1, document_hash: 'a'.repeat(64), document_version: 1, draw_nonce_hash: 'a'.repeat(64), supersedes: null, suite: 'intl-1', v: 1 }

  async function consent() {
    return consentTo(new Map(TRUSTEES.map((trustee) => [trustee, random(32)])))
  }

  test.each(['P1', 'P2'])('%s: the bidder’s own and no consent', async (policy) => {
    const good = { ...named, policy, recipients, envelopes: [{ ...envelope, wraps }] }
    expect(parseCanonical(canonical(good), Manifest)).toEqual(good)
    const bad = [{ ...good, recipients: [] }, { ...good, envelopes: [{ ...envelope, wraps: [] }] }, { ...good, consent: await consent() }]
    for (const one of bad) expect(() => parseCanonical(canonical(one), Manifest)).toThrow()
  })

  test('P3: a consent to three trustees and no key', async () => {
    const good = { ...named, policy: 'P3', recipients: [], envelopes: [{ ...envelope, wraps: [] }], consent: await consent() }
    expect(parseCanonical(canonical(good), Manifest)).toEqual(good)
    expect(good.consent.statement).toBe(CONSENT)
    for (const one of [{ ...good, consent: undefined }, { ...good, recipients }, { ...good, envelopes: [{ ...envelope, wraps }] }]) {
      expect(() => parseCanonical(canonical(one), Manifest)).toThrow()
    }
    await expect(consentTo(new Map([['agency', random(32)]]))).rejects.toThrow(KeyError)
  })
})
