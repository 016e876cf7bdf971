/** Every form, opened again with the published keys, the trustees' or from its spare file: commitment to content. */

import * as v from 'valibot'

import { byCodePoint } from '@/crypto/archive'
import { b64, digest, unb64, type Bytes } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { openForm } from '@/crypto/envelope'
import { OpeningError } from '@/crypto/errors'
import { formBytes, type OpeningForm } from '@/crypto/form'
import type { Manifest } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'
import { verifyReceipt } from '@/crypto/receipt'
import { recoverCek, type KeyRelease } from '@/crypto/release'
import { spareFormOf } from '@/crypto/spare'
import { openingKey, type OpeningKey } from '@/crypto/suite'

import { signed } from './acts'
import { all, type Read } from './events'
import type { Manifests, Sessions } from './opening'
import { FormKey, type Form, type Imported } from './shapes'
import { demand } from './steps'

type Result = Imported['results'][number]
type Privates = Readonly<Record<'agency' | 'supervisor', OpeningKey>>

const HandedIn = v.object({ bidder: v.string(), sha256: v.string(), at: v.string() })
const Accepted = v.object({ bidder: v.string(), at: v.string() })
const Given = v.object({ bidder: v.string(), trustee: v.string() })

/** What the last run of the release gave; none of it where trustees alone open. */
export interface Run {
  readonly read: Read
  readonly sessions: Sessions
  readonly releases: ReadonlyMap<string, KeyRelease>
}

/** `done`: told after each form, for this is what takes the time. */
export async function checkForms(
  read: Read,
  imported: Imported,
  manifests: Manifests,
  run: Run,
  done: (count: number) => void,
): Promise<void> {
  await checkSpares(read, manifests)
  const before: Read = { ...read, events: read.events.slice(0, read.events.findIndex((one) => one.topic === 'lot.bids-imported.v1')) }
  const [recovered, spared] = [recoveredIn(before), new Set(all(before, 'lot.spare-accepted.v1', Accepted).map((one) => one.bidder))]
  const privates = await privatesOf(run)
  const keyless = imported.results.every(({ bidder }) => recovered.has(bidder) || spared.has(bidder))
  demand(privates !== null || keyless, 'forms', 'imported before both form keys were published')
  const bodies = new Map(read.record.forms.map((one) => [one.bidder, one.body]))
  for (const [number, one] of imported.results.entries()) {
    const { bidder } = one
    const [manifest, release] = [manifests.get(bidder), run.releases.get(bidder)]
    demand(manifest !== undefined, 'forms', `${bidder}: no manifest`)
    if (isLost(one)) {
      demand(recovered.has(bidder) || spared.has(bidder) || release !== undefined, 'forms', `${bidder}: opened with neither its key nor two trustees'`)
      demand(!bodies.has(bidder), 'forms', `${bidder}: said to be lost, and is in the record`)
      done(number + 1)
      continue
    }
    await checkForm(one, async () => {
      const body = (): Bytes => {
        const found = bodies.get(bidder)
        demand(found !== undefined, 'forms', `${bidder}: its sealed form is not in the record`)
        return unb64(found)
      }
      if (spared.has(bidder)) return { form: await spareFormOf(body(), manifest), key: '' }
      if (recovered.has(bidder)) return openedBy(published(one), body, manifest)
      demand(release !== undefined && privates !== null, 'forms', `${bidder}: opened with neither its key nor two trustees'`)
      return openedBy(await recoverCek(release, manifest, FORM, privates), body, manifest)
    })
    done(number + 1)
  }
}

/** By the platform, as it says itself: nobody can open it again, so no record has it. */
export function isLost({ opened, form, form_key, plaintext_sha256, layer, evidence }: Result): boolean {
  return !opened && form === null && form_key === '' && plaintext_sha256 === '' && layer === 'root' && evidence === 'the stored body is missing'
}

