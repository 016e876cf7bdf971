/** File names inside an envelope: one plain file name on every system a recipient may use. */

import { utf8 } from './bytes'
import { FileNameError, type FileNameFault } from './errors'

export const MAX_FILES = 10_000
const MAX_NAME_BYTES = 200
const FORBIDDEN = /[\\/:*?"<>|]/
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u
const DEVICE = /^(con|prn|aux|nul|(com|lpt)[1-9])$/

/** FileNameError for the first name that is unsafe, for two that only case tells apart, for none or too many. */
export function requireSafeNames(names: readonly string[]): void {
  if (names.length === 0 || names.length > MAX_FILES) throw new FileNameError('', 'file-count')
  const seen = new Set<string>()
  for (const name of names) {
    const fault = faultOf(name)
    if (fault !== null) throw new FileNameError(name, fault)
    const folded = fold(name)
    if (seen.has(folded)) throw new FileNameError(name, 'twice')
    seen.add(folded)
  }
}

/** Files by their names, in NFC. FileNameError as above: a map alone would leave one of two with the same name out. */
export function named<F extends { readonly name: string }>(files: readonly F[]): Map<string, F> {
  const names = files.map(({ name }) => name.normalize('NFC'))
  requireSafeNames(names)
  return new Map(names.flatMap((name, at) => files.slice(at, at + 1).map((file) => [name, file])))
}

export function safelyNamed(files: readonly { readonly name: string }[]): boolean {
  try {
    return named(files).size > 0
  } catch {
    return false
  }
}

/** Why `name` cannot stand in an envelope, or null. */
export function faultOf(name: string): FileNameFault | null {
  if (name === '' || name === '.' || name === '..') return 'empty'
  if (/\p{Cs}/u.test(name)) return 'not-text'
  if (utf8(name).length > MAX_NAME_BYTES) return 'too-long'
  if (FORBIDDEN.test(name)) return 'path-character'
  if (INVISIBLE.test(name)) return 'invisible'
  if (/^ |[. ]$/.test(name)) return 'edge'
  if (DEVICE.test(fold((name.split('.')[0] ?? '').trimEnd()))) return 'device'
  if (name.normalize('NFC') !== name) return 'not-nfc'
  return null
}

function fold(name: string): string {
  return caseFolded(name.normalize('NFC'))
}

/**
 * Unicode case folding, as far as telling texts apart goes: two are equal here where Python's casefold makes them equal.
 *
 * Character by character: toLowerCase of a whole word treats a final sigma otherwise. Twice: the capital ẞ becomes
 * ß first and ss then. The dotless ı folds to itself although its capital is I.
 */
export function caseFolded(text: string): string {
  return Array.from(text, (letter) =>
    letter === 'ı' ? letter : letter.toUpperCase().toLowerCase().toUpperCase().toLowerCase(),
  ).join('')
}
