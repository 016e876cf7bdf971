// @vitest-environment node
/** The whole pipeline without a browser: workers are message channels, files are Blobs, the sink is memory. */
import { describe, expect, test } from 'vitest'

import { newBody, type DerivedBody } from '@/crypto/body'
import { concat, equal, random, type Bytes } from '@/crypto/bytes'
import { layOut } from '@/crypto/archive'
import { crc32 } from '@/crypto/crc32'
import { openBytes } from '@/crypto/envelope'
import { FileChangedError, OpeningError, StorageFullError } from '@/crypto/errors'
import { treeRoot } from '@/crypto/parts'
import { bodyContext, type Target } from '@/crypto/target'

import { Caller, serve } from './call'
import { cipherAnswers } from './cipher'
import { RUN_SIZE } from './content'
import { keeperAnswers } from './keeper'
import { extract, openAll, type OpenJob } from './opener'
import { BEHIND, seal, type Hands, type SealedResult } from './sealer'
import { Sums } from './sums'

const TARGET: Target = {
  document_hash: 'a'.repeat(64),
  document_version: 1,
  lot: 'lot-7',
  bidder: 'party-3',
  envelope: 'technical',
  bid_version: 1,
  suite: 'intl-1',
}

function worker(): Caller {
  const { port1, port2 } = new MessageChannel()
  serve(port1, { ...cipherAnswers(), ...keeperAnswers() })
  port1.start()
  port2.start()
  return new Caller(port2)
}

function hands(ciphers: number): Hands {
  return { keeper: worker(), ciphers: Array.from({ length: ciphers }, worker) }
}

function pattern(length: number, seed: number): Bytes {
  return new Uint8Array(length).map((_, at) => (at * 31 + (at >> 8) * seed) & 255)
}

/** What the archive must be, put together in one piece. */
function archiveOf(files: ReadonlyMap<string, Bytes>): Bytes {
  const laid = layOut(new Map([...files].map(([name, data]) => [name, data.length])))
  const content = (index: number): Bytes => files.get(laid.names[index] ?? '') ?? new Uint8Array()
  return concat(
    ...laid.pieces.map((piece) => ('file' in piece ? content(piece.file) : piece.make((i) => crc32(content(i))))),
  )
}

async function sealed(files: ReadonlyMap<string, Bytes>, workers: number): Promise<SealedResult & { cek: Bytes; body: DerivedBody }> {
  const cek = random(32)
  const body = await newBody(cek, bodyContext(TARGET), TARGET.suite)
  const blobs = new Map([...files].map(([name, data]) => [name, new Blob([data])]))
  const job = { envelope: 'technical', bytes: null, files: blobs, body, header: body.header, place: { kind: 'memory' } as const }
  const result = await seal(job, hands(workers), () => undefined)
  return { ...result, cek, body }
}

const SHAPES: Record<string, ReadonlyMap<string, Bytes>> = {
  'one empty file': new Map([['a', new Uint8Array()]]),
  'small files': new Map([['b.pdf', pattern(5, 1)], ['a.pdf', pattern(16_384, 2)], ['投标.pdf', pattern(1, 3)]]),
  'a file that ends with the first run': new Map([['a', pattern(RUN_SIZE - 8 - 51, 1)], ['b', pattern(100, 2)]]),
  'its descriptor across two runs': new Map([['a', pattern(RUN_SIZE - 8 - 51 - 10, 1)], ['b', pattern(9, 2)]]),
  'files over many runs and parts': new Map([['x', pattern(3 * RUN_SIZE + 17, 5)], ['y', pattern(2 * RUN_SIZE, 6)]]),
}

