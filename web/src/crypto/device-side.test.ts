// @vitest-environment node
/** Both directions on one device: what is sealed opens, what is signed verifies, what is released is recovered. */
import { describe, expect, test } from 'vitest'

import { layOut } from './archive'
import { contentStart, members } from './archive-reader'
import { b64, concat, equal, hex, random, unb64, utf8, type Bytes } from './bytes'
import { sealedLength } from './body'
import { canonicalText, parseCanonical } from './canonical'
import { crc32, joinedCrc } from './crc32'
import { openBytes, openForm, sealBytes } from './envelope'
import { CanonicalError, FileNameError, KeyError, OpeningError, SessionKeyError, SignatureError } from './errors'
import { drawNonceHash, formBytes, newDrawNonce, type OpeningForm } from './form'
import { targetOf, unwrapCek, type Manifest } from './manifest'
import { partHashes, treeRoot } from './parts'
import { recoveryCode, seedOfCode } from './recovery'
import { checkRelease, makeRelease, recoverCek, signRelease, verifyRelease } from './release'
import { answerPossession, requirePair, sealToPlatform, type SessionPublic } from './session'
import { signStatement, verifyStatement } from './statement'
import { generateKey, keyMatches, newPrivate, ownKey, recipient, unwrap, wrap, type OwnKey } from './suite'
import { wrapInfo } from './target'

const FORM: OpeningForm = {
  price_fen: 265_500_000_00,
  duration_days: 165,
  quality: '合格',
  project_lead: '李伟',
  draw_nonce: newDrawNonce(),
  extras: { 质量保修期: '24 个月' },
  note: '',
}
const ADDRESS = {
  lot: 'lot-7',
  bidder: 'party-3',
  document_hash: 'a'.repeat(64),
  document_version: 2,
  bid_version: 1,
  suite: 'intl-1',
}

async function sealedForm(opening: OwnKey): Promise<{ manifest: Manifest; sealed: Bytes; cek: Bytes }> {
  const [cek, target] = [random(32), targetOf(ADDRESS, 'form')]
  const sealed = await sealBytes(formBytes(FORM), target, cek)
  const owner = await recipient(opening.publicRaw)
  const manifest: Manifest = {
    ...ADDRESS,
    recipients: [owner],
    envelopes: [
      {
        name: 'form',
        sealed_length: sealed.length,
        part_count: 1,
        root: hex(await treeRoot(await partHashes(sealed))),
        header: b64(sealed.slice(8, 64)),
        wraps: [{ key: owner.key, wrapped: b64(await wrap(cek, opening.publicRaw, wrapInfo(target))) }],
      },
    ],
    draw_nonce_hash: await drawNonceHash(ADDRESS.lot, ADDRESS.bidder, FORM.draw_nonce),
    supersedes: null,
    policy: 'P1',
    v: 1,
  }
  return { manifest, sealed, cek }
}

async function office(name: 'agency' | 'supervisor', session = 'opening-lot-7') {
  const [forms, evaluation] = [await ownKey(newPrivate(), 'X25519'), await ownKey(newPrivate(), 'X25519')]
  const announced: SessionPublic = {
    lot: 'lot-7',
    session,
    office: name,
    forms: b64(forms.publicRaw),
    evaluation: b64(evaluation.publicRaw),
    suite: 'intl-1',
    v: 1,
  }
  return { forms, evaluation, announced }
}

describe('sealing and opening', () => {
  test('a form opens again with a device key that cannot be read out', async () => {
    const opening = await generateKey('X25519')
    const { manifest, sealed } = await sealedForm(opening)
    expect(sealed.length).toBe(sealedLength(4096))
    expect(await openForm(sealed, manifest, await unwrapCek(manifest, 'form', opening))).toEqual(FORM)
    await expect(crypto.subtle.exportKey('jwk', opening.pair.privateKey)).rejects.toThrow()
    await expect(unwrapCek(manifest, 'form', await generateKey('X25519'))).rejects.toThrow(OpeningError)
  })

  test.each([0, 1, 16_375, 16_376, 16_377, 1_048_576, 8_500_001])('%i bytes', async (length) => {
    const [cek, target] = [random(32), targetOf(ADDRESS, 'technical')]
    const content = new Uint8Array(length).fill(7)
    const sealed = await sealBytes(content, target, cek)
    const root = await treeRoot(await partHashes(sealed))
    expect(equal(await openBytes(sealed, target, cek, root, sealed.slice(8, 64)), content)).toBe(true)
  })
})

