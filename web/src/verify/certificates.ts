/** Device certificates: X.509 by the enrolment authority, whose own certificate stands in the record, or by a licensed one. */

import 'reflect-metadata'

import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, PublicKey, X509Certificate, cryptoProvider } from '@peculiar/x509'
import * as v from 'valibot'

import { hex, sha256, unb64, type Bytes } from '@/crypto/bytes'

import { last, type Read } from './events'
import type { Certificate } from './format'
import { licensed } from './licensed'
import { demand, within, type Step } from './steps'

const SIGNS = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation
/** RFC 8410, 4: in front of the 32 raw bytes of an Ed25519 key. */
const SPKI = [0x30, 0x2a, 0x30, 5, 6, 3, 0x2b, 0x65, 0x70, 3, 0x21, 0]

const Roll = v.object({ roll: v.array(v.object({ bidder: v.string(), uscc: v.string() })) })

/**
 * Fills `read.keys`. Devices are certified for years and revoked by event: any instant of the record will do. What
 * holds, in English. `roots`: of licensed authorities that the reader trusts.
 */
export async function checkCertificates(
  read: Read,
  certificates: readonly Certificate[],
  roots: readonly X509Certificate[],
  step: Step = 'certificates',
): Promise<readonly string[]> {
  cryptoProvider.set(crypto)
  return within(step, async () => {
    const authority = new X509Certificate(unb64(read.record.authority))
    const at = new Date(read.record.events.at(-1)?.recorded_at ?? '')
    for (const one of certificates) {
      const where = `the certificate of ${one.credential.slice(0, 12)}`
      const key =
        one.chain === undefined
          ? { raw: await certified(new X509Certificate(unb64(one.certificate)), authority, at, one.party, step, where) }
          : await licensed(one, roots, step, where)
      if (one.chain !== undefined) demand(entered(read, one), step, `${where}: the roll has another credit code`)
      demand(hex(await sha256(key.raw)) === one.credential, step, `${where} says something else`)
      read.keys.set(one.credential, { party: one.party, ...key })
    }
    const others = certificates.filter((one) => one.chain !== undefined).length
    const held = `${String(certificates.length - others)} devices certified by the enrolment authority`
    if (others === 0) return [held]
    const trust = roots.length > 0 ? 'a root that you gave' : 'roots that the file names'
    return [held, `${String(others)} of licensed authorities, for the party's credit code, under ${trust}; each must be valid at the instant of its acts`]
  })
}

/** R-SIGN-01: whether the certificate is for the unit whose credit code the roll has for this party, if it stands there. */
function entered(read: Read, { party, uscc }: Certificate): boolean {
  const roll = last(read, 'lot.roll-published.v1', Roll)?.roll ?? []
  return roll.every((one) => one.bidder !== party || one.uscc === uscc)
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
