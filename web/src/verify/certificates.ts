/** Device certificates: X.509 by the enrolment authority, whose own certificate stands in the record, or by a licensed one. */

import 'reflect-metadata'

import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, PublicKey, X509Certificate, cryptoProvider } from '@peculiar/x509'

import { hex, sha256, unb64, type Bytes } from '@/crypto/bytes'

import type { Read } from './events'
import type { Certificate } from './format'
import { licensed } from './licensed'
import { demand, within, type Step } from './steps'

const SIGNS = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation
/** RFC 8410, 4: in front of the 32 raw bytes of an Ed25519 key. */
const SPKI = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]

/** Fills `read.keys`. Devices are certified for years and revoked by event: any instant of the record will do. */
export async function checkCertificates(
  read: Read,
  certificates: readonly Certificate[],
  step: Step = 'certificates',
): Promise<number> {
  cryptoProvider.set(crypto)
  await within(step, async () => {
    const authority = new X509Certificate(unb64(read.record.authority))
    const at = new Date(read.record.events.at(-1)?.recorded_at ?? '')
    for (const one of certificates) {
      const where = `the certificate of ${one.credential.slice(0, 12)}`
      const key =
        one.chain === undefined
          ? { raw: await certified(new X509Certificate(unb64(one.certificate)), authority, at, one.party, step, where) }
          : await licensed(one, step, where)
      demand(hex(await sha256(key.raw)) === one.credential, step, `${where} says something else`)
      read.keys.set(one.credential, { party: one.party, ...key })
    }
  })
  return read.keys.size
}

async function certified(
  leaf: X509Certificate,
  authority: X509Certificate,
  at: Date,
  party: string,
  step: Step,
  where: string,
): Promise<Bytes> {
  const issuer = new PublicKey(authority.publicKey.rawData)
  const key = await crypto.subtle.importKey('raw', rawOf(issuer), 'Ed25519', false, ['verify'])
  const signed = await leaf.verify({ publicKey: key, signatureOnly: true }, crypto)
  demand(signed && leaf.issuer === authority.subject, step, `${where}: not signed by this authority`)
  demand(authority.getExtension(BasicConstraintsExtension)?.ca === true, step, 'the issuer is no authority')
  demand(leaf.getExtension(BasicConstraintsExtension)?.ca === false, step, `${where}: an authority's own`)
  for (const held of [leaf, authority]) {
    demand(held.notBefore <= at && at <= held.notAfter, step, `${where}: not valid at that instant`)
  }
  const usage = leaf.getExtension(KeyUsagesExtension)?.usages ?? 0
  demand((usage & SIGNS) === SIGNS, step, `${where}: key and key usage do not fit`)
  demand(leaf.subject === `CN=${party}`, step, `${where} says something else`)
  return rawOf(leaf.publicKey)
}

function rawOf(key: PublicKey): Bytes {
  const data = new Uint8Array(key.rawData)
  if (data.length !== SPKI.length + 32 || SPKI.some((byte, place) => data[place] !== byte)) {
    throw new Error('no Ed25519 key')
  }
  return data.slice(SPKI.length)
}
