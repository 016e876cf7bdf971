// @vitest-environment node
/** Files laid beside a bundle, in the browser as with `bidding verify --files` (tests/records/test_files.py). */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'

import { digestOf, rootOf } from '@/crypto/blobs'
import { digest, hex, random, unb64, utf8, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { partHashes, treeRoot } from '@/crypto/parts'

import { filesOf, type Files } from './altering.testing'
import { checkFiles, type Chosen } from './files'
import type { LotRecord } from './format'
import { verifyFile, type Result } from './verify'

const FOLDER = new URL('../../../tests/vectors/records/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(name, FOLDER), 'utf-8')
let files: Files
let forms: { bidder: string; body: string }[]
beforeAll(async () => {
  files = await filesOf((name) => read(`${name}.json`))
  forms = v.parse(v.object({ forms: v.array(v.object({ bidder: v.string(), body: v.string() })) }), JSON.parse(files.record)).forms
})

const chosen = (name: string, data: Bytes): Chosen => ({ name: `beside/${name}`, data: new Blob([data]) })

async function beside(of: 'record' | 'bundle', ...brought: Chosen[]): Promise<{ told: string[]; fault: string; read: [number, number][] }> {
  const seen: [number, number][] = []
  const told = { check: () => undefined, progress: () => undefined, reading: (done: number, total: number) => seen.push([done, total]) }
  const { checks }: Result = await verifyFile(utf8(files[of]), files.key.publicRaw, told, { files: brought })
  const own = checks.filter((one) => one.step === 'files')
  expect(checks.filter((one) => one.fault !== '' && one.step !== 'files')).toEqual([])
  return { told: own.map((one) => one.said), fault: own.at(-1)?.fault ?? '', read: seen }
}

/** What an event of the record says. */
function said(topic: string): Record<string, unknown> {
  const { events } = v.parse(v.object({ events: v.array(v.object({ topic: v.string(), state: v.string() })) }), JSON.parse(files.record))
  return JSON.parse(events.find((one) => one.topic === topic)?.state ?? '') as Record<string, unknown>
}

function receipts(): { bidder: string; receipt: string; signature: string }[] {
  return (JSON.parse(files.record) as { receipts: ReturnType<typeof receipts> }).receipts
}

const paper = (receipt: unknown, signature: unknown): Bytes => canonical({ receipt, signature })

test.each(['record', 'bundle'] as const)('beside a %s: sealed bodies, receipts, and what it does not speak of', async (of) => {
  const [form] = forms
  const [receipt] = receipts()
  const released = said('lot.key-released.v1')
  const { told, read: seen } = await beside(
    of,
    chosen(`${form?.bidder ?? ''}/form.sealed`, unb64(form?.body ?? '')),
    chosen('receipt.json', paper(receipt?.receipt, receipt?.signature)),
    chosen('release.json', paper(released.receipt, released.receipt_signature)),
    chosen('notes.txt', utf8('nothing')),
    chosen('bundle.json', utf8(files.bundle)),
  )
  expect(told).toEqual([
    `beside/${form?.bidder ?? ''}/form.sealed: ${form?.bidder ?? ''}/form`,
    `beside/receipt.json: the bid of ${receipt?.bidder ?? ''}, on the roll as received`,
    `beside/release.json: the release of ${String(released.bidder)}, in the record as received`,
    '3 as the file says; 2 that it does not speak of',
  ].sort((one, other) => (one.startsWith('3') ? 1 : other.startsWith('3') ? -1 : one < other ? -1 : 1)))
  const [done, total] = seen.at(-1) ?? []
  expect([done, seen.every(([now, all]) => now <= all)]).toEqual([total, true])
})

test('other bytes in a bidder’s folder, and a sealed body of no bid', async () => {
  const [one, other] = forms
  const body = unb64(other?.body ?? '')
  expect((await beside('bundle', chosen(`${one?.bidder ?? ''}/form.sealed`, body))).fault).toMatch(/form\.sealed: other bytes than the bid's$/)
  expect((await beside('bundle', chosen('elsewhere/form.sealed', body))).fault).toBe('')
  expect((await beside('bundle', chosen('elsewhere/form.sealed', body.slice(1)))).fault).toMatch(/of no bid in the bundle$/)
  expect((await beside('bundle', chosen('elsewhere/technical.zip', body))).fault).toMatch(/of no bid in the bundle$/)
})

test('a receipt whose signature is of something else is exposed', async () => {
  const [one, other] = receipts()
  expect((await beside('bundle', chosen('receipt.json', paper(one?.receipt, other?.signature)))).fault).toContain('SignatureError')
})

test('a release that the platform received and dropped is exposed by its receipt', async () => {
  const { receipt, receipt_signature: signature } = said('lot.key-released.v1')
  const record = JSON.parse(files.record) as { lot: string; platform_key: string; events: unknown[] }
  const { checkKept } = await import('./kept')
  const shown = { record, events: [], keys: new Map() } as unknown as Parameters<typeof checkKept>[1]
  await expect(checkKept({ receipt: String(receipt), signature: String(signature) }, shown, 'release.json')).rejects.toThrow('received this release and dropped it')
  const elsewhere = { ...shown, record: { ...record, lot: 'another' } } as typeof shown
  await expect(checkKept({ receipt: String(receipt), signature: String(signature) }, elsewhere, 'release.json')).rejects.toThrow('another lot')
})

// R-PAIN-05: the spare file of the opening that tests/system/make_policies.py plays.

async function spared(...opened: { envelope: string; plaintext_sha256: string }[]): Promise<{ held: string[]; bidder: string }> {
  const { record } = JSON.parse(files.text('policies/spare')) as { record: LotRecord }
  const events = record.events.map((one) => ({ topic: one.topic, state: JSON.parse(one.state) as Record<string, unknown>, at: one.recorded_at }))
  const bidder = String(events.find((one) => one.topic === 'lot.spare-accepted.v1')?.state.bidder)
  const bids = opened.map((one) => ({ ...one, bidder, status: 'OPENED', length: 1 }))
  const held: string[] = []
  const kept = { name: 'beside/u-disk.bin', data: new Blob([readFileSync(new URL('policies/spare.zip', FOLDER))]) }
  await checkFiles([kept], { record, events, keys: new Map() }, [{ topic: 'lot.envelopes-opened.v1', state: { bids }, at: '' }], (said) => held.push(said), () => undefined)
  return { held, bidder }
}

test('what was opened of a spare file that was taken lies in it', async () => {
  const { held, bidder } = await spared()
  expect(held).toEqual([`beside/u-disk.bin: ${bidder}/spare, taken in place of the sealed bid: 1 of what lies in it as opened`, '1 as the file says; 0 that it does not speak of'])
  await expect(spared({ envelope: 'technical', plaintext_sha256: '0'.repeat(64) })).rejects.toThrow('technical.zip is another than was opened')
})

test('files are hashed piece by piece, to what WebCrypto makes of the whole', async () => {
  const whole = new Uint8Array(17 * 2 ** 20 + 5)
  for (let at = 0; at < whole.length; at += 65_536) whole.set(random(Math.min(65_536, whole.length - at)), at)
  for (const size of [0, 1, 2 ** 21, 2 ** 23 + 1, whole.length]) {
    const data = whole.slice(0, size)
    const seen: number[] = []
    expect(await digestOf(new Blob([data]), (bytes) => seen.push(bytes))).toBe(await digest(data))
    expect(seen.at(-1) ?? 0).toBe(size)
    expect(await rootOf(new Blob([data]), () => undefined)).toBe(hex(await treeRoot(await partHashes(data))))
  }
})

/** A file of this size that says where it is read: a byte for each piece, so that hashing it costs nothing. Whole it cannot be had. */
function huge(size: number): { data: Blob; slices: [number, number][] } {
  const slices: [number, number][] = []
  const data = {
    size,
    slice: (from: number, to: number) => {
      slices.push([from, Math.min(to, size)])
      return { arrayBuffer: () => Promise.resolve(new ArrayBuffer(1)) }
    },
    arrayBuffer: () => Promise.reject(new Error('read as a whole')),
  }
  return { data: data as unknown as Blob, slices }
}

test.each(['papers.bin', 'kept.json', 'technical.sealed'])('a %s of 2 GiB and more is read in small pieces, one after another', async (name) => {
  const size = 2 ** 31 + 5
  const { data, slices } = huge(size)
  const read: number[] = []
  const shown = { record: {}, events: [], keys: new Map() } as unknown as Parameters<typeof checkFiles>[1]
  const checked = checkFiles([{ name: `beside/${name}`, data }], shown, [], () => undefined, (bytes) => read.push(bytes))
  if (name.endsWith('.sealed')) await expect(checked).rejects.toThrow('of no bid in the bundle')
  else await checked
  expect(Math.max(...slices.map(([from, to]) => to - from))).toBeLessThanOrEqual(8 * 2 ** 20)
  expect(slices.every(([from], at) => from === (slices[at - 1]?.[1] ?? 0))).toBe(true)
  expect([slices.at(-1)?.[1], Math.max(...read)]).toEqual([size, size])
})
