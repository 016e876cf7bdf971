/** One file checked in this browser, step by step: a lot's record, a bundle, or a paper that the platform signed. */

import type { X509Certificate } from '@peculiar/x509'
import * as v from 'valibot'

import { digest, fromUtf8, unb64, type Bytes } from '@/crypto/bytes'
import { parseCanonical } from '@/crypto/canonical'

import { checkActs } from './acts'
import { checkCandidates, checkContract, checkNotice } from './award'
import { checkDisclosed, merged, readDisclosed } from './bundle'
import { checkCertificates } from './certificates'
import { checkCheckpoints } from './checkpoints'
import { checkComplete } from './complete'
import { checkDisclosedLog } from './disclosedlog'
import { checkDraw } from './draws'
import { checkEscrow, checkTrial } from './escrow'
import { first, readEvents, type Event, type Read } from './events'
import { checkExperts } from './experts'
import { checkFiles, type Chosen } from './files'
import { checkForms, isLost } from './forms'
import { Bundle, LotRecord, Paper } from './format'
import { checkHistory } from './history'
import { checkLog } from './log'
import { checkOnTime } from './ontime'
import { checkManifests, checkReceipts } from './opening'
import { checkOpeningRecord } from './openingrecord'
import { checkPaper } from './paper'
import { checkRuns } from './runs'
import { checkScores } from './scores'
import { checkBundleSeal, checkSeal } from './seal'
import { Imported, Roll } from './shapes'
import { Elsewhere, Fault, within, type Check, type Step } from './steps'
import { checkReference, checkTable } from './table'
import { checkTimestamps } from './timestamps'

type Passed = (step: Step, said: string) => void

interface Say {
  readonly passed: Passed
  /** This page cannot do the step: why, and what can. */
  elsewhere(step: Step, reason: string): void
}

/** `none`: nothing of what can be verified. */
export type Kind = 'record' | 'bundle' | 'paper' | 'none'

/** `check`: as each is done; `progress`: of the forms, which take the time. */
export interface Told {
  check(check: Check): void
  progress(done: number, total: number): void
  /** Bytes of the files that were brought, read so far and in all. */
  reading?(done: number, total: number): void
}

/**
 * What the reader brings to the file. `roots`: of time-stamp authorities that it trusts, `caRoots`: of licensed
 * authorities, `logKey`: the verifiable log's verifier key that it trusts; `files`: to be laid beside.
 */
export interface Brought {
  readonly roots?: readonly X509Certificate[]
  readonly caRoots?: readonly X509Certificate[]
  readonly logKey?: string | null
  readonly files?: readonly Chosen[]
}

export interface Result {
  readonly kind: Kind
  readonly checks: readonly Check[]
  /** Hex SHA-256 of the platform key in the file: to be compared with the published one. */
  readonly key: string
}

/** All checks in order; one that fails ends the list: what follows would rest on it. `trusted`: the raw key you trust. */
export async function verifyFile(data: Bytes, trusted: Bytes | null, told: Told, brought: Brought = {}): Promise<Result> {
  const checks: Check[] = []
  const passed = (step: Step, said: string): void => {
    const check = { step, said, fault: '', elsewhere: '' }
    checks.push(check)
    told.check(check)
  }
  const say: Say = {
    passed,
    elsewhere: (step, elsewhere) => {
      const check = { step, said: '', fault: '', elsewhere }
      checks.push(check)
      told.check(check)
    },
  }
  const kind = kindOf(data)
  let key = trusted
  try {
    if (kind === 'paper') {
      const paper = await within('file', () => parseCanonical(data, Paper))
      if (trusted === null) throw new Fault('signature', "a receipt is verified with the platform's public key: give it")
      const check = await checkPaper(paper, trusted)
      passed(check.step, check.said)
    } else if (kind === 'bundle') {
      const bundle = await within('file', () => parseCanonical(data, Bundle))
      key = await within('seal', () => unb64(bundle.record.platform_key))
      passed('bundle', 'canonical form, nothing added or left out')
      await checkBundleSeal(bundle, trusted)
      passed('bundle seal', `by the platform, as disclosed to ${bundle.party || 'anyone'}`)
      const read = await checkRecord(bundle.record, trusted, say, told, brought)
      const added = await readDisclosed(bundle)
      passed('disclosed', `${String(added.length)} further events`)
      const { caRoots = [], logKey = null } = brought
      for (const held of await within('disclosed log', () => checkDisclosedLog(bundle, read, added, logKey !== null))) passed('disclosed log', held)
      const [devices, acts] = await checkDisclosed(bundle, read, added, caRoots)
      for (const held of devices) passed('disclosed certificates', held)
      passed('disclosed acts', `${String(acts)} binding acts signed by their authors' devices`)
      const trial = await within('escrow', () => checkTrial(added))
      if (trial !== null) passed('escrow', trial)
      const events = merged(bundle, read, added)
      passed('history', await within('history', () => checkHistory(bundle, events)))
      if (events.length > read.events.length) await checkScored({ ...read, events }, passed)
      await checkBeside(read, added, passed, told, brought)
    } else {
      const record = await within('file', () => parseCanonical(data, LotRecord))
      key = await within('seal', () => unb64(record.platform_key))
      const read = await checkRecord(record, trusted, say, told, brought)
      await checkBeside(read, [], passed, told, brought)
    }
  } catch (error) {
    const fault = error instanceof Fault ? error : new Fault('file', String(error))
    const check = { step: fault.step, said: '', fault: fault.reason, elsewhere: '' }
    checks.push(check)
    told.check(check)
  }
  return { kind, checks, key: key ? await digest(key) : '' }
}

