/**
 * Time-stamp tokens (RFC 3161; docs/timestamps.md): over events of this record and not before them. Whose signature a
 * token has, and under which root, `bidding verify --time-root` says.
 */

import * as v from 'valibot'

import { digest, hex, unb64, utf8, type Bytes } from '@/crypto/bytes'

import { all, type Read } from './events'
import known from './known.json'
import { demand } from './steps'

const STEP = 'time-stamps'
/** How far the authority's clock and the platform's may be apart, in ms. */
const SKEW = 60_000
const STAMPED = new Set(known.stamped)
const SHA256 = '608648016503040201'
const SIGNED_DATA = '2a864886f70d010702'
const TST_INFO = '2a864886f70d0109100104'

const Timestamped = v.object({
  subject: v.string(),
  imprint: v.string(),
  authority: v.string(),
  token: v.string(),
  instant: v.string(),
  checkpoint: v.optional(v.string(), ''),
})

/** What each token says, in English. */
export async function checkTimestamps(read: Read): Promise<string[]> {
  const events = read.record.events.filter((one) => STAMPED.has(one.topic))
  const told: string[] = []
  for (const { subject, imprint, authority, token, instant, checkpoint } of all(read, 'lot.timestamped.v1', Timestamped)) {
    // A token over a checkpoint is over all that it covers; whether it does, the log tells.
    const contents = await Promise.all(events.map(async (one) => ((await digest(utf8(checkpoint || one.state))) === imprint ? [one] : [])))
    const covered = contents.flat().filter((one) => one.topic === subject)
    demand(covered.length > 0, STEP, `${authority}: over an event that is not in the record`)
    const said = readToken(unb64(token))
    const same = said.imprint === imprint && said.instant === Date.parse(instant)
    demand(same, STEP, `${authority}: the token says something else than the record`)
    const begun = Math.min(...covered.map((one) => Date.parse(one.recorded_at)))
    demand(said.instant >= begun - SKEW, STEP, `${subject}: stamped before it happened`)
    const what = checkpoint === '' ? subject : `the checkpoint over ${subject}`
    told.push(`${what} existed at ${new Date(said.instant).toISOString()}, says ${authority}; whether it signed this, see bidding verify --time-root`)
  }
  return told
}

/** `imprint`: hex SHA-256 of the content; `instant`: ms since 1970. RangeError for what is no token over SHA-256. */
export function readToken(token: Bytes): { imprint: string; instant: number } {
  const [kind, content] = within(only(token, 0x30))
  same(kind, 0x06, SIGNED_DATA)
  const [, , encapsulated] = within(only(within(content)[0]?.whole, 0x30))
  const [type, wrapped] = within(encapsulated)
  same(type, 0x06, TST_INFO)
  const info = within(only(only(within(wrapped)[0]?.whole, 0x04).content, 0x30))
  const [algorithm, message] = within(info[2])
  same(within(algorithm)[0], 0x06, SHA256)
  const at = info[4]
  if (message?.tag !== 0x04 || at?.tag !== 0x18) throw new RangeError('not a time-stamp token')
  return { imprint: hex(message.content), instant: instantOf(String.fromCharCode(...at.content)) }
}

/** A value of DER: its tag, its content, and both together. */
interface Der {
  readonly tag: number
  readonly content: Bytes
  readonly whole: Bytes
}

/** The values that stand in this one's content. */
function within(value: Der | undefined): Der[] {
  const found: Der[] = []
  let rest = value?.content ?? new Uint8Array()
  while (rest.length > 0) {
    const one = first(rest)
    found.push(one)
    rest = rest.slice(one.whole.length)
  }
  return found
}

function first(data: Bytes): Der {
  const tag = data[0] ?? 0
  let [length, at] = [data[1] ?? 0, 2]
  if (length & 0x80) {
    const size = length & 0x7f
    if (size < 1 || size > 4) throw new RangeError('not DER')
    length = data.slice(2, 2 + size).reduce((sum, byte) => sum * 256 + byte, 0)
    at += size
  }
  if (at + length > data.length) throw new RangeError('not DER')
  return { tag, content: data.slice(at, at + length), whole: data.slice(0, at + length) }
}

function only(data: Bytes | undefined, tag: number): Der {
  const found = first(data ?? new Uint8Array())
  if (found.tag !== tag || found.whole.length !== data?.length) throw new RangeError('not a time-stamp token')
  return found
}

function same(value: Der | undefined, tag: number, content: string): void {
  if (value?.tag !== tag || hex(value.content) !== content) throw new RangeError('not a time-stamp token')
}

/** GeneralizedTime in UTC, with a fraction of a second or without (RFC 3161, 2.4.2). */
function instantOf(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = ''] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? []
  if (year === undefined) throw new RangeError('not an instant')
  return Date.parse(`${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}${fraction}Z`)
}
