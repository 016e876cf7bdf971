/** The spare file: a whole bid unencrypted, kept by its bidder; its manifest commits to it (R-PAIN-05; 20号令 31). */

import { contentStart, members } from './archive-reader'
import { digest, type Bytes } from './bytes'
import { checkedForm } from './envelope'
import { OpeningError } from './errors'
import type { OpeningForm } from './form'
import type { Manifest } from './manifest'
import { FORM, MAX_FORM } from './padding'

const FORM_NAME = 'form.json'
const ARCHIVE_SUFFIX = '.zip'

/**
 * The form of a spare file. Its digest is compared by whoever took it.
 *
 * OpeningError(container) if it is made otherwise than a spare file, OpeningError(form) if its form is another than the
 * manifest commits to.
 */
export async function spareForm(file: Blob, manifest: Manifest): Promise<OpeningForm> {
  const read = async (offset: number, length: number): Promise<Bytes> =>
    new Uint8Array(await file.slice(offset, offset + length).arrayBuffer())
  const found = await members(read, file.size)
  const others = manifest.envelopes.filter(({ name }) => name !== FORM).map(({ name }) => name + ARCHIVE_SUFFIX)
  const form = found.find(({ name }) => name === FORM_NAME)
  if (form === undefined || form.length > MAX_FORM || !sameNames(found.map(({ name }) => name), [FORM_NAME, ...others])) {
    throw new OpeningError('container', `a spare file holds just ${[FORM_NAME, ...others].join(', ')}`)
  }
  return spareFormOf(await read(await contentStart(read, form), form.length), manifest)
}

/** The same from the form's published bytes: anyone repeats this. OpeningError(form). */
export async function spareFormOf(data: Bytes, manifest: Manifest): Promise<OpeningForm> {
  if ((await digest(data)) !== manifest.spare?.form) {
    throw new OpeningError('form', 'not the form that the manifest commits to', FORM)
  }
  return checkedForm(data, manifest)
}

function sameNames(left: readonly string[], right: readonly string[]): boolean {
  return [...left].sort().join('\0') === [...right].sort().join('\0')
}
