/** What went wrong on the device as a `Problem`, so that pages show it as they show the platform's. */

import { Problem } from '@/api/problem'
import { CryptoError, FileNameError } from '@/crypto/errors'

import { t } from './words'

const SPOKEN = ['file-name', 'file-changed', 'file-too-large', 'storage-full', 'form-too-long', 'key-malformed', 'unsupported-suite', 'opening', 'signature', 'session-keys', 'canonical', 'log', 'log-policy'] as const
type Spoken = (typeof SPOKEN)[number]
const CODES = ['length', 'letter', 'checksum'] as const

/** Anything thrown by sealing, opening or signing; a `Problem`, and what nobody expected, stay as they are. */
export function explained(thrown: unknown): unknown {
  if (!(thrown instanceof CryptoError)) return thrown
  const name = SPOKEN.find((code) => code === thrown.code) ?? 'other'
  return new Problem(-1, () => {
    const values = { ...thrown.detail, why: why(thrown) }
    return { title: say(name, 'title', values), detail: say(name, 'detail', values), next: say(name, 'next', values), code: `client-${name}` }
  })
}

function say(name: Spoken | 'other', part: 'title' | 'detail' | 'next', values: Record<string, unknown>): string {
  return t(`${name}.${part}`, values)
}

function why(error: CryptoError): string {
  if (error instanceof FileNameError) return t(`names.${error.reason}`)
  const code = CODES.find((one) => one === error.detail.reason)
  return code === undefined ? String(error.detail.what ?? error.detail.reason ?? '') : t(`codes.${code}`, error.detail)
}
