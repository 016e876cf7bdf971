// @vitest-environment node
/** The browser's verifier against the played record and the table of alterations that `bidding verify` is held to. */

import 'reflect-metadata'

import { readFileSync } from 'node:fs'

import { cryptoProvider } from '@peculiar/x509'
import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'

import { b64, digest, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'

import { altered, Cases, filesOf, keyBeside, resealed, type Files } from './altering.testing'
import { checkExperts } from './experts'
import type { LotRecord } from './format'
import { STEPS } from './steps'
import { checkSigned, readRoots, readToken } from './token'
import { verifyFile, type Brought, type Result } from './verify'

const FOLDER = new URL('../../../tests/vectors/records/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf-8')
const { cases, holds } = v.parse(Cases, JSON.parse(read('alterations.json')))
let files: Files
beforeAll(async () => {
  files = await filesOf((name) => read(`${name}.json`))
})

async function verified(data: Bytes, trusted: Bytes | null = files.key.publicRaw, brought: Brought = {}): Promise<Result> {
  return verifyFile(data, trusted, { check: () => undefined, progress: () => undefined }, brought)
}

const faulty = (result: Result): string[] => result.checks.filter((one) => one.fault !== '').map((one) => `${one.step}: ${one.fault}`)

test.each(['record', 'bundle'] as const)('the played %s holds in every step', async (kind) => {
  const told: string[] = []
  const forms: number[] = []
  const result = await verifyFile(utf8(files[kind]), files.key.publicRaw, {
    check: (one) => told.push(one.step),
    progress: (done, total) => forms.push(done, total),
  })
  expect(faulty(result)).toEqual([])
  expect(result.kind).toBe(kind)
  expect(result.checks.map((one) => one.step)).toEqual(told)
  const elsewhere = new Set(['标底', 'signature', 'log', 'disclosed log', 'on time', 'completeness', 'experts', 'time-stamps', 'checkpoints', 'escrow', 'files'])
  if (kind === 'bundle') expect(new Set(told)).toEqual(new Set(Object.keys(STEPS).filter((step) => !elsewhere.has(step))))
  expect(forms).toEqual([1, 3, 2, 3, 3, 3])
})

test('a bundle proved in a log holds, and each event that it adds has its place there', async () => {
  const result = await verified(utf8(files.text('proved')))
  expect(faulty(result)).toEqual([])
  expect(result.checks.find((one) => one.step === 'disclosed log')?.said).toBe('6 of 6 further events proved under the same checkpoint, in their places')
  expect(result.checks.find((one) => one.step === 'history')?.said).toMatch(/^\d+ events of the lot in the order of its phases, now contracted$/)
})

test('without a key the file speaks for itself, and its key is told', async () => {
  const result = await verified(utf8(files.record), null)
  expect(faulty(result)).toEqual([])
  expect(result.checks.find((one) => one.step === 'seal')?.said).toContain('compare it')
  expect(result.key).toMatch(/^[0-9a-f]{64}$/)
})

test('another key than the trusted one is found at the seal', async () => {
  expect(faulty(await verified(utf8(files.record), new Uint8Array(32)))[0]).toMatch(/^seal: /)
})

test.each(cases)('$name: fails in its step', async (one) => {
  const result = await verified(await altered(files, one), (await keyBeside(files, one.of)).publicRaw, { roots: readRoots(read('time-root.pem')) })
  expect(result.checks.slice(0, -1).every((check) => check.fault === '')).toBe(true)
  const last = result.checks.at(-1)
  expect(last?.fault).not.toBe('')
  expect([last?.step, last?.fault]).toEqual([one.step, last?.fault])
})

test.each(holds)('$name: holds and is told', async (one) => {
  const result = await verified(await altered(files, one), (await keyBeside(files, one.of)).publicRaw)
  expect(faulty(result)).toEqual([])
  expect(result.checks.filter(({ step }) => step === one.step).map(({ said }) => said)).toContain(one.said)
})

test('a sample of bytes: none of the record can be another', async () => {
  const whole = utf8(files.record)
  for (let place = 0; place < whole.length; place += 2503) {
    const data = whole.slice()
    data[place] = (data[place] ?? 0) ^ (1 << place % 8)
    expect(faulty(await verified(data)), `byte ${String(place)}`).toHaveLength(1)
  }
})

test('a receipt holds by the platform key, and by no other', async () => {
  const { receipts } = v.parse(v.object({ receipts: v.array(v.object({ receipt: v.string(), signature: v.string() })) }), JSON.parse(files.record))
  const [first] = receipts
  const paper = canonical({ receipt: first?.receipt, signature: first?.signature })
  const result = await verified(paper)
  expect(faulty(result)).toEqual([])
  expect(result.checks[0]?.said).toContain('receipt')
  expect(faulty(await verified(paper, unb64(b64(new Uint8Array(32)))))).toHaveLength(1)
  expect(faulty(await verified(paper, null))[0]).toContain('give it')
  const release = v.parse(v.object({ receipt: v.string(), receipt_signature: v.string() }), released())
  const handed = canonical({ receipt: release.receipt, signature: release.receipt_signature })
  expect((await verified(handed)).checks[0]?.said).toContain('release')
})

function released(): unknown {
  const { events } = v.parse(v.object({ events: v.array(v.object({ topic: v.string(), state: v.string() })) }), JSON.parse(files.record))
  return JSON.parse(events.find((one) => one.topic === 'lot.key-released.v1')?.state ?? '')
}

test.each(['', '{}', 'null', '[', '{"format":"bidding/lot-record/v1"}'])('%j is none of the files', async (text) => {
  expect(faulty(await verified(utf8(text)))).toHaveLength(1)
})

// The verifiable log: tests/records/logged.py makes the file.

const logged = (): Record<string, unknown> & { log: { leaves: Record<string, unknown>[]; checkpoint: string; vkey: string } } =>
  JSON.parse(read('logged.json')) as ReturnType<typeof logged>

test('every event of a logged record is proved', async () => {
  const result = await verified(utf8(read('logged.json')))
  expect(faulty(result)).toEqual([])
  expect(result.checks.find((one) => one.step === 'log')?.said).toMatch(/^(\d+) of \1 events proved under a checkpoint of \d+ by the key in the file/)
})

test('the seal covers the proofs', async () => {
  const { log, ...rest } = logged()
  expect(log.leaves.length).toBeGreaterThan(10)
  expect(faulty(await verified(canonical(rest)))[0]).toMatch(/^seal: /)
})

test.each([
  ['salt', 'this is not leaf'],
  ['index', 'this is not leaf'],
  ['path', 'this is not leaf'],
  ['id', 'this is not leaf'],
  ['internals', 'this is not leaf'],
  ['recorded_at', 'this is not leaf'],
])('the %s of another leaf is exposed', async (name, reason) => {
  const record = logged()
  const [first, second] = record.log.leaves
  if (first !== undefined && second !== undefined) second[name] = first[name]
  expect(faulty(await verified(await resealed(files, record)))).toEqual([expect.stringMatching(`^log: .*${reason}`)])
})

test.each([
  ['checkpoint', (log: { checkpoint: string }) => { log.checkpoint = log.checkpoint.replace('\n', '\n1') }],
  ['key', (log: { vkey: string }) => { log.vkey = log.vkey.replace('log.example', 'log.other') }],
] as const)('another %s is exposed', async (_, change) => {
  const record = logged()
  change(record.log)
  expect(faulty(await verified(await resealed(files, record)))).toEqual([expect.stringMatching('^log: ')])
})

test('each bid of the roll is a leaf before the closing leaf', async () => {
  const result = await verified(utf8(read('logged.json')))
  expect(result.checks.at(-1)?.step).toBe('on time')
  expect(result.checks.at(-1)?.said).toMatch(/^each of 3 bids is a leaf before the closing leaf \d+$/)
})

interface Proved {
  bids: Record<string, unknown>[]
  leaves: Record<string, unknown>[]
}

test.each([
  ['a bid without a leaf', (log: Proved) => { log.bids.pop() }, 'not one leaf'],
  ["another bidder's leaf", (log: Proved) => { log.bids[0] = { ...log.bids[1], bidder: log.bids[0]?.bidder } }, 'this is not leaf'],
  ['another place', (log: Proved) => { if (log.bids[0]) log.bids[0].index = 3 }, 'this is not leaf'],
  ['a close that is not proved', (log: Proved) => { log.leaves.length = 2 }, 'no closing leaf'],
] as const)('%s is exposed', async (_, change, reason) => {
  const record = logged()
  change(record.log as unknown as Proved)
  expect(faulty(await verified(await resealed(files, record)))).toEqual([expect.stringMatching(`^on time: .*${reason}`)])
})

// Completeness: tests/records/logged.py makes the file, with two events of which only the hashes are shown.

interface Complete {
  events: unknown[]
  log: { leaves: unknown[]; withheld: Record<string, unknown>[] }
}
const stated = (): Complete => JSON.parse(read('stated.json')) as Complete

test('all of the events that a statement counts are there', async () => {
  const result = await verified(utf8(read('stated.json')))
  expect(faulty(result)).toEqual([])
  expect(result.checks.at(-1)?.said).toMatch(/^the lot's first \d+ events are all here, 2 of them as salted hashes/)
})

test.each([
  ['a withheld event left out', (file: Complete) => { file.log.withheld.pop() }, 'are here'],
  ['another put in', (file: Complete) => { if (file.log.withheld[1]) file.log.withheld[1].commitment = '0'.repeat(64) }, 'this is not leaf'],
  ['one leaf for two', (file: Complete) => { file.log.withheld[1] = { ...file.log.withheld[0] } }, 'two events at leaf'],
  ['the statement left out', (file: Complete) => { file.events.pop(); file.log.leaves.pop() }, 'that no statement counts'],
] as const)('%s is exposed by the statement', async (_, change, reason) => {
  const record = stated()
  change(record)
  expect(faulty(await verified(await resealed(files, record)))).toEqual([expect.stringMatching(`^completeness: .*${reason}`)])
})

const Licensed = v.array(
  v.object({ name: v.string(), step: v.string(), event: v.number(), state: v.string(), certificate: v.unknown() }),
)
const RecordLike = v.looseObject({ events: v.array(v.looseObject({ state: v.string() })), certificates: v.array(v.unknown()) })

test.each(v.parse(Licensed, JSON.parse(read('licensed.json'))))('a licensed authority’s certificate: $name', async (one) => {
  const record = v.parse(RecordLike, JSON.parse(files.record))
  const events = record.events.map((event, place) => (place === one.event ? { ...event, state: one.state } : event))
  const changed = { ...record, events, certificates: [...record.certificates, one.certificate] }
  const result = await verified(await resealed(files, changed))
  expect(result.checks.filter((check) => check.fault !== '').map((check) => check.step)).toEqual(one.step === '' ? [] : [one.step])
})

// Other suites and policies: this page says that it cannot, and where to go.

test('a bid of another suite is neither held for good nor for bad, and what does not rest on it is still done', async () => {
  const record = logged() as unknown as { log?: unknown; events: { topic: string; state: string }[] }
  const roll = record.events.find((one) => one.topic === 'lot.roll-published.v1')
  if (roll !== undefined) roll.state = roll.state.replaceAll(String.raw`\"suite\":\"intl-1\"`, String.raw`\"suite\":\"intl-9\"`)
  delete record.log
  const { checks } = await verified(await resealed(files, record))
  expect(checks.filter((one) => one.fault !== '')).toEqual([])
  expect(checks.at(-1)?.step).toBe('manifests')
  expect(checks.at(-1)?.elsewhere).toMatch(/intl-9 under policy P1.*bidding verify/)
})

// Time-stamps: an authority of OpenSSL gave the token (tests/time_authority.py).

const Token = v.object({ state: v.string(), token: v.string(), instant: v.string() })
const stamp = v.parse(Token, JSON.parse(readFileSync(new URL('../timestamps/token.json', FOLDER), 'utf-8')))

async function stamped(said: Partial<Record<'subject' | 'imprint' | 'token' | 'instant', string>>): Promise<Result> {
  const record = JSON.parse(files.record) as { events: { position: number; recorded_at: string; topic: string; state: string }[] }
  const last = record.events.at(-1)
  const imprint = await digest(utf8(stamp.state))
  const state = { at: '2026-07-13T01:30:01Z', authority: '国家授时', imprint, instant: stamp.instant, subject: 'lot.submission-closed.v1', token: stamp.token, ...said }
  record.events.push({ position: (last?.position ?? 0) + 1, recorded_at: last?.recorded_at ?? '', topic: 'lot.timestamped.v1', state: canonicalText(state) })
  return verified(await resealed(files, record))
}

test('a token over an event of the record holds, and says whose word it is', async () => {
  const result = await stamped({})
  expect(faulty(result)).toEqual([])
  expect(result.checks.find((one) => one.step === 'time-stamps')?.said).toMatch(/^lot\.submission-closed\.v1 existed at 2026-.*国家授时/)
  expect(readToken(unb64(stamp.token)).instant).toBe(Date.parse(stamp.instant))
})

test.each([
  ['over another event', { imprint: '0'.repeat(64) }, 'over an event that is not in the record'],
  ['of another instant', { instant: '2026-11-26T00:00:00Z' }, 'something else than the record'],
  ['of another event', { subject: 'lot.roll-published.v1' }, 'over an event that is not in the record'],
  ['that is none', { token: 'MAA' }, 'not a time-stamp token'],
  ['that is cut', { token: stamp.token.slice(0, 400) }, 'not DER'],
])('a token %s is exposed', async (_, said, reason) => {
  expect(faulty(await stamped(said))).toEqual([expect.stringMatching(`^time-stamps: .*${reason}`)])
})

// The authority's signature: tests/records/stamped.py and tests/crypto/make_tokens.py make the files.

test('two tokens of an authority hold under its root, and the stamped checkpoint is of this log', async () => {
  const stampedFile = utf8(read('stamped.json'))
  const given = await verified(stampedFile, null, { roots: readRoots(read('time-root.pem')) })
  expect(faulty(given)).toEqual([])
  const told = given.checks.filter((one) => one.step === 'time-stamps').map((one) => one.said)
  expect(told).toHaveLength(2)
  expect(told.every((said) => said.endsWith('under a root that you gave'))).toBe(true)
  expect(given.checks.at(-1)).toMatchObject({ step: 'checkpoints', said: expect.stringMatching(/^lot\.submission-closed\.v1 and 3 bids stood in the log at /) })
  const without = await verified(stampedFile, null)
  expect(without.checks.find((one) => one.step === 'time-stamps')?.said).toContain('under no root that you gave')
})

const Tokens = v.object({ cases: v.array(v.object({ name: v.string(), holds: v.boolean(), roots: v.string(), token: v.string() })) })
const { cases: tokens } = v.parse(Tokens, JSON.parse(readFileSync(new URL('../timestamps/tokens.json', FOLDER), 'utf-8')))

test.each(tokens)('a token of $name', async ({ holds, roots, token }) => {
  cryptoProvider.set(crypto)
  const checked = checkSigned(readToken(unb64(token)), readRoots(roots), 'an authority')
  if (holds) await checked
  else await expect(checked).rejects.toThrow(/^time-stamps: /)
})

// The experts' draw: tests/records/experts.py makes the file by the platform's own functions.

type Events = [topic: string, state: Record<string, unknown>][]
const expertEvents = (): { lot: string; events: Events } => JSON.parse(readFileSync(new URL('../draws/experts.json', FOLDER), 'utf-8')) as ReturnType<typeof expertEvents>

async function experts(change: (events: Events) => void = () => undefined): Promise<string | null> {
  const { lot, events } = expertEvents()
  change(events)
  const record = { lot } as LotRecord
  return checkExperts({ record, events: events.map(([topic, state]) => ({ topic, state, at: '' })), keys: new Map() })
}

const of = (events: Events, topic: string): Record<string, unknown> => events.find(([one]) => one === topic)?.[1] ?? {}
const swapped = (all: unknown): unknown[] => { const [first, second, ...rest] = all as unknown[]; return [second, first, ...rest] }

test('the experts that sit follow from what was revealed', async () => {
  expect(await experts()).toMatch(/^the 4 tickets that sit follow.*; the 1 tickets that sit follow/)
  expect(await experts((events) => events.splice(5))).toMatch(/^a pool of 9 tickets/)
  expect(await experts((events) => events.splice(1))).toBeNull()
})

test.each([
  ['a seat given to another', (events: Events) => { const one = of(events, 'lot.experts-drawn.v1'); one.drawn = swapped(one.drawn) }, 'does not follow'],
  ['another order', (events: Events) => { const one = of(events, 'lot.experts-drawn.v1'); one.order = swapped(one.order) }, 'does not follow'],
  ['a pool out of order', (events: Events) => { const one = of(events, 'lot.expert-draw-opened.v1'); one.pool = swapped(one.pool) }, 'twice or out of order'],
  ['another pool', (events: Events) => { (of(events, 'lot.expert-draw-opened.v1').pool as unknown[]).pop() }, 'not the one that its hash names'],
  ['other conditions', (events: Events) => { of(events, 'lot.expert-draw-opened.v1').quotas = [{ trade: '', count: 4 }] }, 'other conditions'],
  ['another nonce', (events: Events) => { of(events, 'lot.expert-draw-revealed.v1').value = 'A'.repeat(43) }, 'not what it committed to'],
  ['reveals in another order', (events: Events) => { [events[5], events[6]] = [events[6] as Events[number], events[5] as Events[number]] }, 'out of order'],
  ['a commitment behind the pool', (events: Events) => { events.splice(5, 0, ...events.splice(1, 1)) }, 'committed after'],
  ['a pool before the opening ended', (events: Events) => { events.push(...events.splice(3, 1)) }, 'before the opening ended'],
  ['a successor out of the order', (events: Events) => { of(events, 'lot.expert-succeeded.v1').passed = [] }, 'out of the order of the draw'],
  ['a round for other seats than were drawn', (events: Events) => { of(events, 'lot.expert-round-opened.v1').quotas = [{ trade: '安装', count: 1 }] }, "other seats than the round's"],
  ['a round under another number', (events: Events) => { of(events, 'lot.expert-round-opened.v1').round = 3 }, 'a round out of turn'],
  ['a round before the first had drawn', (events: Events) => { events.splice(events.findIndex(([topic]) => topic === 'lot.experts-drawn.v1'), 1) }, 'another round before'],
  ["a round's chain exchanged", (events: Events) => { const one = events.findLast(([topic, state]) => topic === 'lot.expert-draw-committed.v1' && state.anchor !== ''); if (one) one[1].anchor = 'A'.repeat(43) }, 'not what it committed to'],
  ['a draw that no notice declared', (events: Events) => { (of(events, 'lot.noticed.v1').terms as Record<string, unknown>).expert_draw = null }, 'declares no such draw'],
])('%s is exposed', async (_, change, reason) => {
  await expect(experts(change)).rejects.toThrow(reason)
})

test.each(['nothing', '"text"', '{"format":"another/v1"}'])('%s is none of the files that can be verified', async (said) => {
  const { kind, checks } = await verifyFile(utf8(said), null, { check: () => undefined, progress: () => undefined })
  expect([kind, checks.map(({ step, fault }) => [step, fault !== ''])]).toEqual(['none', [['file', true]]])
})
