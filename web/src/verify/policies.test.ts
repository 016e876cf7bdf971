// @vitest-environment node
/** Played openings under other policies and suites: tests/system/make_policies.py makes them. */

import { readFileSync } from 'node:fs'

import * as v from 'valibot'
import { beforeAll, expect, test } from 'vitest'

import { utf8 } from '@/crypto/bytes'

import { filesOf, keyBeside, type Files } from './altering.testing'
import { checkTrial } from './escrow'
import type { Event } from './events'
import { verifyFile } from './verify'

const FOLDER = new URL('../../../tests/vectors/records/', import.meta.url)
let files: Files
beforeAll(async () => {
  files = await filesOf((name) => readFileSync(new URL(`${name}.json`, FOLDER), 'utf-8'))
})

/** What each holds beside the usual: step → what is said of it. */
const PLAYED: Record<string, [step: string, said: RegExp][]> = {
  withheld: [
    ['session keys', /four different keys/],
    ['escrow', /3 bids left their shares with the notice's three trustees/],
    ['escrow', /1 reports, every share the one its bidder committed to/],
    ['forms', /3 opened again/],
    ['escrow', /each pair of trustees has opened the test bid/],
  ],
  alone: [
    ['session keys', /none, for trustees alone open \(policy P3\)/],
    ['escrow', /3 bidders consent, by their manifests/],
    ['escrow', /opened by notary, supervisor/],
    ['forms', /3 opened again/],
  ],
  rerun: [
    ['session keys', /the release was run 2 times, with other keys each time/],
    ['key releases', /3 signed by their bidders/],
    ['forms', /3 opened again/],
  ],
  spare: [['forms', /3 opened again/]],
  'intl-pq': [['forms', /3 opened again/]],
  'gm-1': [['forms', /3 opened again/]],
}

test.each(Object.keys(PLAYED))('a played opening: %s', async (name) => {
  const of = `policies/${name}`
  const key = await keyBeside(files, of)
  const told = { check: () => undefined, progress: () => undefined }
  const { checks } = await verifyFile(utf8(files.text(of)), key.publicRaw, told)
  expect(checks.filter((one) => one.fault !== '' || one.elsewhere !== '')).toEqual([])
  for (const [step, said] of PLAYED[name] ?? []) {
    expect(checks.filter((one) => one.step === step).map((one) => one.said)).toContainEqual(expect.stringMatching(said))
  }
})

const Disclosed = v.object({ disclosed: v.array(v.object({ topic: v.string(), state: v.string(), recorded_at: v.string() })) })

function ceremony(change: (event: { topic: string; state: Record<string, unknown> }) => void = () => undefined): Event[] {
  return v.parse(Disclosed, JSON.parse(files.text('policies/withheld'))).disclosed.map((one) => {
    const event = { topic: one.topic, state: JSON.parse(one.state) as Record<string, unknown>, at: one.recorded_at }
    change(event)
    return event
  })
}

test('R-BID-07: each pair of trustees opens the test bid again, from the shares that they showed', async () => {
  expect(await checkTrial(ceremony())).toBe('each pair of trustees has opened the test bid')
  expect(await checkTrial(ceremony().filter(({ topic }) => topic !== 'lot.escrow-trial-passed.v1'))).toBeNull()
  const shares = [{ index: 0, share: 'A'.repeat(43) }, { index: 2, share: 'A'.repeat(43) }]
  await expect(checkTrial(ceremony(({ topic, state }) => { if (topic === 'lot.escrow-trial-shared.v1') state.shares = shares }))).rejects.toThrow('showed a false share')
  await expect(checkTrial(ceremony().filter(({ topic, state }) => topic !== 'lot.escrow-trial-shared.v1' || state.trustee !== 'notary'))).rejects.toThrow('did not open the test bid')
  await expect(checkTrial(ceremony(({ topic, state }) => { if (topic === 'lot.escrow-trial-passed.v1') state.pairs = [] }))).rejects.toThrow('read something else')
})
