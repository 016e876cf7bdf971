/** A licensed authority's certificate for this party (R-CRED-04): read, asked for by its own key, bound by this device. */

import * as v from 'valibot'

import { giveAt } from '@/api/command'
import { b64, concat, digest, type Bytes } from '@/crypto/bytes'
import { canonical, conform, Digest, Name, One, text } from '@/crypto/canonical'
import { CryptoError } from '@/crypto/errors'
import { LICENSED, signedBytes } from '@/crypto/signing'

import { sign, type Device } from './device'

const BIND = 'registration/bind-certificate'
const LABEL = 'bidding/certificate-binding/v1'
export const KINDS = ['USBKEY', 'MOBILE', 'EBL', 'SOFT'] as const
export type Kind = (typeof KINDS)[number]

/** What the certified key signs: `certificate` is the hex SHA-256 of its DER. */
export const CertificateRequest = v.strictObject({ party: Name, device: Name, certificate: Digest, opening: text(1, 3000), v: One })

/** A file that holds no certificate, or a key that is none, is locked, or is another's. */
export class CertificateFileError extends CryptoError {
  override readonly name = 'CertificateFileError'
  override readonly code = 'certificate-file'
}

/** DER: the holder's, and those between it and the root. */
export interface Certificates {
  readonly leaf: Bytes
  readonly intermediates: readonly Bytes[]
}

/** Of a PEM file, the holder's first, or of one certificate in DER. CertificateFileError. */
export function readCertificates(file: Bytes): Certificates {
  const [leaf, ...intermediates] = file[0] === SEQUENCE ? [file] : armoured(file, 'CERTIFICATE')
  if (leaf?.[0] !== SEQUENCE) throw new CertificateFileError({ reason: 'no certificate' })
  return { leaf, intermediates }
}

/** The bytes that the certified key signs, in this browser or on the token that holds it. */
export async function bindingBytes(device: Device, label: string, leaf: Bytes): Promise<Bytes> {
  const { party, opening } = device
  const request = { party, device: label, certificate: await digest(leaf), opening: b64(opening.publicRaw), v: 1 as const }
  return signedBytes(LABEL, canonical(conform(request, CertificateRequest)))
}

/** By the key of a soft certificate: PKCS#8, PEM or DER, not encrypted. It is read here and kept nowhere. CertificateFileError. */
export async function signWith(file: Bytes, said: Bytes): Promise<Bytes> {
  const der = file[0] === SEQUENCE ? file : armoured(file, 'PRIVATE KEY')[0]
  if (der === undefined) throw new CertificateFileError({ reason: 'no key' })
  for (const [algorithm] of [...LICENSED, [{ name: 'Ed25519' }] as const]) {
    try {
      const key = await crypto.subtle.importKey('pkcs8', der, algorithm, false, ['sign'])
      return new Uint8Array(await crypto.subtle.sign(algorithm, key, said))
    } catch {
      continue // a key of another kind
    }
  }
  throw new CertificateFileError({ reason: 'no key of a kind that signs here' })
}

/** `signature`: over `bindingBytes`, spelt as the platform wants it. Throws `Problem`. */
export async function bindCertificate(device: Device, kind: Kind, label: string, found: Certificates, signature: Bytes): Promise<void> {
  const body = {
    kind,
    certificate: b64(found.leaf),
    intermediates: found.intermediates.map((one) => b64(one)),
    opening_key: b64(device.opening.publicRaw),
    label,
    possession: b64(signature),
  }
  await giveAt('/parties/me/certificates', body, { sign, act: BIND })
}

const SEQUENCE = 0x30

function armoured(file: Bytes, what: string): Bytes[] {
  const pem = new RegExp(`-----BEGIN ${what}-----([A-Za-z0-9+/=\\s]+)-----END ${what}-----`, 'g')
  return [...new TextDecoder('latin1').decode(file).matchAll(pem)].map(([, inside = '']) => decoded(inside))
}

function decoded(base64: string): Bytes {
  try {
    return concat(Uint8Array.from(atob(base64.replace(/\s/g, '')), (one) => one.charCodeAt(0)))
  } catch {
    throw new CertificateFileError({ reason: 'not base64' })
  }
}