async function checkRecord(record: LotRecord, trusted: Bytes | null, say: Say, told: Told, brought: Brought): Promise<Read> {
  const { passed } = say
  const { roots = [], caRoots = [], logKey = null } = brought
  const read = await checkFile(record, trusted, caRoots, passed)
  await orElsewhere(say, () => checkTender(read, passed, told))
  await orElsewhere(say, async () => {
    for (const stamp of await within('time-stamps', () => checkTimestamps(read, roots))) passed('time-stamps', stamp)
  })
  const proved = await within('log', () => checkLog(record, logKey))
  if (proved !== null) passed('log', proved)
  const punctual = await within('on time', () => checkOnTime(read, logKey !== null))
  if (punctual !== null) passed('on time', punctual)
  const complete = await within('completeness', () => checkComplete(read))
  if (complete !== null) passed('completeness', complete)
  for (const stood of await within('checkpoints', () => checkCheckpoints(read))) passed('checkpoints', stood)
  return read
}

async function checkBeside(read: Read, added: readonly Event[], passed: Passed, told: Told, { files = [] }: Brought): Promise<void> {
  if (files.length === 0) return
  const total = files.reduce((sum, one) => sum + one.data.size, 0)
  await within('files', () => checkFiles(files, read, added, (said) => { passed('files', said) }, (done) => told.reading?.(done, total)))
}

/** What this page cannot do is told, and what does not rest on it goes on. */
async function orElsewhere(say: Say, work: () => Promise<void>): Promise<void> {
  await work().catch((error: unknown) => {
    if (!(error instanceof Elsewhere)) throw error
    say.elsewhere(error.step, error.reason)
  })
}

async function checkFile(record: LotRecord, trusted: Bytes | null, caRoots: readonly X509Certificate[], passed: Passed): Promise<Read> {
  passed('file', 'canonical form, nothing added or left out')
  await checkSeal(record, trusted)
  passed('seal', trusted ? 'signed by the platform key you gave' : 'signed by the key in the file; compare it with the published one')
  const read = await readEvents(record)
  passed('events', `${String(record.events.length)} public events, each in its canonical form and order`)
  for (const held of await checkCertificates(read, record.certificates, caRoots)) passed('certificates', held)
  passed('acts', `${String(await checkActs(read, read.events, record.log?.leaves ?? []))} binding acts signed by their authors' devices`)
  return read
}

/** Bids, opening, award. What this page cannot do ends it as `Elsewhere`: the rest would rest on it. */
async function checkTender(read: Read, passed: Passed, told: Told): Promise<void> {
  const { record } = read
  const roll = await within('manifests', () => first(read, 'lot.roll-published.v1', Roll))
  if (roll === undefined) return
  const manifests = await within('manifests', () => checkManifests(read, roll))
  passed('manifests', `${String(manifests.size)} bids signed by their bidders, for the tender document as issued`)
  await within('receipts', () => checkReceipts(read, roll))
  passed('receipts', `${String(record.receipts.length)} receipts of the platform for just these bids, before the deadline`)
  const run = await checkRuns(read, manifests, passed)
  if (run === null) return
  for (const held of await within('escrow', () => checkEscrow(read, manifests))) passed('escrow', held)
  const imported = await within('forms', () => first(read, 'lot.bids-imported.v1', Imported))
  if (imported === undefined) return
  const total = imported.results.length
  await within('forms', () => checkForms(read, imported, manifests, run, (done) => { told.progress(done, total) }))
  const lost = imported.results.filter(isLost).length
  passed('forms', `${String(total - lost)} opened again with the published keys, with the same result`)
  if (lost > 0) passed('forms', `${String(lost)} lost by the platform, as it says itself; the receipts of these bids still bind it`)
  const drawn = await within('draw', () => checkDraw(read))
  if (drawn !== null) passed('draw', `${drawn} follows from the nonces and the beacon revealed`)
  await checkOutcome(read, roll, imported, passed)
}

async function checkOutcome(read: Read, roll: Roll, imported: Imported, passed: Passed): Promise<void> {
  const lines = await within('table', () => checkTable(read, imported))
  if (lines !== null) passed('table', `${String(lines)} lines as opened, announced in one batch`)
  if (await within('标底', () => checkReference(read))) passed('标底', 'as committed to before the deadline')
  if (await within('opening record', () => checkOpeningRecord(read))) {
    passed('opening record', 'follows from the events byte for byte, signed by agency and supervisor')
  }
  const experts = await within('experts', () => checkExperts(read))
  if (experts !== null) passed('experts', experts)
  const count = await within('candidates', () => checkCandidates(read, roll, imported))
  if (count !== null) passed('candidates', `${String(count)}, with the values of their opened forms`)
  if (await within('award notice', () => checkNotice(read, imported))) {
    passed('award notice', 'to a bidder on the roll, with the values of its opened form')
  }
  if (await within('contract', () => checkContract(read))) {
    passed('contract', "with the winner, at the price of the bid, under the award notice's number")
  }
  await checkScored(read, passed)
}

async function checkScored(read: Read, passed: Passed): Promise<void> {
  for (const held of await within('scores', () => checkScores(read))) passed('scores', held)
}

/** By what the file calls itself; what calls itself nothing can only be a paper. */
function kindOf(data: Bytes): Kind {
  try {
    const { format } = v.parse(v.looseObject({ format: v.optional(v.string(), '') }), JSON.parse(fromUtf8(data)))
    if (format === '') return 'paper'
    return format.startsWith('bidding/bundle/') ? 'bundle' : format.startsWith('bidding/lot-record/') ? 'record' : 'none'
  } catch {
    return 'none'
  }
}
