/** Handing a sealed bid in: uploads that go on where they were cut, then the signed manifest, then the receipt. */

import { Upload, type DetailedError } from 'tus-js-client'

import { give } from '@/api/command'
import { Problem, unreachable } from '@/api/problem'
import { read } from '@/api/read'
import { askLogin } from '@/app/session'
import { unb64, utf8 } from '@/crypto/bytes'
import { SignatureError } from '@/crypto/errors'
import { verifyReceipt, verifyRefusal, type Receipt } from '@/crypto/receipt'
import { sign } from '@/device/device'
import { language } from '@/i18n'

import type { Progress } from './bid'
import { change, manifestOf, sealedFiles, type BidRecord, type KeptReceipt } from './records'

const CHUNK = 8 * 1024 * 1024
/** Milliseconds between tries; after the last it waits for the network to come back, or as long again. */
const DELAYS = [0, 500, 1500, 4000]
const LONGEST_WAIT = 8000

/** Another tab of this browser is handing this bid in. */
export class ElsewhereError extends Error {}

/**
 * Upload what is not there yet, hand in the manifest, check and keep the receipt. Called again it goes on.
 *
 * `waiting` is told when the network is gone and when it is back. Throws `Problem`, ElsewhereError, and the signal's
 * reason when it was cancelled: what has arrived stays.
 */
export async function handIn(
  bid: BidRecord,
  progress: Progress,
  waiting: (cut: boolean) => void,
  signal: AbortSignal,
): Promise<BidRecord> {
  return navigator.locks.request(`bidding-upload-${bid.id}`, { ifAvailable: true }, async (lock) => {
    if (lock === null) throw new ElsewhereError()
    const before = await patiently(() => accepted(bid), waiting, signal)
    if (before !== null) return kept(bid, before)
    const manifest = manifestOf(bid)
    const files = await sealedFiles(bid)
    const total = manifest.envelopes.reduce((sum, envelope) => sum + envelope.sealed_length, 0)
    const uploads: Record<string, string> = { ...bid.uploads }
    let done = 0
    for (const { name, sealed_length } of manifest.envelopes) {
      const at = done
      const job: Job = {
        file: files.get(name) ?? new Blob(),
        lot: bid.lot,
        envelope: name,
        known: uploads[name] ?? null,
        async began(url) {
          uploads[name] = url
          await change(bid.id, { uploads })
        },
        progress(sent) {
          progress(at + sent, total)
        },
      }
      await persistently(job, waiting, signal)
      done += sealed_length
      progress(done, total)
    }
    const ids = Object.fromEntries(Object.entries(uploads).map(([name, url]) => [name, url.split('/').at(-1) ?? '']))
    const body = { manifest: bid.manifest, manifest_signature: bid.signature, uploads: ids, consortium: bid.consortium ?? null, qualifications: bid.qualifications ?? [] }
    // The answer of a try may have been lost on its way: the platform is asked before the next.
    const submitted = async (): Promise<Answer> => (await accepted(bid)) ?? ((await give('bid/submit', bid.lot, body, { sign })).answer as unknown as Answer)
    return kept(bid, await patiently(submitted, waiting, signal))
  })
}

interface Answer {
  readonly receipt: string
  readonly receipt_signature: string
}

/** The platform's answer of an earlier try whose answer was lost on the way here. */
async function accepted(bid: BidRecord): Promise<Answer | null> {
  const own = (await read('/lots/{lot_id}/bid', { path: { lot_id: bid.lot } })) as {
    readonly effective: string | null
    readonly versions: readonly (Answer & { readonly manifest_hash: string })[]
  }
  if (own.effective !== bid.manifestHash) return null
  return own.versions.find((one) => one.manifest_hash === bid.manifestHash) ?? null
}

async function kept(bid: BidRecord, answer: Answer): Promise<BidRecord> {
  const receipt = { receipt: answer.receipt, signature: answer.receipt_signature, platformKey: await platformKey(answer.receipt) }
  const checked = await checkedReceipt(receipt)
  if (checked.manifest_hash !== bid.manifestHash) throw new SignatureError('bidding/receipt/v1', 'for another bid')
  return (await change(bid.id, { receipt })) ?? { ...bid, receipt }
}

