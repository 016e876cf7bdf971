// @vitest-environment node
/** 扫码 (R-CRED-05): every act that may be signed has a name, and the phone signs nothing that is not what it says. */
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

import { beforeEach, describe, expect, test, vi } from 'vitest'

import { digest, unb64 } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { verifyStatement, type Statement } from '@/crypto/statement'
import { generateKey, keyId } from '@/crypto/suite'

import { ACTS } from './act-names'
import type { Device } from './device'
import { FIELDS } from './field-names'
import { confirm, linkOf, open, signedAct, type Opened } from './scan'
import { VALUES } from './value-names'

const ORIGIN = 'https://bidding.example'
const CHALLENGE = 'c'.repeat(43)
const NOW = Date.parse('2026-05-11T01:00:00Z')

const said = vi.hoisted(() => ({ answer: {} as object, sent: [] as { path: string; body: Record<string, unknown> }[] }))
vi.mock('@/api/http', () => ({
  onSessionEnded: () => undefined,
  send: ({ path, body }: { path: string; body: string }) => {
    said.sent.push({ path, body: JSON.parse(body) as Record<string, unknown> })
    return Promise.resolve(path.endsWith('/open') ? Response.json(said.answer) : new Response(null, { status: 204 }))
  },
}))

async function phone(): Promise<Device> {
  const [signing, opening] = await Promise.all([generateKey('Ed25519'), generateKey('X25519')])
  const credential = await keyId(signing.publicRaw)
  return { credential, party: credential.slice(0, 24), name: '单位', label: '手机', signing, opening, enrolled: true }
}

async function asked(device: Device): Promise<Opened & { statement: Statement }> {
  const statement: Statement = { act: 'contract/sign', lot: 'lot', by: device.party, credential: device.credential, at: '2026-05-11T01:00:00.000Z', body: { hash: 'x' }, v: 1 }
  return {
    challenge: CHALLENGE, action: statement.act, lot: 'lot', digest: await digest(canonical(statement)), origin: ORIGIN,
    expires_at: '2026-05-11T01:02:00Z', address: '10.0.0.7', agent: 'PC', statement,
  }
}

beforeEach(() => {
  said.sent.length = 0
  vi.stubGlobal('location', { origin: ORIGIN })
})

test('every act that binds is named where somebody is asked to sign it', () => {
  const file = fileURLToPath(new URL('../../../openapi.json', import.meta.url))
  const { paths } = JSON.parse(readFileSync(file, 'utf8')) as { paths: object }
  const acts = [...JSON.stringify(paths).matchAll(/"act":"([a-z-]+\/[a-z-]+)"/g)].map(([, act]) => act)
  expect(acts.length).toBeGreaterThan(100)
  expect(acts.filter((act) => act !== 'session/confirm' && ACTS[act ?? ''] === undefined)).toEqual([])
})

interface Schema {
  $ref?: string
  properties?: Record<string, Schema>
  items?: Schema
  anyOf?: Schema[]
  oneOf?: Schema[]
  enum?: string[]
  const?: string
}

/** The bodies of acts that bind, with all that is inside them. */
function bodies(): Schema[] {
  const file = fileURLToPath(new URL('../../../openapi.json', import.meta.url))
  const { paths, components } = JSON.parse(readFileSync(file, 'utf8')) as { paths: object; components: { schemas: Record<string, Schema> } }
  const met = new Map<string, Schema>()
  const found: Schema[] = []
  const walk = (schema: Schema): void => {
    const { $ref = '', properties = {}, items, anyOf = [], oneOf = [] } = schema
    const name = $ref.split('/').at(-1) ?? ''
    const meant = components.schemas[name]
    if (meant !== undefined && !met.has(name)) {
      met.set(name, meant)
      walk(meant)
    }
    found.push(schema)
    for (const inside of [...Object.values(properties), ...anyOf, ...oneOf, ...(items ? [items] : [])]) walk(inside)
  }
  for (const [, $ref = ''] of JSON.stringify(paths).matchAll(/"body":\{"\$ref":"([^"]+)"/g)) walk({ $ref })
  return found
}

test('every field of an act that binds, and all inside it, is named where it is signed', () => {
  const names = new Set(bodies().flatMap(({ properties = {} }) => Object.keys(properties)))
  expect(names.size).toBeGreaterThan(250)
  expect([...names].filter((name) => FIELDS[name] === undefined)).toEqual([])
  expect(Object.keys(FIELDS).filter((name) => !names.has(name))).toEqual([])
})

test('every value of a few is told in words where it is signed, but for signs of a formula', () => {
  const values = new Set(bodies().flatMap(({ enum: several = [], const: one }) => [...several, ...(one === undefined ? [] : [one])]))
  expect(values.size).toBeGreaterThan(150)
  expect([...values].filter((value) => VALUES[value] === undefined).sort()).toEqual(['', 'alpha', 'beta', 'k'])
  expect(Object.keys(VALUES).filter((value) => !values.has(value))).toEqual([])
})

describe('the phone', () => {
  test('signs challenge and number, and the act as it would by itself', async () => {
    const device = await phone()
    const opened = await asked(device)
    said.answer = opened
    await confirm(device, await open(device, CHALLENGE, NOW), '47')
    const { statement, signature, act_signature } = said.sent.at(-1)?.body as { statement: Statement; signature: string; act_signature: string }
    const { challenge, action, digest: of, origin, expires_at } = opened
    expect(statement.body).toEqual({ challenge, action, digest: of, origin, expires_at, number: '47' })
    expect(statement.lot).toBe('lot')
    for (const [what, by] of [[statement, signature], [opened.statement, act_signature]] as const) {
      await verifyStatement({ payload: canonical(what), signature: unb64(by) }, device.signing.publicRaw)
    }
  })

  test.each<[string, (opened: Opened & { statement: Statement }) => object]>([
    ['another site', (one) => ({ ...one, origin: 'https://relay.example' })],
    ['another challenge', (one) => ({ ...one, challenge: 'd'.repeat(43) })],
    ['a longer life', (one) => ({ ...one, expires_at: '2026-05-11T01:10:00Z' })],
    ['another act', (one) => ({ ...one, action: 'bid/withdraw' })],
    ['another lot', (one) => ({ ...one, lot: 'other' })],
    ['a statement that the digest is not of', (one) => ({ ...one, statement: { ...one.statement, body: { hash: 'y' } } })],
    ['a statement of another party', (one) => ({ ...one, statement: { ...one.statement, by: 'p' } })],
    ['a sign-in under the name of an act', (one) => ({ ...one, statement: null })],
  ])('refuses %s', async (_, altered) => {
    const device = await phone()
    said.answer = altered(await asked(device))
    await expect(open(device, CHALLENGE, NOW)).rejects.toMatchObject({ code: 'client-scan-altered' })
  })
})

test('the PC takes the statement that it asked for and no other', async () => {
  const { statement } = await asked(await phone())
  expect(signedAct(statement, { stage: 'confirmed', statement, signature: 's' })).toEqual({ statement, signature: 's' })
  const other = { ...statement, body: { hash: 'y' } }
  expect(() => signedAct(statement, { stage: 'confirmed', statement: other, signature: 's' })).toThrow()
})

test('the code leads to this platform, and the challenge never reaches a server in an address', () => {
  const link = new URL(linkOf({ origin: ORIGIN, challenge: CHALLENGE, action: '', lot: null, digest: '', expires_at: '' }))
  expect([link.origin, link.pathname, link.hash]).toEqual([ORIGIN, '/app/account/scan', `#${CHALLENGE}`])
})
