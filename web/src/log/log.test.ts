// @vitest-environment node
/** A notice is sealed for only if the witnessed log proves it: tests/records/noticed.py makes the file (docs/log.md). */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { beforeEach, describe, expect, test, vi } from 'vitest'

import { concat, sha256, utf8 } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { LogError, LogPolicyError } from '@/crypto/errors'

import { DisclosedLeaves, proveLeaves, type Proved } from './leaves'
import { included, Policy } from './note'
import { requireNoticed } from './noticed'
import { closingLeaf, holdsAll, ownLines } from './own'
import { acceptPolicy, provedWith, requireLogged } from './trust'

const File = v.object({
  lot: v.looseObject({ lot_id: v.string(), notice: v.record(v.string(), v.unknown()) }),
  leaves: v.string(),
  policy: Policy,
})
const { lot, leaves, policy } = v.parse(File, JSON.parse(readFileSync(new URL('../../../tests/vectors/log/noticed.json', import.meta.url), 'utf-8')))
const { lot_id: id, notice } = lot
type Leaves = v.InferOutput<typeof DisclosedLeaves>
const disclosed = (): Leaves => v.parse(DisclosedLeaves, JSON.parse(leaves))
const said = (change: (found: Leaves) => Partial<Leaves>): ReturnType<typeof utf8> => canonical({ ...disclosed(), ...change(disclosed()) })

test('the log proves the notice as the platform shows it', async () => {
  const found = await proveLeaves(utf8(leaves), policy)
  expect([found.lot, found.events.length]).toEqual([id, disclosed().leaves.length])
  expect(() => { requireNoticed(id, notice, found) }).not.toThrow()
})

test.each([
  ['title', '另一公告'],
  ['deadline', '2030-01-01T01:00:00Z'],
  ['terms', {}],
  ['documents', []],
  ['documents', [{ version: 1, sha256: '0'.repeat(64), name: 'x', length: 1, reason: '' }]],
  ['price_limit_fen', 1],
  ['clarifications', [{ number: 1 }]],
  ['offline_sha256', '0'.repeat(64)],
])('another %s than the log tells is not sealed for', async (name, value) => {
  const found = await proveLeaves(utf8(leaves), policy)
  expect(() => { requireNoticed(id, { ...notice, [name]: value }, found) }).toThrow(`the log tells another ${name}`)
})

test('no notice of this lot, or of another one', async () => {
  const none = await proveLeaves(said(() => ({ leaves: [] })), policy)
  expect(() => { requireNoticed(id, notice, none) }).toThrow('no notice')
  const found = await proveLeaves(utf8(leaves), policy)
  expect(() => { requireNoticed('lot-2', notice, found) }).toThrow('no notice')
})

const proofs = (change: (proof: string) => string): ReturnType<typeof utf8> =>
  said((found) => ({ leaves: found.leaves.map((one) => ({ ...one, proof: change(one.proof) })) }))
const witness = (proof: string, at: number): string => {
  const lines = proof.split('\n')
  lines.splice(lines.length - 1 - at, 1)
  return lines.join('\n')
}

describe('what proves nothing', () => {
  test.each([
    ['a quorum that was not reached', utf8(leaves), { ...policy, quorum: 3 }, 'cosigned by 2 witnesses, 3 are wanted'],
    ['a cosignature taken away', proofs((one) => witness(one, 1)), policy, 'cosigned by 1 witnesses, 2 are wanted'],
    ['a cosignature twice', proofs((one) => `${witness(one, 1)}${one.split('\n').at(-3) ?? ''}\n`), policy, 'cosigned by 1 witnesses'],
    ['one witness named twice', proofs((one) => witness(one, 1)), { ...policy, witnesses: [policy.witnesses[0] ?? '', policy.witnesses[0] ?? ''] }, 'cosigned by 1 witnesses'],
    ['another log', utf8(leaves), { ...policy, log: policy.log.replace('vectors', 'others') }, 'another log'],
    ['another size', proofs((one) => one.replace(/\n(\d+)\n([A-Za-z0-9+/]{43}=\n\n—)/, '\n1$1\n$2')), policy, 'does not hold'],
    ['another place', proofs((one) => one.replace('index 1\n', 'index 2\n')), policy, 'this is not leaf 2'],
    ['another header', proofs((one) => one.replace('@v1', '@v2')), policy, 'not a tlog-proof'],
    ['an event twice', said(({ leaves: [first, ...rest] }) => ({ leaves: [...(first ? [first, first] : []), ...rest] })), policy, 'two events at one leaf'],
    ['another salt', said(({ leaves: [first, second, ...rest] }) => ({ leaves: first && second ? [{ ...first, salt: second.salt }, second, ...rest] : [] })), policy, 'this is not leaf 1'],
    ['another lot', said(() => ({ lot: 'lot-2' })), policy, 'is of another lot'],
  ] as [string, ReturnType<typeof utf8>, Policy, string][])('%s', async (_, file, trusted, reason) => {
    await expect(proveLeaves(file, trusted)).rejects.toThrow(reason)
    await expect(proveLeaves(file, trusted)).rejects.toBeInstanceOf(LogError)
  })
})