async function checkForm(one: Result, open: () => Promise<{ form: OpeningForm; key: string }>): Promise<void> {
  let found: { form: OpeningForm; key: string }
  try {
    found = await open()
  } catch (error) {
    if (!(error instanceof OpeningError)) throw error
    const same = !one.opened && one.layer === error.layer
    demand(same, 'forms', `${one.bidder}: fails at ${error.layer}, the record says otherwise`)
    return
  }
  const same =
    one.opened &&
    one.form !== null &&
    one.form_key === found.key &&
    one.plaintext_sha256 === (await digest(formBytes(found.form))) &&
    sameForm(one.form, found.form)
  demand(same, 'forms', `${one.bidder}: opens to something else than was recorded`)
}

async function openedBy(cek: Bytes, body: () => Bytes, manifest: Manifest): Promise<{ form: OpeningForm; key: string }> {
  return { form: await openForm(body(), manifest, cek), key: b64(cek) }
}

/** From the trustees: whether the key is the sealed one shows the body's commitment. */
function published(one: Result): Bytes {
  if (one.form_key === '') throw new OpeningError('escrow', "the trustees' shares gave no key", FORM)
  return unb64(one.form_key)
}

/** Null unless each office that announced keys in this run published its forms' key. */
async function privatesOf({ read, sessions }: Run): Promise<Privates | null> {
  const published = new Map(all(read, 'lot.form-keys-published.v1', FormKey).map((one) => [one.office, one.private_key]))
  const [agency, supervisor] = [published.get('agency'), published.get('supervisor')]
  const suite = sessions.get('agency')?.suite
  if (agency === undefined || supervisor === undefined || suite === undefined) return null
  return { agency: await openingKey(unb64(agency), suite), supervisor: await openingKey(unb64(supervisor), suite) }
}

/** The bidders whose content keys two trustees have given. */
function recoveredIn(read: Read): ReadonlySet<string> {
  const by = new Map<string, Set<string>>()
  for (const { bidder, trustee } of all(read, 'lot.escrow-shares-given.v1', Given)) {
    by.set(bidder, (by.get(bidder) ?? new Set()).add(trustee))
  }
  return new Set([...by].flatMap(([bidder, trustees]) => (trustees.size >= 2 ? [bidder] : [])))
}

/** R-PAIN-05: what was handed in is what manifest and receipt name; it was taken after that, before any price. */
async function checkSpares(read: Read, manifests: Manifests): Promise<void> {
  const handed = new Map(all(read, 'lot.spare-handed-in.v1', HandedIn).map((one) => [one.bidder, one]))
  for (const [bidder, { sha256 }] of handed) {
    const paper = read.record.receipts.find((one) => one.bidder === bidder)
    demand(paper !== undefined, 'forms', `${bidder}: no receipt`)
    const receipt = await verifyReceipt(signed(paper.receipt, paper.signature), unb64(read.record.platform_key))
    const named = manifests.get(bidder)?.spare?.sha256 === sha256 && receipt.spare === sha256
    demand(named, 'forms', `${bidder}: the spare file is not the one that its receipt names`)
  }
  for (const { bidder, at } of all(read, 'lot.spare-accepted.v1', Accepted)) {
    const brought = handed.get(bidder)
    demand(brought !== undefined && Date.parse(brought.at) <= Date.parse(at), 'forms', `${bidder}: no spare to take`)
  }
}

/** What was announced of a form: its extras in order, and of a guarantee the letter as its issuer signed it. */
export function sameForm(announced: Form, form: OpeningForm): boolean {
  const extras = Object.entries(form.extras)
    .map(([label, value]) => ({ label, value }))
    .sort((left, right) => byCodePoint(left.label, right.label))
  const said = { ...form, extras, guarantee: form.guarantee?.letter ?? null }
  const shown = { ...announced, guarantee: announced.guarantee?.letter ?? null }
  return canonicalText(said) === canonicalText(shown)
}
