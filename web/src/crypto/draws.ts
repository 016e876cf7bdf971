/** Draws that anybody recomputes (docs/draws.md): commitments, the chain as beacon, the seed, the choice. */

import { concat, hex, sha256, utf8, type Bytes } from './bytes'
import { canonical } from './canonical'

const COMMIT_LABEL = utf8('bidding/draw/commit/v1\0')
const CHAIN_LABEL = utf8('bidding/draw/chain/v1\0')
const SEED_LABEL = utf8('bidding/draw/v1\0')
const POOL_LABEL = utf8('bidding/draw/pool/v1\0')
const WORD = 8
const WORDS = 2n ** 64n

/** Bytes of a nonce and of a chain value. */
export const NONCE = 32

/** Hex. `names`: `[lot, bidder]` for the nonce in a bid's form, `[lot, party, source]` for an office's. */
export async function commitment(names: readonly string[], nonce: Bytes): Promise<string> {
  return hex(await sha256(concat(COMMIT_LABEL, canonical(names), nonce)))
}

/** Hex. `values`: the choices, sorted by code points, each once. */
export async function poolHash(values: readonly string[]): Promise<string> {
  return hex(await sha256(concat(POOL_LABEL, canonical(values))))
}

/** The head that `value` stands behind; a chain serves one lot. */
export function link(lot: string, value: Bytes): Promise<Bytes> {
  return sha256(concat(CHAIN_LABEL, canonical([lot]), value))
}

/** `transcript`: canonical JSON, the draw named in it. */
export function seedOf(transcript: string): Promise<Bytes> {
  return sha256(concat(SEED_LABEL, utf8(transcript)))
}

async function* words(seed: Bytes): AsyncGenerator<bigint, never> {
  const key = await crypto.subtle.importKey('raw', seed, { name: 'HMAC', hash: 'SHA-256' }, false, ['sign'])
  for (let counter = 0n; ; counter += 1n) {
    const said = new DataView(new ArrayBuffer(WORD))
    said.setBigUint64(0, counter)
    const block = new DataView(await crypto.subtle.sign('HMAC', key, said.buffer))
    for (let at = 0; at < block.byteLength; at += WORD) yield block.getBigUint64(at)
  }
}

/** An index below `count`, each equally likely: words beyond the last whole multiple are passed over. */
async function below(stream: AsyncGenerator<bigint, never>, count: number): Promise<number> {
  const fair = WORDS - (WORDS % BigInt(count))
  for (;;) {
    const { value } = await stream.next()
    if (value < fair) return Number(value % BigInt(count))
  }
}

/** `count` different ones of `pool` in the order drawn: partial Fisher–Yates over the sorted pool (ASCII texts). */
export async function draw(seed: Bytes, pool: readonly string[], count = 1): Promise<string[]> {
  const items = [...new Set(pool)].sort()
  if (count < 1 || count > items.length) throw new RangeError(`${String(count)} cannot be drawn of ${String(items.length)}`)
  const stream = words(seed)
  for (let at = 0; at < count; at += 1) {
    const other = at + (await below(stream, items.length - at))
    const [here, there] = [items[at] ?? '', items[other] ?? '']
    items[at] = there
    items[other] = here
  }
  return items.slice(0, count)
}
