/** The agency's one-time keys of an opening, made and kept on the host's own device.
 *
 * They must be handed on later (the forms' key to everybody, the other one to the evaluation), so they are kept as
 * bytes, unlike the device's own keys. They open nothing without the supervisor's, and nothing before the release.
 */

import { send } from '@/api/http'
import { address } from '@/api/read'
import type { BodyOf } from '@/api/types'
import { b64, fromUtf8, unb64, type Bytes } from '@/crypto/bytes'
import { canonical } from '@/crypto/canonical'
import { answerPossession, sealToPlatform, signSession, type Office, type SessionPublic } from '@/crypto/session'
import { newPrivate, ownKey, publicOf } from '@/crypto/suite'
import { current } from '@/device/device'
import { keep, take } from '@/device/store'

interface Kept {
  readonly forms: Bytes
  readonly evaluation: Bytes
}

/** How often the release has been run, this time counted: each run has session and keys of its own. */
export function runOf(opening: { readonly withheld: readonly { readonly resolution: string }[] } | undefined): number {
  return 1 + (opening?.withheld.filter(({ resolution }) => resolution === 'rerun').length ?? 0)
}
const again = (run: number, mark: string): string => (run > 1 ? `${mark}${String(run)}` : '')
const shelf = (lot: string, office: Office, run: number): string => `${lot}/${office}${again(run, '/')}`

/** Whether this device holds the keys that were announced for the office. */
export async function holds(lot: string, office: Office, run: number, announced: { readonly forms_key: string }): Promise<boolean> {
  const kept = await take<Kept>('offices', shelf(lot, office, run))
  return kept !== undefined && b64(await publicOf(kept.forms, 'X25519')) === announced.forms_key
}

/** Makes the pair once: asked again, after a reload say, it announces the same keys. */
async function pair(lot: string, office: Office, run: number): Promise<Kept> {
  const found = await take<Kept>('offices', shelf(lot, office, run))
  if (found) return found
  const made = { forms: newPrivate(), evaluation: newPrivate() }
  await keep('offices', shelf(lot, office, run), made)
  return made
}

async function publicly(lot: string, office: Office, run: number, kept: Kept): Promise<SessionPublic> {
  const [forms, evaluation] = await Promise.all([publicOf(kept.forms, 'X25519'), publicOf(kept.evaluation, 'X25519')])
  return { lot, session: `opening-${lot}${again(run, '-')}`, office, forms: b64(forms), evaluation: b64(evaluation), suite: 'intl-1', v: 1 }
}

/** What `opening/publish-office-keys` says: both public keys, with proof that the private ones are here. */
export async function announcement(lot: string, office: Office, run: number): Promise<BodyOf<'opening/publish-office-keys'>> {
  const kept = await pair(lot, office, run)
  const announced = await publicly(lot, office, run, kept)
  const text = fromUtf8(canonical(announced))
  const response = await send({
    method: 'POST',
    path: `${address('/lots/{lot}', { lot })}/opening/possession-challenges`,
    body: JSON.stringify({ announcement: text }),
    headers: { 'Content-Type': 'application/json' },
  })
  const asked = (await response.json()) as { forms: string; evaluation: string }
  const own = { forms: await ownKey(kept.forms, 'X25519'), evaluation: await ownKey(kept.evaluation, 'X25519') }
  const challenges = { forms: unb64(asked.forms), evaluation: unb64(asked.evaluation) }
  const nonce = await answerPossession(own, announced, challenges)
  const signed = await signSession((await current()).signing, announced)
  return {
    session: announced.session,
    forms_key: announced.forms,
    evaluation_key: announced.evaluation,
    announcement: text,
    announcement_signature: b64(signed.signature),
    possession: b64(nonce),
  }
}

/** The forms' private key, to be published once the window has closed. */
export async function formKey(lot: string, office: Office, run: number): Promise<BodyOf<'opening/publish-form-key'>> {
  return { private_key: b64((await pair(lot, office, run)).forms) }
}

/** The other private key, sealed to the platform's key that the notice names (base64url). */
export async function evaluationKey(
  lot: string,
  office: Office,
  run: number,
  platformKey: string,
): Promise<BodyOf<'opening/disclose-evaluation-key'>> {
  const kept = await pair(lot, office, run)
  const sealed = await sealToPlatform(kept.evaluation, unb64(platformKey), await publicly(lot, office, run, kept))
  return { sealed_key: b64(sealed) }
}
