/**
 * A time-stamp token (RFC 3161): what it says, and whether an authority signed it under a root that the reader trusts.
 *
 * Taken as `bidding verify --time-root` takes it: certificates in any order, each as of the token's own instant.
 */

import 'reflect-metadata'

import { ExtendedKeyUsageExtension, PemConverter, X509Certificate } from '@peculiar/x509'

import { concat, equal, hex, type Bytes } from '@/crypto/bytes'

import { inside, INSTANT, names, OCTETS, only, SEQUENCE, SET, sideBySide, type Der } from './der'
import { leadsTo } from './issuers'
import { demand } from './steps'

const STEP = 'time-stamps'
const SIGNED_DATA = '2a864886f70d010702'
const TST_INFO = '2a864886f70d0109100104'
const CONTENT_TYPE = '2a864886f70d010903'
const MESSAGE_DIGEST = '2a864886f70d010904'
const TIME_STAMPING = '1.3.6.1.5.5.7.3.8'
const SHA256 = '608648016503040201'
const HASHES: ReadonlyMap<string, string> = new Map([
  ['2b0e03021a', 'SHA-1'],
  [SHA256, 'SHA-256'],
  ['608648016503040202', 'SHA-384'],
  ['608648016503040203', 'SHA-512'],
])
/** Context tags of SignedData and SignerInfo (RFC 5652, 5.1, 5.3). */
const CERTIFICATES = 0xa0
const ATTRIBUTES = 0xa0
const CERTIFICATE_VERSION = 0xa0

/** `imprint`: hex SHA-256 of the content; `instant`: ms since 1970; `info`: what is signed. */
export interface Token {
  readonly imprint: string
  readonly instant: number
  readonly info: Bytes
  readonly certificates: readonly Bytes[]
  readonly signers: readonly Der[]
}

/** RangeError for what is no token over SHA-256. */
export function readToken(token: Bytes): Token {
  const [kind, content] = inside(only(token, SEQUENCE))
  if (!names(kind, SIGNED_DATA)) throw new RangeError('not a time-stamp token')
  const [, , encapsulated, ...rest] = inside(only(inside(content)[0]?.whole, SEQUENCE))
  const [type, wrapped] = inside(encapsulated)
  if (!names(type, TST_INFO)) throw new RangeError('not a time-stamp token')
  const info = only(inside(wrapped)[0]?.whole, OCTETS).content
  const said = inside(only(info, SEQUENCE))
  const [algorithm, message] = inside(said[2])
  const at = said[4]
  const whole = names(inside(algorithm)[0], SHA256) && message?.tag === OCTETS && at?.tag === INSTANT
  if (!whole) throw new RangeError('not a time-stamp token')
  return {
    imprint: hex(message.content),
    instant: instantOf(String.fromCharCode(...at.content)),
    info,
    certificates: inside(rest.find((one) => one.tag === CERTIFICATES)).map((one) => one.whole),
    signers: inside(rest.find((one) => one.tag === SET)),
  }
}

/** Trusted certificates, PEM one after another. RangeError if there is none. */
export function readRoots(pem: string): X509Certificate[] {
  const found = PemConverter.decode(pem).map((der) => new X509Certificate(der))
  if (found.length === 0) throw new RangeError('no PEM certificates')
  return found
}

/** A fault of the step unless one of the certificates in the token, for time-stamping under one of `roots`, signed it. */
export async function checkSigned(token: Token, roots: readonly X509Certificate[], where: string): Promise<void> {
  const [signer, ...more] = token.signers
  demand(signer !== undefined && more.length === 0, STEP, `${where}: not signed just once`)
  const [, sid, hash, attributes, , signature] = inside(signer)
  const der = token.certificates.find((one) => isNamed(one, sid))
  demand(der !== undefined, STEP, `${where}: without its signer's certificate`)
  const leaf = new X509Certificate(der)
  const name = HASHES.get(hex(inside(hash)[0]?.content ?? new Uint8Array()))
  const readable = name !== undefined && attributes?.tag === ATTRIBUTES && signature?.tag === OCTETS
  demand(readable, STEP, `${where}: signed in a way that no authority does`)
  const digest = new Uint8Array(await crypto.subtle.digest(name, token.info))
  const said = new Map(inside(attributes).map((one) => inside(one)).map(([type, values]) => [hex(type?.content ?? new Uint8Array()), inside(values)[0]]))
  const over = names(said.get(CONTENT_TYPE), TST_INFO) && equal(said.get(MESSAGE_DIGEST)?.content ?? new Uint8Array(), digest)
  demand(over, STEP, `${where}: signed over something else`)
  // RFC 5652, 5.4: the tag that is signed is that of a SET, not the one under which it stands.
  const message = concat(Uint8Array.of(SET), attributes.whole.slice(1))
  demand(await signed(leaf, name, message, signature.content), STEP, `${where}: its signature does not hold`)
  const purpose = leaf.getExtension(ExtendedKeyUsageExtension)
  const stamps = purpose?.critical === true && purpose.usages.includes(TIME_STAMPING)
  demand(stamps, STEP, `${where}: its certificate is not for time-stamping`)
  const others = token.certificates.map((one) => new X509Certificate(one))
  const led = await leadsTo(leaf, others, roots, new Date(token.instant))
  demand(led, STEP, `${where}: not signed under a root that you gave`)
}

/** Whether SignerInfo's issuer and serial number are this certificate's. */
function isNamed(certificate: Bytes, sid: Der | undefined): boolean {
  const [body] = inside(only(certificate, SEQUENCE))
  const fields = inside(body).filter((one) => one.tag !== CERTIFICATE_VERSION)
  const [issuer, serial] = inside(sid)
  return same(fields[0], serial) && same(fields[2], issuer)
}

function same(left: Der | undefined, right: Der | undefined): boolean {
  return left !== undefined && right !== undefined && equal(left.whole, right.whole)
}

/** RSA (PKCS #1 v1.5), ECDSA or Ed25519, by the hash that SignerInfo names. */
async function signed(leaf: X509Certificate, hash: string, message: Bytes, signature: Bytes): Promise<boolean> {
  const { name, namedCurve = '' } = leaf.publicKey.algorithm as { name: string; namedCurve?: string }
  const told = name === 'ECDSA' ? { name, namedCurve, hash } : name === 'Ed25519' ? { name } : { name: 'RSASSA-PKCS1-v1_5', hash }
  const key = await crypto.subtle.importKey('spki', leaf.publicKey.rawData, told, false, ['verify'])
  return crypto.subtle.verify(told, key, name === 'ECDSA' ? sideBySide(signature, sizeOf(namedCurve)) : signature, message)
}

/** Bytes of a number of `P-256` and the like. */
function sizeOf(curve: string): number {
  return Math.ceil(Number(curve.slice(-3)) / 8)
}

/** GeneralizedTime in UTC, with a fraction of a second or without (RFC 3161, 2.4.2). */
function instantOf(text: string): number {
  const [, year, month, day, hour, minute, second, fraction = ''] = /^(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\.\d+)?Z$/.exec(text) ?? []
  if (year === undefined) throw new RangeError('not an instant')
  return Date.parse(`${year}-${month ?? ''}-${day ?? ''}T${hour ?? ''}:${minute ?? ''}:${second ?? ''}${fraction}Z`)
}