/** The receipt, signed by the platform's key. SignatureError, CanonicalError. */
export function checkedReceipt(receipt: KeptReceipt): Promise<Receipt> {
  return verifyReceipt({ payload: utf8(receipt.receipt), signature: unb64(receipt.signature) }, unb64(receipt.platformKey))
}

/** A refusal is signed too: it is the bidder's evidence. Null if the problem carries none. */
export async function refusalIn(problem: Problem): Promise<KeptReceipt | null> {
  const { receipt, receipt_signature: signature } = problem.found
  if (typeof receipt !== 'string' || typeof signature !== 'string') return null
  const found = { receipt, signature, platformKey: await platformKey(receipt) }
  await verifyRefusal({ payload: utf8(receipt), signature: unb64(signature) }, unb64(found.platformKey))
  return found
}

/** The platform key that a receipt names: those of test lots are signed by another one. */
export async function platformKey(receipt: string): Promise<string> {
  const { platform_key: named } = JSON.parse(receipt) as { platform_key: string }
  const keys = (await read('/keys')) as Record<'receipt' | 'receipt_test' | 'receipt_test_id', string>
  return named === keys.receipt_test_id ? keys.receipt_test : keys.receipt
}

interface Job {
  readonly file: Blob
  readonly lot: string
  readonly envelope: string
  readonly known: string | null
  began(url: string): Promise<void>
  progress(sent: number): void
}

/** One envelope, to its end, from where it was cut. */
export async function persistently(job: Job, waiting: (cut: boolean) => void, signal: AbortSignal): Promise<void> {
  let known = job.known
  const began = async (url: string): Promise<void> => {
    known = url
    await job.began(url)
  }
  await patiently(() => once({ ...job, known, began }, signal), waiting, signal)
}

/** `step`, which may be repeated. A cut network only makes it wait; an ended session asks for a login; a refusal ends it. */
export async function patiently<T>(step: () => Promise<T>, waiting: (cut: boolean) => void, signal: AbortSignal): Promise<T> {
  for (;;) {
    try {
      const done = await step()
      waiting(false)
      return done
    } catch (thrown) {
      signal.throwIfAborted()
      if (!(thrown instanceof Problem)) throw thrown
      if (thrown.status === 401 && (await askLogin())) continue
      if (!thrown.passing) throw thrown
      waiting(true)
      await networkOrPause(thrown.retryAfter * 1000 || LONGEST_WAIT, signal)
    }
  }
}

function once(job: Job, signal: AbortSignal): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    const begun: Promise<void>[] = []
    const upload = new Upload(job.file, {
      endpoint: '/uploads',
      ...(job.known === null ? {} : { uploadUrl: job.known }),
      metadata: { lot: job.lot, envelope: job.envelope },
      headers: { 'Accept-Language': language.value },
      chunkSize: CHUNK,
      retryDelays: DELAYS,
      storeFingerprintForResuming: false, // the record of the bid remembers
      onUploadUrlAvailable() {
        if (upload.url !== null) begun.push(job.began(new URL(upload.url, location.href).pathname))
      },
      onProgress(sent) {
        job.progress(sent)
      },
      onSuccess() {
        Promise.all(begun).then(() => {
          resolve()
        }, reject)
      },
      onError(error) {
        reject(problemOf(error))
      },
    })
    signal.addEventListener('abort', () => {
      void upload.abort()
      reject(signal.reason as Error)
    })
    signal.throwIfAborted()
    upload.start()
  })
}

/** tus-js-client's error as the API's problem. */
function problemOf(error: Error | DetailedError): Error {
  const response = 'originalResponse' in error ? error.originalResponse : null
  if (response === null) return unreachable()
  const status = response.getStatus()
  const retryAfter = Number(response.getHeader('Retry-After') ?? '') || 0
  try {
    return new Problem(status, JSON.parse(response.getBody()) as ConstructorParameters<typeof Problem>[1], retryAfter)
  } catch {
    return status === 0 || status >= 500 ? unreachable() : error // a proxy's page, not ours
  }
}

async function networkOrPause(longest: number, signal: AbortSignal): Promise<void> {
  await new Promise<void>((resolve) => {
    const go = (): void => {
      clearTimeout(timer)
      window.removeEventListener('online', go)
      signal.removeEventListener('abort', go)
      resolve()
    }
    const timer = setTimeout(go, longest)
    window.addEventListener('online', go)
    signal.addEventListener('abort', go)
  })
  signal.throwIfAborted()
}
