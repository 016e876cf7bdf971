/**
 * Certificates of licensed authorities (签名法 13, 16): RSA, ECDSA, Ed25519 and SM2 chains, as `bidding verify` walks them.
 *
 * Whose roots they are, the reader says; with none given, the file's word is taken for it.
 */

import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, X509Certificate, type Extension } from '@peculiar/x509'

import { hex, unb64, type Bytes } from '@/crypto/bytes'
import { SM2_SIZE, signedBySm2 } from '@/crypto/sm2-signature'

import { inside, names, only, SEQUENCE, sideBySide } from './der'
import type { Span } from './events'
import type { Certificate } from './format'
import { demand, type Step } from './steps'

const DEPTH = 4
const SIGNS = KeyUsageFlags.digitalSignature | KeyUsageFlags.nonRepudiation
/** organizationIdentifier, serialNumber, OU; and GM/T 0015's 组织机构代码. */
const PLACES = ['2.5.4.97', '2.5.4.5', '2.5.4.11']
const ORGANISATION_CODE = '1.2.156.10260.4.1.4'
const USCC = /^(?:NTRCN-)?([0-9A-HJ-NPQRTUWXY]{18})$/
/** Basic constraints, key usage, extended key usage, policies, alternative names. */
const UNDERSTOOD = new Set(['2.5.29.19', '2.5.29.15', '2.5.29.37', '2.5.29.32', '2.5.29.17'])
const NAME_CONSTRAINTS = '2.5.29.30'
const ED25519 = '1.3.101.112'
/** RFC 8410, 4: in front of the 32 raw bytes of an Ed25519 key. */
const ED25519_SPKI = 12
/** SM2 with SM3 (1.2.156.10197.1.501), and what stands in front of the 64 raw bytes of a key (GM/T 0015). */
const SM2_WITH_SM3 = '2a811ccf55018375'
const SM2_SPKI = '3059301306072a8648ce3d020106082a811ccf5501822d03420004'

/**
 * The holder's public key as `verifyBytes` takes it, and the days in which every link of the chain holds. `roots`: that
 * the reader trusts, under which the days are then counted: none where the chain does not lead to one of them.
 */
export async function licensed(
  one: Certificate,
  roots: readonly X509Certificate[],
  step: Step,
  where: string,
): Promise<{ raw: Bytes; days: readonly Span[] }> {
  const leaf = new X509Certificate(unb64(one.certificate))
  const chain = (one.chain ?? []).map((link) => new X509Certificate(unb64(link)))
  const root = chain.at(-1)
  demand(root !== undefined && chain.length <= DEPTH + 1, step, `${where}: its chain is not whole`)
  let child = leaf
  for (const [below, issuer] of chain.entries()) {
    demand(certifies(issuer, below) && (await signedBy(child, issuer)), step, `${where}: its chain is not whole`)
    child = issuer
  }
  demand(await signedBy(root, root), step, `${where}: its chain is not whole`)
  const own = leaf.getExtension(BasicConstraintsExtension)?.ca ?? false
  const usage = leaf.getExtension(KeyUsagesExtension)?.usages ?? 0
  const codes = codesOf(leaf)
  demand(!own && (usage & SIGNS) !== 0, step, `${where} is for another unit or use`)
  demand(codes.size === 1 && codes.has(one.uscc ?? ''), step, `${where} is for another unit or use`)
  const links = [leaf, ...chain]
  const [since, until] = spanOf(links)
  demand(since <= until, step, `${where}: its chain never held as a whole`)
  return { raw: rawOf(leaf), days: roots.length === 0 ? [[since, until]] : await daysUnder(links, roots) }
}

/** Of each way from the leaf to one of the roots. `links`: a whole chain; its own root counts for nothing here. */
async function daysUnder(links: readonly X509Certificate[], roots: readonly X509Certificate[]): Promise<readonly Span[]> {
  const found: Span[] = []
  for (const [below, child] of links.slice(0, -1).entries()) {
    for (const root of roots) {
      if (certifies(root, below) && (await signedBy(child, root))) found.push(spanOf([...links.slice(0, below + 1), root]))
    }
  }
  return found
}

/** In which all of them hold: never, where it ends before it begins. */
function spanOf(links: readonly X509Certificate[]): Span {
  const since = Math.max(...links.map((link) => link.notBefore.getTime()))
  const until = Math.min(...links.map((link) => link.notAfter.getTime()))
  return [new Date(since), new Date(until)]
}

function certifies(issuer: X509Certificate, below: number): boolean {
  const basic = issuer.getExtension(BasicConstraintsExtension)
  const usage = issuer.getExtension(KeyUsagesExtension)?.usages ?? 0
  const room = basic?.pathLength === undefined || below <= basic.pathLength
  return basic?.ca === true && (usage & KeyUsageFlags.keyCertSign) !== 0 && room && !issuer.extensions.some(unknown)
}

function unknown(one: Extension): boolean {
  return one.type === NAME_CONSTRAINTS || (one.critical && !UNDERSTOOD.has(one.type))
}

/** The library knows how to ask for RSA and ECDSA; an Ed25519 key is handed to it ready made. */
export async function signedBy(child: X509Certificate, issuer: X509Certificate): Promise<boolean> {
  if (child.issuer !== issuer.subject) return false
  const [body, algorithm, signature] = inside(only(new Uint8Array(child.rawData), SEQUENCE))
  if (body && signature && names(inside(algorithm)[0], SM2_WITH_SM3)) {
    const key = sm2KeyOf(issuer)
    // A BIT STRING begins with the number of bits that its last byte lacks: none.
    return key !== null && signedBySm2(key, body.whole, sideBySide(signature.content.slice(1), SM2_SIZE / 2))
  }
  if (!isEd25519(issuer)) return child.verify({ publicKey: issuer.publicKey, signatureOnly: true }, crypto)
  const key = await crypto.subtle.importKey('spki', issuer.publicKey.rawData, 'Ed25519', false, ['verify'])
  return child.verify({ publicKey: key, signatureOnly: true }, crypto)
}

function rawOf(leaf: X509Certificate): Bytes {
  const data = new Uint8Array(leaf.publicKey.rawData)
  return sm2KeyOf(leaf) ?? (isEd25519(leaf) ? data.slice(ED25519_SPKI) : data)
}

/** The raw key, null for one of another kind. */
function sm2KeyOf(one: X509Certificate): Bytes | null {
  const data = new Uint8Array(one.publicKey.rawData)
  const key = data.slice(SM2_SPKI.length / 2)
  return key.length === SM2_SIZE && hex(data.slice(0, -SM2_SIZE)) === SM2_SPKI ? key : null
}

/** Ed25519's algorithm identifier stands in front of the key, and no other's does. */
function isEd25519(one: X509Certificate): boolean {
  return (one.publicKey.algorithm as { name: string }).name === 'Ed25519' || one.publicKey.algorithm.name === ED25519
}

function codesOf(leaf: X509Certificate): Set<string> {
  const said = PLACES.flatMap((place) => leaf.subjectName.getField(place))
  const extension = leaf.getExtension(ORGANISATION_CODE)
  if (extension) said.push(textOf(new Uint8Array(extension.value)))
  return new Set(said.flatMap((text) => USCC.exec(text.trim().toUpperCase())?.[1] ?? []))
}

/** A short PrintableString or UTF8String, or the bare text. */
function textOf(der: Bytes): string {
  const tagged = (der[0] === 0x0c || der[0] === 0x13) && der[1] === der.length - 2
  return new TextDecoder().decode(tagged ? der.slice(2) : der)
}
