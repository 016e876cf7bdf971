/** A bid on the bench: sealed on this device, tried, handed in; every state survives a reload. */

import { computed, onScopeDispose, reactive, ref, shallowRef, type Ref } from 'vue'

import { give } from '@/api/command'
import { Problem } from '@/api/problem'
import { session } from '@/app/session'
import { b64, fromUtf8, type Bytes } from '@/crypto/bytes'
import type { OpeningForm } from '@/crypto/form'
import { openForm } from '@/crypto/envelope'
import { OpeningError } from '@/crypto/errors'
import { POLICY_P3 } from '@/crypto/choices'
import { manifestHash, signManifest, unwrapCek, type Manifest } from '@/crypto/manifest'
import { named } from '@/crypto/names'
import { FORM } from '@/crypto/padding'
import type { Signed } from '@/crypto/signing'
import { current, sign } from '@/device/device'
import { boundOpening, heldOpening } from '@/device/opening'
import { acceptPolicy, requireLogged } from '@/log/trust'
import { openBid, sealBid, type CekOf, type OpenedBid, type SealedBid } from '@/sealing/bid'
import { ciphersToOpen, Engine } from '@/sealing/engine'
import { unpacked } from '@/sealing/package'
import { explained } from '@/sealing/problem'
import { adopt, change, clearSealed, discard, keptFiles, manifestOf, placeOf, recordsOf, remember, sealedFiles, sweep, type Beside, type BidRecord, type KeptReceipt } from '@/sealing/records'
import { sealingOf } from '@/sealing/terms'
import { ElsewhereError, handIn, refusalIn } from '@/sealing/upload'
import { startWorker } from '@/sealing/workers'
import { platform } from '@/time/clock'

import { openingKeys, type LotAndBid } from './use'
import { t } from './words'

export type Stage = 'idle' | 'sealing' | 'trying' | 'sending'

export interface Bench {
  readonly records: Ref<readonly BidRecord[]>
  /** The bid that this page is about: the last one sealed here. */
  readonly record: Ref<BidRecord | null>
  readonly opened: Ref<OpenedBid | null>
  readonly stage: Ref<Stage>
  /** Bytes; `since` in ms of the page's timer. */
  readonly progress: { done: number; total: number; since: number }
  readonly cut: Ref<boolean>
  readonly elsewhere: Ref<boolean>
  readonly refusal: Ref<KeptReceipt | null>
  readonly problem: Ref<unknown>
  /** Leaves of the log under whose checkpoint the notice was found before sealing. */
  readonly proved: Ref<number | null>
  /** Trustees alone open it (P3): it is tried as it is sealed, or never. */
  readonly alone: Ref<boolean>
  /** The sealed files were cleared away by the browser. */
  readonly gone: Ref<boolean>
  load(): Promise<void>
  seal(form: OpeningForm, files: ReadonlyMap<string, readonly File[]>, beside?: Beside): Promise<boolean>
  /** A package that the offline page sealed: kept here, signed by this device, tried. */
  adopted(file: File, beside?: Beside): Promise<void>
  attempt(): Promise<void>
  send(): Promise<void>
  cancel(): void
  withdraw(): Promise<void>
  /** The reader has compared the log's policy that the platform names now. */
  trust(): Promise<void>
  remove(): Promise<void>
  clear(): Promise<void>
}