describe.each(Object.entries(SHAPES))('%s', (_, files) => {
  test.each([1, 3])('with %i workers it is the archive, sealed', async (workers) => {
    const { sealed: blob, partHashes, length, cek, body } = await sealed(files, workers)
    const data = new Uint8Array(await blob.arrayBuffer())
    expect(data.length).toBe(length)
    const content = await openBytes(data, TARGET, cek, await treeRoot(partHashes), body.header)
    expect(equal(content, archiveOf(files))).toBe(true)
  })

  test('a trial opening finds every file as it was', async () => {
    const { sealed: blob, partHashes, body } = await sealed(files, 2)
    const job: OpenJob = { envelope: 'technical', sealed: blob, body, root: await treeRoot(partHashes) }
    const found = await openAll(job, hands(2).ciphers, () => undefined)
    expect(found.map(({ name }) => name)).toEqual([...files.keys()].sort())
    for (const member of found) {
      const data = new Uint8Array(await (await extract(job, member)).arrayBuffer())
      expect(equal(data, files.get(member.name) ?? random(1))).toBe(true)
    }
  })
})

/** A cipher without a port, over which a handle made here could not go. */
function here(): Caller {
  const answers = cipherAnswers()
  const ask = async (kind: string, question: unknown): Promise<unknown> => (await answers[kind]?.(question as never))?.value
  return { ask } as unknown as Caller
}

/** A kept file as one worker at a time gets at it; `reads` counts. */
function keptAs(data: Bytes): { handle: FileSystemFileHandle; access: { held: number; most: number; reads: number } } {
  const access = { held: 0, most: 0, reads: 0 }
  const createSyncAccessHandle = (): Promise<unknown> => {
    if (access.held > 0) return Promise.reject(new DOMException('held', 'NoModificationAllowedError'))
    access.most = Math.max(access.most, (access.held += 1))
    return Promise.resolve({
      read(into: Bytes, { at }: { at: number }) {
        access.reads += 1
        const piece = data.subarray(at, at + into.length)
        into.set(piece)
        return piece.length
      },
      close: () => (access.held -= 1),
    })
  }
  return { handle: { createSyncAccessHandle } as unknown as FileSystemFileHandle, access }
}

test.each([1, 2])('a trial opening reads a kept file where %i workers can get at it, and lets go of it', async (workers) => {
  const files = new Map([['x', pattern(3 * RUN_SIZE + 17, 5)]])
  const { sealed: blob, partHashes, body } = await sealed(files, 2)
  const data = new Uint8Array(await blob.arrayBuffer())
  const { handle, access } = keptAs(data)
  const job = { envelope: 'technical', sealed: blob, body, root: await treeRoot(partHashes), kept: handle }
  const found = await openAll(job, Array.from({ length: workers }, here), () => undefined)
  expect(found.map(({ name }) => name)).toEqual(['x'])
  expect(access).toMatchObject({ held: 0, most: 1 })
  expect(access.reads).toBeGreaterThan(0)
  data[data.length - 100_000] = (data[data.length - 100_000] ?? 0) ^ 1 // in the kept file alone
  await expect(openAll(job, [here()], () => undefined)).rejects.toBeInstanceOf(OpeningError)
  expect(access.held).toBe(0)
})

describe('a trial opening refuses', () => {
  const files = new Map([['x.pdf', pattern(RUN_SIZE + 5, 5)]])

  test.each([
    ['a byte altered in the store', 'root', 70_000],
    ['a byte altered in the header', 'root', 20],
  ])('%s', async (_, layer, at) => {
    const { sealed: blob, partHashes, body } = await sealed(files, 1)
    const data = new Uint8Array(await blob.arrayBuffer())
    data[at] = (data[at] ?? 0) ^ 1
    const job: OpenJob = { envelope: 'technical', sealed: new Blob([data]), body, root: await treeRoot(partHashes) }
    await expect(openAll(job, hands(1).ciphers, () => undefined)).rejects.toMatchObject({ layer })
  })

  test('another key', async () => {
    const { sealed: blob, partHashes } = await sealed(files, 1)
    const body = await newBody(random(32), bodyContext(TARGET), TARGET.suite)
    const job: OpenJob = { envelope: 'technical', sealed: blob, body, root: await treeRoot(partHashes) }
    await expect(openAll(job, hands(1).ciphers, () => undefined)).rejects.toThrow(OpeningError)
  })
})

