/** The platform's seals: every entry is a leaf, the root is signed together with what the file is. */

import { sha256, unb64, utf8, type Bytes, hex, equal } from '@/crypto/bytes'
import { canonical, canonicalText } from '@/crypto/canonical'
import { treeRoot } from '@/crypto/parts'
import { verifyBytes, type Label } from '@/crypto/signing'

import type { Bundle, LotRecord } from './format'
import { demand, within, type Step } from './steps'

type Kinds = readonly (readonly [kind: string, entries: readonly unknown[]])[]

export async function checkSeal(record: LotRecord, trusted: Bytes | null): Promise<void> {
  const { entries, root } = await rootOf([
    ['key', [record.authority, record.platform_key]],
    ['event', record.events],
    ['certificate', record.certificates],
    ['receipt', record.receipts],
    ['form', record.forms],
    ['log', record.log === undefined ? [] : [record.log]],
  ])
  const body = { format: record.format, lot: record.lot, mode: record.mode, entries, root, ...heldBy(record.seal.body) }
  await signedBody('seal', 'bidding/record/v1', body, record.seal, record.platform_key, trusted)
}

export async function checkBundleSeal(bundle: Bundle, trusted: Bytes | null): Promise<void> {
  const { record, party, standings } = bundle
  const { entries, root } = await rootOf([
    ['disclosed', bundle.disclosed],
    ['certificate', bundle.certificates],
  ])
  const digest = hex(await sha256(canonical(record)))
  const said = { format: bundle.format, lot: record.lot, mode: record.mode, party, standings, record: digest, entries, root }
  const body = { ...said, ...heldBy(bundle.seal.body) }
  await signedBody('bundle seal', 'bidding/bundle/v1', body, bundle.seal, record.platform_key, trusted)
}

/** Who holds the key that signs; a key of the platform's own process is not mentioned. */
function heldBy(body: { readonly provider?: string | undefined }): { provider?: string } {
  return body.provider === undefined ? {} : { provider: body.provider }
}

async function signedBody(
  step: Step,
  label: Label,
  body: unknown,
  seal: { readonly body: unknown; readonly signature: string },
  platformKey: string,
  trusted: Bytes | null,
): Promise<void> {
  demand(canonicalText(body) === canonicalText(seal.body), step, 'the seal is for other entries')
  await within(step, async () => {
    const key = unb64(platformKey)
    demand(trusted === null || equal(key, trusted), step, 'sealed by another key than the one you gave')
    await verifyBytes(label, { payload: canonical(body), signature: unb64(seal.signature) }, key)
  })
}

async function rootOf(kinds: Kinds): Promise<{ entries: number; root: string }> {
  const leaves = kinds.flatMap(([kind, entries]) => entries.map((entry) => sha256(utf8(canonicalText([kind, entry])))))
  return { entries: leaves.length, root: hex(await treeRoot(await Promise.all(leaves))) }
}
