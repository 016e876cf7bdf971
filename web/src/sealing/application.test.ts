/** The target of a sealed application: byte for byte what the platform takes it to be. */

import { describe, expect, it } from 'vitest'

import { b64, digest, fromUtf8, unb64 } from '@/crypto/bytes'
import { headerOf } from '@/crypto/body'
import { canonical } from '@/crypto/canonical'
import { openBytes } from '@/crypto/envelope'
import { FileTooLargeError } from '@/crypto/errors'
import { partHashes, treeRoot } from '@/crypto/parts'
import { newPrivate, ownKey, publicOf, unwrap } from '@/crypto/suite'
import { wrapInfo } from '@/crypto/target'

import { requireFits, sealApplication, targetOf } from './application'

const address = { lot: 'lot-1', applicant: 'a', document_hash: 'ab'.repeat(32), version: 2 }

describe('a sealed application', () => {
  it('has the target that the platform makes of it (tests/crypto/test_application.py)', () => {
    expect(JSON.parse(fromUtf8(canonical(targetOf(address, 1))))).toEqual({
      bid_version: 2,
      bidder: 'a',
      document_hash: 'ab'.repeat(32),
      document_version: 1,
      envelope: 'application-1',
      lot: 'lot-1',
      suite: 'intl-1',
    })
  })

  it('takes no document that would be refused sealed, and reads none of it', async () => {
    const padded = 62 * 2 ** 20 // of Padmé's sizes the last whose chunks fit
    const sized = (size: number): File => {
      const read = (): never => {
        throw new Error('read')
      }
      return { name: '证书.pdf', size, arrayBuffer: read } as unknown as File
    }
    requireFits(sized(padded - 8))
    expect(() => {
      requireFits(sized(64 * 2 ** 20 - 8))
    }).toThrow(FileTooLargeError)
    await expect(sealApplication([], [sized(2 ** 31)], address, '')).rejects.toThrow(FileTooLargeError)
  })

  it('opens by the key of the notice, answers first and then each document', async () => {
    const key = newPrivate()
    const answers = [{ requirement: 'r1', text: '具备' }]
    const file = new File(['certificate'], '证书.pdf')
    const parts = await sealApplication(answers, [file], address, b64(await publicOf(key, 'X25519')))
    const own = await ownKey(key, 'X25519')
    const opened: string[] = []
    for (const [number, part] of parts.entries()) {
      expect(await digest(part.body)).toBe(part.sha256)
      const target = targetOf(address, number)
      const cek = await unwrap(unb64(part.wrapped), own, wrapInfo(target))
      const header = headerOf(part.body)
      if (cek === null || header === null) throw new Error('not addressed to this key')
      opened.push(fromUtf8(await openBytes(part.body, target, cek, await treeRoot(await partHashes(part.body)), header)))
    }
    expect(opened[1]).toBe('certificate')
    expect(JSON.parse(opened[0] ?? '')).toEqual({ answers, documents: [{ sha256: await digest(new Uint8Array(new TextEncoder().encode('certificate'))), name: '证书.pdf', length: 11 }] })
  })
})