describe('key release', () => {
  test('both offices together recover the key, and nobody with another share', async () => {
    const [opening, signing] = [await generateKey('X25519'), await generateKey('Ed25519')]
    const { manifest, cek } = await sealedForm(opening)
    const [agency, supervisor] = [await office('agency'), await office('supervisor')]
    const made = await makeRelease(manifest, new Map([['form', cek]]), agency.announced, supervisor.announced)
    const signed = await signRelease(signing, made)
    const release = await verifyRelease(signed, signing.publicRaw)
    await checkRelease(release, manifest, 'opening-lot-7')
    const privates = { agency: agency.forms, supervisor: supervisor.forms }
    expect(hex(await recoverCek(release, manifest, 'form', privates))).toBe(hex(cek))
    const swapped = { agency: supervisor.forms, supervisor: agency.forms }
    await expect(recoverCek(release, manifest, 'form', swapped)).rejects.toMatchObject({ layer: 'release' })
  })

  test('announcements that do not belong together are refused', async () => {
    const [agency, supervisor] = [await office('agency'), await office('supervisor')]
    const elsewhere = await office('supervisor', 'another')
    expect(() => { requirePair(agency.announced, elsewhere.announced) }).toThrow(SessionKeyError)
    expect(() => { requirePair(supervisor.announced, agency.announced) }).toThrow(SessionKeyError)
    const copied = { ...supervisor.announced, forms: agency.announced.forms }
    expect(() => { requirePair(agency.announced, copied) }).toThrow(SessionKeyError)
  })

  test('an office shows that it holds its keys, and hands one on', async () => {
    const { announced, ...keys } = await office('agency')
    const info = concat(utf8('bidding/session/v1/possession\0'), utf8(canonicalText(announced)))
    const nonce = random(32)
    const challenges = {
      forms: await wrap(nonce, keys.forms.publicRaw, info),
      evaluation: await wrap(nonce, keys.evaluation.publicRaw, info),
    }
    expect(hex(await answerPossession(keys, announced, challenges))).toBe(hex(nonce))
    const crossed = { forms: challenges.evaluation, evaluation: challenges.forms }
    await expect(answerPossession(keys, announced, crossed)).rejects.toThrow(SessionKeyError)
    const [platform, secret] = [await generateKey('X25519'), newPrivate()]
    const sealed = await sealToPlatform(secret, platform.publicRaw, announced)
    const transfer = concat(utf8('bidding/session/v1/transfer\0'), utf8(canonicalText(announced)))
    expect(await unwrap(sealed, platform, transfer)).toEqual(secret)
    expect(await unwrap(sealed, platform, info)).toBeNull()
  })
})

describe('statements', () => {
  test('what the device signs verifies, and nothing else does', async () => {
    const signing = await generateKey('Ed25519')
    const said = { act: 'bid/withdraw', lot: 'lot-7', by: 'party-3', body: { manifest_hash: 'x' }, now: new Date(0) }
    const { statement, signature } = await signStatement(signing, said)
    const signed = { payload: utf8(canonicalText(statement)), signature: unb64(signature) }
    expect(await verifyStatement(signed, signing.publicRaw)).toEqual(statement)
    const other = await generateKey('Ed25519')
    await expect(verifyStatement(signed, other.publicRaw)).rejects.toThrow(SignatureError)
    const fraction = signStatement(signing, { ...said, body: { price: 1.5 } })
    await expect(fraction).rejects.toThrow(CanonicalError)
  })
})