test('a witness whose algorithm this browser does not know is not taken for one that has signed', async () => {
  const known = crypto.subtle.importKey.bind(crypto.subtle) as (...asked: unknown[]) => Promise<CryptoKey>
  const importing = vi.spyOn(crypto.subtle, 'importKey').mockImplementation((...asked: unknown[]) =>
    asked[2] === 'ML-DSA-44' ? Promise.reject(new DOMException('unknown', 'NotSupportedError')) : known(...asked))
  await expect(proveLeaves(utf8(leaves), policy)).rejects.toThrow('cannot check ML-DSA-44, by which notary.example signs')
  importing.mockRestore()
})

describe('before sealing', () => {
  let answers: { policy: Policy; leaves: string[] }
  beforeEach(() => {
    const kept = new Map<string, string>()
    vi.stubGlobal('window', {
      localStorage: { getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => kept.set(key, value) },
    })
    const { setTimeout: later } = globalThis
    vi.stubGlobal('setTimeout', (act: () => void) => later(act, 0)) // waits are over at once
    answers = { policy, leaves: [leaves] }
    vi.stubGlobal('fetch', (path: string) =>
      Promise.resolve(new Response(path === '/log/policy' ? canonicalText(answers.policy) : answers.leaves.length > 1 ? answers.leaves.shift() : answers.leaves[0])))
  })

  test('what is in the log is sealed for', async () => {
    expect((await requireLogged(id, notice)).size).toBeGreaterThan(0)
  })

  test('what was recorded a moment ago is looked for again, and what never comes is refused', async () => {
    const none = canonicalText({ ...disclosed(), leaves: [] })
    answers.leaves = [none, none, leaves]
    expect((await requireLogged(id, notice)).events.length).toBeGreaterThan(0)
    answers.leaves = [none]
    await expect(requireLogged(id, notice)).rejects.toThrow('no notice')
  })

  test('a receipt of a moment ago is looked for again before it counts as dropped', async () => {
    const none = canonicalText({ ...disclosed(), leaves: [] })
    answers.leaves = [none, leaves]
    expect((await provedWith(id, [])).leaves.events).toEqual([])
    answers.leaves = [none, none, leaves]
    expect((await provedWith(id, ['never'])).leaves.events.length).toBeGreaterThan(0)
  })

  test('another document than the rest are shown is refused', async () => {
    await expect(requireLogged(id, { ...notice, documents: [] })).rejects.toBeInstanceOf(LogError)
  })

  test('whom this browser trusted first it goes on trusting, until its reader has compared', async () => {
    await requireLogged(id, notice)
    answers.policy = { ...policy, quorum: 0, witnesses: [] }
    await expect(requireLogged(id, notice)).rejects.toBeInstanceOf(LogPolicyError)
    await acceptPolicy()
    await requireLogged(id, notice)
    answers.policy = policy
    await expect(requireLogged(id, notice)).rejects.toBeInstanceOf(LogPolicyError)
  })
})

describe('receipts', () => {
  const event = (topic: string, index: number, state: Record<string, unknown> = {}, stream = `bid-${id}-me`): Proved =>
    ({ topic, index, state, stream, recordedAt: '2026-03-02T01:00:00.000000Z' })

  test('one’s own are told in the log’s order, nobody else’s', () => {
    const events = [
      event('bid.received.v1', 3, { receipt: 'a', receipt_number: 'A' }),
      event('lot.submission-closed.v1', 9, {}, `lot-${id}`),
      event('lot.key-released.v1', 12, { bidder: 'me', receipt_number: 'B' }, `lot-${id}`),
      event('lot.key-released.v1', 13, { bidder: 'other' }, `lot-${id}`),
    ]
    expect(ownLines(events, 'me').map(({ kind, index, number }) => [kind, index, number])).toEqual([['received', 3, 'A'], ['released', 12, 'B']])
    expect(ownLines(events.slice(1), null)).toEqual([])
    expect([closingLeaf(events), closingLeaf(events.slice(0, 1))]).toEqual([9, null])
  })

  test('a receipt that was kept and is not there was dropped', () => {
    const events = [event('bid.received.v1', 3, { receipt: 'a' })]
    expect([holdsAll(events, []), holdsAll(events, ['a']), holdsAll(events, ['a', 'b'])]).toEqual([true, true, false])
  })
})

test('a leaf has no place before the first: the last one cannot be told as number -1', async () => {
  const [left, right] = await Promise.all([entryHash('a'), entryHash('b')])
  const root = await sha256(concat(Uint8Array.of(1), left, right))
  expect(await included(utf8('b'), 1, { size: 2, root }, [left])).toBe(true)
  expect(await included(utf8('b'), -1, { size: 2, root }, [left])).toBe(false)
})

async function entryHash(text: string): ReturnType<typeof sha256> {
  return sha256(concat(Uint8Array.of(0), utf8(text)))
}
