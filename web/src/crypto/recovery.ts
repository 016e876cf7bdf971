/**
 * The printed recovery code: an X25519 opening key as 56 Crockford base32 characters with a checksum.
 *
 *     seed(32) ‖ SHA-256(label ‖ seed)[:3] = 280 bits = 14 groups of 4
 */

import { concat, equal, sha256, utf8, type Bytes } from './bytes'
import { KeyError } from './errors'
import { KEY_SIZE } from './choices'

const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'
const LABEL = utf8('bidding/recovery-code/v1\0')
const CHECK_SIZE = 3
const SIZE = KEY_SIZE + CHECK_SIZE
const LETTERS = (SIZE * 8) / 5
const GROUP = 4

/** The code of a raw X25519 private key, in groups of four joined by hyphens. */
export async function recoveryCode(seed: Bytes): Promise<string> {
  if (seed.length !== KEY_SIZE) throw new KeyError({ what: 'recovery seed: not 32 bytes' })
  const bits = Array.from(concat(seed, await check(seed)), (byte) => byte.toString(2).padStart(8, '0')).join('')
  const letters = (bits.match(/.{5}/g) ?? []).map((five) => ALPHABET[parseInt(five, 2)]).join('')
  return (letters.match(/.{4}/g) ?? []).join('-')
}

/**
 * The raw X25519 private key. Case, spaces and hyphens do not count; O reads as 0, I and L as 1.
 *
 * KeyError: `reason` is `length`, `letter` (with the `group` to look at, from 1) or `checksum`.
 */
export async function seedOfCode(code: string): Promise<Bytes> {
  const letters = code.replace(/[\s-]/g, '').toUpperCase().replace(/O/g, '0').replace(/[IL]/g, '1')
  if (letters.length !== LETTERS) throw new KeyError({ reason: 'length', found: letters.length, wanted: LETTERS })
  const values = Array.from(letters, (letter) => ALPHABET.indexOf(letter))
  const wrong = values.indexOf(-1)
  if (wrong >= 0) throw new KeyError({ reason: 'letter', group: Math.floor(wrong / GROUP) + 1 })
  const bits = values.map((value) => value.toString(2).padStart(5, '0')).join('')
  const data = Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => parseInt(byte, 2))
  const seed = data.slice(0, KEY_SIZE)
  if (!equal(data.slice(KEY_SIZE), await check(seed))) throw new KeyError({ reason: 'checksum' })
  return seed
}

async function check(seed: Bytes): Promise<Bytes> {
  return (await sha256(concat(LABEL, seed))).slice(0, CHECK_SIZE)
}