test('a disk that fills up is told as that, and what was begun is let go', async () => {
  const asked: string[] = []
  const full = (kind: string): Promise<unknown> => {
    asked.push(kind)
    const third = asked.filter((one) => one === 'write').length === 3
    return third ? Promise.reject(new StorageFullError({ at: RUN_SIZE })) : Promise.resolve(new Uint8Array())
  }
  const body = await newBody(random(32), bodyContext(TARGET), TARGET.suite)
  const files = new Map([['x.pdf', new Blob([pattern(3 * RUN_SIZE, 4)])]])
  const job = { envelope: 'technical', bytes: null, files, body, header: body.header, place: { kind: 'memory' } as const }
  const held = { ...hands(2), keeper: { ask: full } as unknown as Caller }
  await expect(seal(job, held, () => undefined)).rejects.toBeInstanceOf(StorageFullError)
  expect(asked.at(-1)).toBe('drop')
  expect(asked).not.toContain('kept')
})

/** Answers the questions that are waiting last come, first served: as far from the runs' order as workers can be. */
function backwards(cipher: Caller): Caller {
  const waiting: (() => void)[] = []
  const ask = async (kind: string, ...rest: [unknown, Transferable[]?]): Promise<unknown> => {
    await new Promise<void>((go) => {
      waiting.push(go)
      setTimeout(() => waiting.pop()?.(), 2)
    })
    return cipher.ask(kind, ...rest)
  }
  return { ask } as unknown as Caller
}

test('whatever the order of the workers, sealing ends, and a slow disk is never more than some runs behind', async () => {
  const body = await newBody(random(32), bodyContext(TARGET), TARGET.suite)
  const files = new Map([['x.pdf', new Blob([pattern(12 * RUN_SIZE, 4)])]])
  const job = { envelope: 'technical', bytes: null, files, body, header: body.header, place: { kind: 'memory' } as const }
  const { keeper, ciphers } = hands(2)
  let [enciphered, kept, most] = [0, 0, 0]
  const slow = async (kind: string, ...rest: [unknown, Transferable[]?]): Promise<unknown> => {
    if (kind === 'write') await new Promise((go) => setTimeout(go, 100))
    const answer = await keeper.ask(kind, ...rest)
    if (kind === 'write') kept += 1
    return answer
  }
  const counting = (cipher: Caller): Caller => ({
    async ask(kind: string, ...rest: [unknown, Transferable[]?]) {
      const answer = await cipher.ask(kind, ...rest)
      if (kind === 'seal') most = Math.max(most, (enciphered += 1) + 1 - kept) // the header is a write of its own
      return answer
    },
  }) as unknown as Caller
  const { length, sealed: whole } = await seal(job, { keeper: { ask: slow } as unknown as Caller, ciphers: ciphers.map((one) => backwards(counting(one))) }, () => undefined)
  expect(whole.size).toBe(length)
  expect(most).toBeGreaterThan(1)
  expect(most).toBeLessThanOrEqual(BEHIND)
})

test('a file that became shorter is not sealed', async () => {
  const body = await newBody(random(32), bodyContext(TARGET), TARGET.suite)
  const shrunk = { size: 100, slice: () => new Blob([new Uint8Array(50)]) } as unknown as Blob
  const answers = cipherAnswers()
  await answers.begin?.({ body, files: [shrunk] } as never)
  await expect(answers.read?.({ first: 0, size: 100, reads: [{ file: 0, from: 0, to: 100, at: 0 }] } as never)).rejects.toThrow(FileChangedError)
})

test('checksums wait for the runs before them', async () => {
  const sums = new Sums()
  const data = pattern(300, 9)
  sums.add(1, [{ file: 0, crc: crc32(data.subarray(100)), length: 200 }])
  let known = false
  const waiting = sums.upTo(1).then(() => (known = true))
  await Promise.resolve()
  expect(known).toBe(false)
  sums.add(0, [{ file: 0, crc: crc32(data.subarray(0, 100)), length: 100 }])
  await waiting
  expect(sums.crcOf(0)).toBe(crc32(data))
})
