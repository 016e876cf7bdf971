// @vitest-environment node
/** The browser's verifier against the played record and the table of alterations that `bidding verify` is held to. */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'

import { b64, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'

import { altered, Cases, filesOf, resealed, type Files } from './altering.testing'
import { STEPS } from './steps'
import { verifyFile, type Result } from './verify'

const FOLDER = new URL('../../../tests/vectors/records/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf-8')
const { cases } = v.parse(Cases, JSON.parse(read('alterations.json')))
/** What the browser does not compute again; docs/verify.md says so. */
const ELSEWHERE = new Set(['scores'])

let files: Files
beforeAll(async () => {
  files = await filesOf(read('record.json'), read('bundle.json'), read('key.json'))
})

async function verified(data: Bytes, trusted: Bytes | null = files.key.publicRaw): Promise<Result> {
  return verifyFile(data, trusted, { check: () => undefined, progress: () => undefined })
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
  const elsewhere = new Set(['标底', 'signature', 'log', 'on time', 'completeness'])
  if (kind === 'bundle') expect(new Set(told)).toEqual(new Set(Object.keys(STEPS).filter((step) => !elsewhere.has(step))))
  expect(forms).toEqual([1, 3, 2, 3, 3, 3])
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

test.each(cases.filter((one) => !ELSEWHERE.has(one.step)))('$name: fails in its step', async (one) => {
  const result = await verified(await altered(files, one))
  expect(result.checks.slice(0, -1).every((check) => check.fault === '')).toBe(true)
  const last = result.checks.at(-1)
  expect(last?.fault).not.toBe('')
  expect([last?.step, last?.fault]).toEqual([one.step, last?.fault])
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
