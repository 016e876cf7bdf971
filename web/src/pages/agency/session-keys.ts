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
import { INTL_1 } from '@/crypto/choices'
import { newPrivateOf, openingKey, openingPublic } from '@/crypto/suite'
import { current } from '@/device/device'
import { keep, take } from '@/device/store'

/** Private keys of the suite; what was kept before there was a choice is of `intl-1`. */
interface Kept {
  readonly forms: Bytes
  readonly evaluation: Bytes
  readonly suite?: string
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
  return kept !== undefined && b64(await openingPublic(kept.forms, suiteOf(kept))) === announced.forms_key
}

const suiteOf = ({ suite }: Kept): string => suite ?? INTL_1

/** Makes the pair once: asked again, after a reload say, it announces the same keys. */
async function pair(lot: string, office: Office, run: number, suite: string = INTL_1): Promise<Kept> {
  const found = await take<Kept>('offices', shelf(lot, office, run))
  if (found) return found
  const made = { forms: await newPrivateOf(suite), evaluation: await newPrivateOf(suite), suite }
  await keep('offices', shelf(lot, office, run), made)
  return made
}

async function publicly(lot: string, office: Office, run: number, kept: Kept): Promise<SessionPublic> {
  const suite = suiteOf(kept)
  const [forms, evaluation] = await Promise.all([openingPublic(kept.forms, suite), openingPublic(kept.evaluation, suite)])
  return { lot, session: `opening-${lot}${again(run, '-')}`, office, forms: b64(forms), evaluation: b64(evaluation), suite, v: 1 }
}

/** What `opening/publish-office-keys` says: both public keys of the lot's suite, with proof that the private ones are here. */
export async function announcement(lot: string, office: Office, run: number, suite: string): Promise<BodyOf<'opening/publish-office-keys'>> {
  const kept = await pair(lot, office, run, suite)
  const announced = await publicly(lot, office, run, kept)
  const text = fromUtf8(canonical(announced))
  const response = await send({
    method: 'POST',
    path: `${address('/lots/{lot}', { lot })}/opening/possession-challenges`,
    body: JSON.stringify({ announcement: text }),
    headers: { 'Content-Type': 'application/json' },
  })
  const asked = (await response.json()) as { forms: string; evaluation: string }
  const own = { forms: await openingKey(kept.forms, suiteOf(kept)), evaluation: await openingKey(kept.evaluation, suiteOf(kept)) }
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