describe('canonical JSON', () => {
  test.each(['{"b":1,"a":2}', '{"a":1,"a":1}', '{"a": 1}', '{"a":1.0}', '{"a":1e0}', '"\\u0041"', '-0', '\ufeff1'])(
    '%s is refused',
    async (text) => {
      const { unknown } = await import('valibot')
      expect(() => parseCanonical(utf8(text), unknown())).toThrow(CanonicalError)
    },
  )

  test('keys sort by UTF-16 unit, and half a surrogate pair has no form', () => {
    expect(canonicalText({ '！': 1, '𠀀': 2 })).toBe('{"𠀀":2,"！":1}')
    expect(() => canonicalText('\ud800')).toThrow(CanonicalError)
    expect(() => canonicalText(2 ** 53)).toThrow(CanonicalError)
  })
})

describe('recovery code', () => {
  test('a misread letter is found', async () => {
    const seed = newPrivate()
    const code = await recoveryCode(seed)
    expect(await seedOfCode(code)).toEqual(seed)
    expect(await keyMatches(seed, b64((await ownKey(seed, 'X25519')).publicRaw))).toBe(true)
    const wrong = code.replace(/.$/, (letter) => (letter === '7' ? '8' : '7'))
    await expect(seedOfCode(wrong)).rejects.toMatchObject({ detail: { reason: 'checksum' } })
    await expect(seedOfCode(code.slice(5))).rejects.toMatchObject({ detail: { reason: 'length' } })
    await expect(seedOfCode(code.replace(/^.{6}/, '0000-U'))).rejects.toMatchObject({
      detail: { reason: 'letter', group: 2 },
    })
    await expect(recoveryCode(random(31))).rejects.toThrow(KeyError)
  })
})

describe('archive', () => {
  const files = new Map([['投标.pdf', new Uint8Array(70_000).map((_, at) => at * 31)], ['a.txt', utf8('hello')], ['empty', new Uint8Array()]])

  function archive(): Bytes {
    const laid = layOut(new Map([...files].map(([name, data]) => [name, data.length])))
    const content = (index: number): Bytes => files.get(laid.names[index] ?? '') ?? new Uint8Array()
    return concat(
      ...laid.pieces.map((piece) => ('file' in piece ? content(piece.file) : piece.make((i) => crc32(content(i))))),
    )
  }

  test('its directory tells the files and where they begin', async () => {
    const data = archive()
    const read = (offset: number, length: number) => Promise.resolve(data.slice(offset, offset + length))
    const found = await members(read, data.length)
    expect(found.map(({ name }) => name)).toEqual(['a.txt', 'empty', '投标.pdf'])
    for (const member of found) {
      const start = await contentStart(read, member)
      const content = data.slice(start, start + member.length)
      expect(hex(content)).toBe(hex(files.get(member.name) ?? random(1)))
      expect(crc32(content)).toBe(member.crc)
    }
  })

  test('what is not one is refused, wherever it is cut', async () => {
    const data = archive()
    for (let length = 0; length < data.length; length += 97) {
      const read = (offset: number, count: number) => Promise.resolve(data.slice(offset, Math.min(length, offset + count)))
      await expect(members(read, length)).rejects.toMatchObject({ layer: 'container' })
    }
  })

  test('a name is judged before anything is read', () => {
    expect(() => layOut(new Map([['a/b', 1]]))).toThrow(FileNameError)
  })

  test('checksums of pieces join', () => {
    const data = new Uint8Array(100_003).map((_, at) => (at * at) / 7)
    for (const cut of [0, 1, 17, 65_536, 100_003]) {
      const [first, second] = [data.subarray(0, cut), data.subarray(cut)]
      expect(joinedCrc(crc32(first), crc32(second), second.length)).toBe(crc32(data))
      expect(crc32(second, crc32(first))).toBe(crc32(data))
    }
    expect(crc32(utf8('123456789'))).toBe(0xcbf43926)
  })
})