export function useBench(id: string, about: LotAndBid): Bench {
  const records = shallowRef<readonly BidRecord[]>([])
  const opened = shallowRef<OpenedBid | null>(null)
  const stage = ref<Stage>('idle')
  const progress = reactive({ done: 0, total: 0, since: 0 })
  const cut = ref(false)
  const elsewhere = ref(false)
  const refusal = shallowRef<KeptReceipt | null>(null)
  const problem = shallowRef<unknown>(null)
  const gone = ref(false)
  const proved = ref<number | null>(null)
  const record = computed(() => records.value[0] ?? null)
  const alone = computed(() => record.value !== null && manifestOf(record.value).policy === POLICY_P3)
  let engine: Engine | null = null
  /** Of the bid sealed last, by its record, until it was tried: under P3 nobody here can open it afterwards. */
  let fresh: { readonly id: string; readonly ceks: ReadonlyMap<string, Bytes> } | null = null
  let stopping = new AbortController()

  const report = (done: number, total: number): void => {
    progress.done = done
    progress.total = total
  }

  async function load(): Promise<void> {
    await sweep().catch(() => undefined)
    records.value = await recordsOf(session.who?.party ?? '', id)
    await sealedThere()
  }

  async function sealedThere(): Promise<void> {
    gone.value = false
    if (record.value === null || !record.value.kept || record.value.receipt) return
    await sealedFiles(record.value).catch(() => {
      gone.value = true
    })
  }

  /** One thing at a time; a double press is one press. False if it did not come to its end. */
  async function during(what: Stage, act: () => Promise<void>): Promise<boolean> {
    if (stage.value !== 'idle') return false
    stage.value = what
    problem.value = null
    stopping = new AbortController()
    Object.assign(progress, { done: 0, total: 0, since: performance.now() })
    try {
      await act()
      return true
    } catch (thrown) {
      if (thrown instanceof ElsewhereError) elsewhere.value = true
      else if (!(thrown instanceof DOMException && thrown.name === 'AbortError')) await failed(thrown)
      return false
    } finally {
      stage.value = 'idle'
      cut.value = false
    }
  }

  async function failed(thrown: unknown): Promise<void> {
    problem.value = explained(thrown)
    if (thrown instanceof Problem) refusal.value = await refusalIn(thrown).catch(() => null)
  }

  function seal(form: OpeningForm, files: ReadonlyMap<string, readonly File[]>, beside?: Beside): Promise<boolean> {
    return during('sealing', async () => {
      const document = about.lot.value?.notice.documents.at(-1)
      const own = about.own.value
      const terms = about.lot.value?.notice.terms
      if (document === undefined || own === null || session.who === null || !terms) return
      const sealing = sealingOf(terms)
      await proveNotice()
      const device = await current()
      if (sealing.policy !== POLICY_P3) await boundOpening(device, sealing.suite)
      const keys = sealing.policy === POLICY_P3 ? [] : await openingKeys(sealing.suite)
      const address = {
        ...sealing,
        lot: id,
        bidder: session.who.party,
        document_hash: document.sha256,
        document_version: document.version,
        bid_version: own.next_version,
        supersedes: own.supersedes,
      }
      const documents = new Map([...files].map(([name, chosen]) => [name, named(chosen)]))
      const made = crypto.randomUUID()
      const place = (envelope: string) => placeOf(made, envelope)
      stopEngine()
      engine = new Engine(startWorker)
      const working = engine
      await navigator.locks.request('bidding-sealing', { mode: 'shared' }, async () => {
        const sealed = await sealBid(working, address, form, documents, keys.map((key) => key.publicRaw), place, report)
        stopEngine() // its memory goes while the manifest is signed, before other workers begin the trial opening
        const signed = await signManifest(device.signing, sealed.manifest)
        await keepIt(made, sealed.manifest, signed, form, beside)
        fresh = { id: made, ceks: sealed.ceks }
      })
      await replaceOlder()
    })
  }

  function adopted(file: File, beside?: Beside): Promise<void> {
    return during('sealing', async () => {
      await proveNotice()
      const sealed = await unpacked(file)
      const { lot, bidder, bid_version: version } = sealed.manifest
      if (lot !== id || bidder !== session.who?.party || version !== about.own.value?.next_version) {
        throw new OpeningError('manifest', t('offline.foreign'))
      }
      const device = await current()
      const form = sealed.manifest.policy === POLICY_P3 ? null : await formIn(sealed)
      const made = crypto.randomUUID()
      await navigator.locks.request('bidding-sealing', { mode: 'shared' }, async () => {
        await adopt(made, sealed.sealed)
        await keepIt(made, sealed.manifest, await signManifest(device.signing, sealed.manifest), form, beside)
      })
      await replaceOlder()
    }).then(() => undefined)
  }

  async function formIn({ manifest, sealed }: SealedBid): Promise<OpeningForm> {
    const body = new Uint8Array(await (sealed.get(FORM) ?? new Blob()).arrayBuffer())
    return openForm(body, manifest, await (await keysHere(manifest))(FORM))
  }

  /** By this device's own key of the bid's suite. OpeningError if it has none. */
  async function keysHere(manifest: Manifest): Promise<CekOf> {
    const opening = await heldOpening(await current(), manifest.suite)
    if (opening === null) throw new OpeningError('manifest', 'not addressed to this key')
    return (envelope) => unwrapCek(manifest, envelope, opening)
  }

  /** Nothing is sealed or signed for a notice that the witnessed log does not prove (docs/log.md). */
  async function proveNotice(): Promise<void> {
    const notice = about.lot.value?.notice
    if (notice !== undefined) proved.value = (await requireLogged(id, notice)).size
  }

  async function keepIt(made: string, manifest: Manifest, signed: Signed, form: OpeningForm | null, beside?: Beside): Promise<void> {
    await remember({
      id: made,
      lot: id,
      title: about.lot.value?.notice.title ?? '',
      party: manifest.bidder,
      at: platform.now(),
      manifest: fromUtf8(signed.payload),
      manifestHash: await manifestHash(manifest),
      signature: b64(signed.signature),
      form,
      tried: false,
      uploads: {},
      kept: true,
      ...beside,
    })
  }

  /** The new one counts on this bench; older ones that were never handed in are of no use. Then it is tried. */
  async function replaceOlder(): Promise<void> {
    for (const one of records.value.filter(({ receipt }) => !receipt)) await discard(one.id)
    await load()
    if (alone.value && fresh?.id !== record.value?.id) return
    stage.value = 'trying'
    await tryIt()
  }

  async function attempt(): Promise<void> {
    await during('trying', tryIt)
  }

  async function tryIt(): Promise<void> {
    const one = record.value
    if (one === null) return
    const manifest = manifestOf(one)
    const cekOf = fresh?.id === one.id ? ofFresh(fresh.ceks) : await keysHere(manifest)
    Object.assign(progress, { done: 0, total: 0, since: performance.now() })
    stopEngine() // what its workers left behind goes with them
    engine = new Engine(startWorker, ciphersToOpen(manifest.suite))
    const sealed = await sealedFiles(one)
    opened.value = await openBid(engine, { manifest, sealed, kept: await keptFiles(one) }, cekOf, report)
    await change(one.id, { tried: true })
    fresh = null
    await load()
  }

  function ofFresh(ceks: ReadonlyMap<string, Bytes>): CekOf {
    return (envelope) => {
      const cek = ceks.get(envelope)
      return cek === undefined ? Promise.reject(new OpeningError('manifest', 'no such envelope', envelope)) : Promise.resolve(cek)
    }
  }

  async function send(): Promise<void> {
    elsewhere.value = false
    await during('sending', async () => {
      const one = record.value
      if (one === null) return
      await handIn(one, report, (now) => { cut.value = now }, stopping.signal)
    })
    await Promise.all([load(), about.load()])
  }

  function cancel(): void {
    stopping.abort()
    stopEngine()
  }

  async function withdraw(): Promise<void> {
    const hash = about.own.value?.effective ?? null
    if (hash === null) return
    problem.value = null
    try {
      await give('bid/withdraw', id, { manifest_hash: hash }, { sign })
      await about.load()
    } catch (thrown) {
      problem.value = thrown
    }
  }

  async function trust(): Promise<void> {
    problem.value = null
    await acceptPolicy().catch(failed)
  }

  async function remove(): Promise<void> {
    if (record.value !== null && !record.value.receipt) await discard(record.value.id)
    opened.value = null
    await load()
  }

  async function clear(): Promise<void> {
    if (record.value?.receipt) await clearSealed(record.value.id)
    opened.value = null
    await load()
  }

  function stopEngine(): void {
    engine?.close()
    engine = null
  }

  onScopeDispose(() => {
    stopping.abort()
    stopEngine()
  })
  return { records, record, opened, stage, progress, cut, elsewhere, refusal, problem, proved, alone, gone, load, seal, adopted, attempt, send, cancel, withdraw, trust, remove, clear }
}
