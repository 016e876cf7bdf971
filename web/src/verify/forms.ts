/** Every released form, opened again with the published keys: commitment, root, chunks, padding, content. */

import { b64, digest, unb64 } from '@/crypto/bytes'
import { canonicalText } from '@/crypto/canonical'
import { openForm } from '@/crypto/envelope'
import { OpeningError } from '@/crypto/errors'
import { formBytes, type OpeningForm } from '@/crypto/form'
import type { Manifest } from '@/crypto/manifest'
import { FORM } from '@/crypto/padding'
import { recoverCek, type KeyRelease } from '@/crypto/release'
import { ownKey, type OwnKey } from '@/crypto/suite'

import { all, type Read } from './events'
import type { Manifests } from './opening'
import { FormKey, type Form, type Imported } from './shapes'
import { demand } from './steps'

type Result = Imported['results'][number]
type Privates = Readonly<Record<'agency' | 'supervisor', OwnKey>>

/** `done`: told after each form, for this is what takes the time. */
export async function checkForms(
  read: Read,
  imported: Imported,
  manifests: Manifests,
  releases: ReadonlyMap<string, KeyRelease>,
  done: (count: number) => void,
): Promise<void> {
  const published = new Map(all(read, 'lot.form-keys-published.v1', FormKey).map((one) => [one.office, one.private_key]))
  const [agency, supervisor] = [published.get('agency'), published.get('supervisor')]
  demand(agency !== undefined && supervisor !== undefined, 'forms', 'imported before both form keys were published')
  const privates = { agency: await ownKey(unb64(agency), 'X25519'), supervisor: await ownKey(unb64(supervisor), 'X25519') }
  const bodies = new Map(read.record.forms.map((one) => [one.bidder, one.body]))
  for (const [number, one] of imported.results.entries()) {
    const [manifest, release] = [manifests.get(one.bidder), releases.get(one.bidder)]
    demand(manifest !== undefined && release !== undefined, 'forms', `${one.bidder}: no manifest or no release`)
    await checkForm(one, manifest, release, bodies.get(one.bidder), privates)
    done(number + 1)
  }
}

async function checkForm(
  one: Result,
  manifest: Manifest,
  release: KeyRelease,
  body: string | undefined,
  privates: Privates,
): Promise<void> {
  const found = await opened(manifest, release, body, privates)
  if (typeof found === 'string') {
    demand(!one.opened && one.layer === found, 'forms', `${one.bidder}: fails at ${found}, the record says otherwise`)
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

/** The form and its key, or the layer at which it fails. */
async function opened(
  manifest: Manifest,
  release: KeyRelease,
  body: string | undefined,
  privates: Privates,
): Promise<{ form: OpeningForm; key: string } | string> {
  try {
    const cek = await recoverCek(release, manifest, FORM, privates)
    demand(body !== undefined, 'forms', `${manifest.bidder}: its sealed form is not in the record`)
    return { form: await openForm(unb64(body), manifest, cek), key: b64(cek) }
  } catch (error) {
    if (error instanceof OpeningError) return error.layer
    throw error
  }
}

/** What was announced of a form: its extras in order, and of a guarantee the letter as its issuer signed it. */
function sameForm(announced: Form, form: OpeningForm): boolean {
  const extras = Object.entries(form.extras)
    .map(([label, value]) => ({ label, value }))
    .sort((left, right) => (left.label < right.label ? -1 : 1))
  const said = { ...form, extras, guarantee: form.guarantee?.letter ?? null }
  const shown = { ...announced, guarantee: announced.guarantee?.letter ?? null }
  return canonicalText(said) === canonicalText(shown)
}
