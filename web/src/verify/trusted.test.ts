// @vitest-environment node
/** What the reader trusts and keeps: the log's key, roots of licensed authorities, proofs of the log (`bidding verify --log-key --ca-root --files`). */

import 'reflect-metadata'

import { readFileSync } from 'node:fs'

import { X509Certificate } from '@peculiar/x509'
import * as v from 'valibot'
import { beforeAll, describe, expect, test } from 'vitest'

import { unb64, utf8 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'

import { filesOf, resealed, type Files } from './altering.testing'
import { verifyFile, type Brought } from './verify'

const FOLDER = new URL('../../../tests/vectors/records/', import.meta.url)
const read = (name: string): string => readFileSync(new URL(`${name}.json`, FOLDER), 'utf-8')
let files: Files
beforeAll(async () => {
  files = await filesOf(read)
})

interface Outcome { readonly fault: string; readonly said: string[] }

async function outcome(data: Parameters<typeof verifyFile>[0], brought: Brought): Promise<Outcome> {
  const { checks } = await verifyFile(data, files.key.publicRaw, { check: () => undefined, progress: () => undefined }, brought)
  const last = checks.find((one) => one.fault !== '')
  return { fault: last === undefined ? '' : `${last.step}: ${last.fault}`, said: checks.map((one) => `${one.step}: ${one.said}`) }
}

const vkey = (): string => (JSON.parse(read('logged')) as { log: { vkey: string } }).log.vkey

describe('the log’s key', () => {
  test('a record and a bundle hold by it, and say so', async () => {
    for (const name of ['logged', 'proved']) {
      const { fault, said } = await outcome(utf8(read(name)), { logKey: vkey() })
      expect(fault).toBe('')
      expect(said.find((one) => one.startsWith('log: '))).toMatch(/by the key you gave$/)
    }
  })

  test('another log, and none at all', async () => {
    const other = 'PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW'
    expect((await outcome(utf8(read('logged')), { logKey: other })).fault).toBe('log: of another log than the one whose key you gave')
    expect((await outcome(utf8(files.record), { logKey: vkey() })).fault).toBe('log: the record has no proofs of the log whose key you gave')
  })

  test('a bid or a disclosed event without its proof fails by it, and by it alone', async () => {
    const bare = JSON.parse(read('logged')) as { log: { bids?: unknown } }
    delete bare.log.bids
    const record = await resealed(files, bare)
    expect((await outcome(record, {})).fault).toBe('')
    expect((await outcome(record, { logKey: vkey() })).fault).toBe('on time: the record has no proofs of its bids: have it exported again')
  })
})

const Licensed = v.array(v.object({ name: v.string(), step: v.string(), event: v.number(), state: v.string(), certificate: v.looseObject({ chain: v.array(v.string()), party: v.string() }) }))
const licensed = v.parse(Licensed, JSON.parse(read('licensed'))).filter((one) => one.step === '')
const RecordLike = v.looseObject({ events: v.array(v.looseObject({ topic: v.string(), state: v.string() })), certificates: v.array(v.unknown()) })

describe('roots of licensed authorities', () => {
  const signed = async (one: (typeof licensed)[number], roll: (state: string) => string = (state) => state): ReturnType<typeof resealed> => {
    const record = v.parse(RecordLike, JSON.parse(files.record))
    const events = record.events.map((event, place) => ({ ...event, state: place === one.event ? one.state : event.topic === 'lot.roll-published.v1' ? roll(event.state) : event.state }))
    return resealed(files, { ...record, events, certificates: [...record.certificates, one.certificate] })
  }
  const roots = (one: (typeof licensed)[number]): X509Certificate[] => one.certificate.chain.slice(-1).map((der) => new X509Certificate(unb64(der)))

  test.each(licensed)('$name holds under its own, and no other', async (one) => {
    const record = await signed(one)
    const given = await outcome(record, { caRoots: roots(one) })
    expect(given.fault).toBe('')
    expect(given.said.join('\n')).toContain('1 of licensed authorities, for the party\'s credit code, under a root that you gave')
    const [stranger] = licensed.filter(({ certificate }) => certificate.chain.at(-1) !== one.certificate.chain.at(-1))
    expect((await outcome(record, { caRoots: stranger === undefined ? [] : roots(stranger) })).fault).toMatch(/^acts: .*no chain to a trusted authority/)
    expect((await outcome(record, {})).said.join('\n')).toContain('under roots that the file names')
  })

  test('the credit code of the roll is another', async () => {
    const [one] = licensed
    if (one === undefined) throw new Error('no case')
    const other = (state: string): string => {
      const said = JSON.parse(state) as { roll: { bidder: string; uscc: string }[] }
      const [first] = said.roll
      if (first !== undefined) first.bidder = one.certificate.party
      return canonicalText(said)
    }
    expect((await outcome(await signed(one, other), {})).fault).toMatch(/^certificates: .*the roll has another credit code$/)
  })
})

// What was kept of the log: tests/records/kept.py makes the cases.

const Cases = v.object({ cases: v.array(v.object({ name: v.string(), said: v.string(), fault: v.string(), events: v.array(v.unknown()), log: v.unknown(), leaves: v.string() })) })
const { cases } = v.parse(Cases, JSON.parse(read('kept')))

describe('what a party kept of the log', () => {
  const laid = async ({ events, log, leaves }: (typeof cases)[number]): Promise<Outcome> => {
    const record = v.parse(v.looseObject({ events: v.array(v.unknown()) }), JSON.parse(files.record))
    const whole = await resealed(files, { ...record, events: [...record.events, ...events], log })
    return outcome(whole, { files: [{ name: 'kept/log-receipts.json', data: new Blob([leaves]) }] })
  }

  test.each(cases)('$name', async (one) => {
    const { fault, said } = await laid(one)
    if (one.fault === '') expect([fault, said.some((line) => line.startsWith('files: kept/log-receipts.json: ') && line.includes(one.said))]).toEqual(['', true])
    else expect(fault).toMatch(new RegExp(`^files: kept/log-receipts.json: .*${one.fault}$`))
  })

  test.each([
    ['of another lot', (leaves: string) => leaves.replace(/"lot":"[^"]*","vkey"/, '"lot":"another","vkey"'), 'of another lot'],
    ['of another log', (leaves: string) => leaves.replace(/"vkey":"[^"]*"/, '"vkey":"PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"'), 'of another log'],
  ] as const)('%s they say nothing', async (_, change, reason) => {
    const [one] = cases
    if (one === undefined) throw new Error('no case')
    expect((await laid({ ...one, leaves: change(one.leaves) })).fault).toBe(`files: kept/log-receipts.json: ${reason}`)
  })

  test('without proofs in the record there is nothing to lay them against', async () => {
    const brought = { files: [{ name: 'log-receipts.json', data: new Blob([cases[0]?.leaves ?? '']) }] }
    expect((await outcome(utf8(files.record), brought)).fault).toMatch(/no proofs to lay them against$/)
  })
})
