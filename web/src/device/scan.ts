/** 扫码 (R-CRED-05): a PC shows a challenge, and the phone that holds the key confirms it. The key stays on the phone. */

import { send } from '@/api/http'
import { Problem } from '@/api/problem'
import { b64, digest, equal, random, utf8 } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { signGiven, type SignedStatement, type Statement } from '@/crypto/statement'

import { signerOf, type Device } from './device'
import { t } from './scan-words'

const CONFIRM = 'session/confirm'
const SECRET = 32 // bytes
/** Milliseconds: the most that a challenge may live, and what two clocks may differ by. */
const LIFE = 120_000
const SKEW = 30_000

interface Told {
  readonly challenge: string
  readonly action: string
  readonly lot: string | null
  /** Hex SHA-256: of the statement; of a sign-in, of the PC's secret. */
  readonly digest: string
  readonly origin: string
  readonly expires_at: string
}

/** On the PC: `secret` collects the answer and never leaves this page. */
export interface Asked extends Told {
  readonly secret: string
}

/** On the phone. `address`, `agent`: of the PC, as the platform sees it. */
export interface Opened extends Told {
  readonly address: string
  readonly agent: string
  readonly statement: Statement | null
}

export interface Outcome {
  readonly stage: 'shown' | 'opened' | 'confirmed'
  /** To be typed on the phone; empty until it has opened the challenge. */
  readonly number?: string
  readonly statement?: Statement | null
  readonly signature?: string
}

/** A challenge for signing in (null), or for an act of the device that is logged in. Throws `Problem`. */
export async function ask(statement: Statement | null): Promise<Asked> {
  const secret = b64(random(SECRET))
  const told = await post<Told>('', { holder: await digest(utf8(secret)), statement })
  return { ...told, secret }
}

/** What the code on the screen says: the address of this platform's page, where the phone's keys are at hand. */
export function linkOf({ origin, challenge }: Told): string {
  return `${origin}/app/account/scan#${challenge}`
}

/** Throws `Problem` when the challenge is over. A sign-in that is confirmed has set the session's cookie. */
export function collect({ challenge, secret }: Asked): Promise<Outcome> {
  return post<Outcome>('/collect', { challenge, secret, carrier: 'cookie' })
}

/** The act as it travels, if it is the very statement that was asked for. Throws `Problem`. */
export function signedAct(asked: Statement, { statement, signature }: Outcome): SignedStatement {
  if (!statement || !signature || !equal(canonical(statement), canonical(asked))) throw altered()
  return { statement, signature }
}

/** On the phone, logged in as `device`. Throws `Problem`, also for a challenge that is not what it says. */
export async function open(device: Device, challenge: string, now: number): Promise<Opened> {
  const opened = await post<Opened>('/open', { challenge })
  const { statement } = opened
  const sound =
    opened.challenge === challenge &&
    opened.origin === location.origin &&
    Date.parse(opened.expires_at) - now <= LIFE + SKEW &&
    (statement === null ? opened.action === 'session/login' && opened.lot === null : await describes(opened, statement, device))
  if (!sound) throw altered()
  return opened
}

/** Signs challenge and number, and the act itself where there is one. Throws `Problem`; with a wrong number it is over. */
export async function confirm(device: Device, opened: Opened, number: string): Promise<void> {
  const { challenge, action, digest: of, origin, expires_at, lot, statement } = opened
  const said = await signerOf(device)(CONFIRM, lot, { challenge, action, digest: of, origin, expires_at, number })
  const act_signature = statement === null ? '' : await signGiven(device.signing, statement)
  await post('/confirm', { ...said, act_signature })
}

export async function decline({ challenge }: Told): Promise<void> {
  await post('/decline', { challenge })
}

async function describes(opened: Opened, statement: Statement, device: Device): Promise<boolean> {
  return (
    statement.act === opened.action &&
    statement.lot === opened.lot &&
    statement.by === device.party &&
    statement.credential === device.credential &&
    (await digest(canonical(statement))) === opened.digest
  )
}

function altered(): Problem {
  return new Problem(-1, () => ({
    title: t('altered.title'),
    detail: t('altered.detail'),
    next: t('altered.next'),
    code: 'client-scan-altered',
    rule: 'R-CRED-05',
  }))
}

async function post<T>(path: string, content: object): Promise<T> {
  const headers = { 'Content-Type': 'application/json' }
  const sent = { method: 'POST', path: `/sessions/scans${path}`, body: JSON.stringify(content), headers, quiet: true } as const
  const response = await send(sent)
  return (response.status === 204 ? {} : await response.json()) as T
}
