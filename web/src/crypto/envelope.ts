/** A small envelope in memory: the opening form, sealed and opened by every check in its order. */

import { concat, equal, unb64, unhex, type Bytes } from './bytes'
import { bodyOf, headerOf, MAGIC, newBody, openChunks, PREFIX_SIZE, sealChunks } from './body'
import { OpeningError } from './errors'
import { drawNonceHash, parseForm, type OpeningForm } from './form'
import { envelopeOf, targetOf, type Manifest } from './manifest'
import { FORM, LENGTH_SIZE, paddedSize, possibleSize } from './padding'
import { partHashes, treeRoot } from './parts'
import { bodyContext, type Target } from './target'

/** The content's length in 8 bytes, big-endian: what stands in front of it under the seal. */
export function lengthPrefix(length: number): Bytes {
  const prefix = new Uint8Array(LENGTH_SIZE)
  new DataView(prefix.buffer).setBigUint64(0, BigInt(length))
  return prefix
}

/** The sealed body of a small content. */
export async function sealBytes(content: Bytes, target: Target, cek: Bytes): Promise<Bytes> {
  const padded = new Uint8Array(paddedSize(target.envelope, content.length))
  padded.set(concat(lengthPrefix(content.length), content))
  const body = await newBody(cek, bodyContext(target), target.suite)
  return concat(MAGIC, body.header, await sealChunks(body, 0, padded, true))
}

/**
 * The content of a small sealed body, whose root (32 bytes) and header come from the signed manifest.
 *
 * OpeningError with the first layer that fails. The bytes that the manifest names come first: if they are others,
 * the store damaged them, whatever else is wrong.
 */
export async function openBytes(
  sealed: Bytes,
  target: Target,
  cek: Bytes,
  root: Bytes,
  header: Bytes,
): Promise<Bytes> {
  if (!equal(await treeRoot(await partHashes(sealed)), root)) {
    throw new OpeningError('root', 'not the bytes of the manifest', target.envelope)
  }
  const found = headerOf(sealed)
  if (found === null || !equal(found, header)) {
    throw new OpeningError('manifest', "the header is not the manifest's", target.envelope)
  }
  const body = await bodyOf(cek, header, bodyContext(target), target.suite)
  if (body === null) throw new OpeningError('commitment', 'another key, or sealed for another target', target.envelope)
  const padded = await openChunks(body, 0, sealed.slice(PREFIX_SIZE), true)
  if (padded === null) throw new OpeningError('aead', 'truncated or altered', target.envelope)
  return unpadded(padded, target.envelope)
}

/** What the length in front says, if it is all there, the padded size fits it, and zeros follow. */
function unpadded(padded: Bytes, envelope: string): Bytes {
  const length = contentLength(padded, padded.length, envelope)
  if (padded.subarray(LENGTH_SIZE + length).some((byte) => byte !== 0)) {
    throw new OpeningError('padding', 'padding is not zero', envelope)
  }
  return padded.slice(LENGTH_SIZE, LENGTH_SIZE + length)
}

/** The content's length from the first bytes of a padded plaintext of `size` bytes. OpeningError(padding). */
export function contentLength(first: Bytes, size: number, envelope: string): number {
  const refused = (reason: string): OpeningError => new OpeningError('padding', reason, envelope)
  if (first.length < LENGTH_SIZE) throw refused('shorter than its length says')
  const length = Number(new DataView(first.buffer, first.byteOffset).getBigUint64(0))
  if (LENGTH_SIZE + length > size) throw refused('shorter than its length says')
  // A form longer than its fixed size has no padded size at all, hence the first test.
  if (!possibleSize(envelope, size) || size !== paddedSize(envelope, length)) {
    throw refused('not the padded size of this length')
  }
  return length
}

/** The bid's form from its sealed body. Anyone repeats this with the published key. OpeningError. */
export async function openForm(sealed: Bytes, manifest: Manifest, cek: Bytes): Promise<OpeningForm> {
  const { root, header } = envelopeOf(manifest, FORM)
  const data = await openBytes(sealed, targetOf(manifest, FORM), cek, unhex(root), unb64(header))
  return checkedForm(data, manifest)
}

/** The form in these bytes, whose draw nonce must be the manifest's. OpeningError(form). */
export async function checkedForm(data: Bytes, manifest: Manifest): Promise<OpeningForm> {
  const form = parseForm(data)
  if ((await drawNonceHash(manifest.lot, manifest.bidder, form.draw_nonce)) !== manifest.draw_nonce_hash) {
    throw new OpeningError('form', 'draw_nonce is not the one committed to in the manifest', FORM)
  }
  return form
}
