/** Whether a certificate stands under a root that the reader trusts (RFC 5280, 6), as OpenSSL looks for the way there. */

import 'reflect-metadata'

import { BasicConstraintsExtension, KeyUsageFlags, KeyUsagesExtension, type X509Certificate } from '@peculiar/x509'

import { signedBy } from './licensed'
import { Elsewhere } from './steps'

const DEPTH = 8
const NAME_CONSTRAINTS = '2.5.29.30'
/** Those that are checked here or elsewhere; policies and their mappings bind only who asks for a policy. */
const UNDERSTOOD = new Set(['14', '15', '17', '18', '19', '31', '32', '33', '35', '36', '37', '54'].map((arc) => `2.5.29.${arc}`))

/** `others`: certificates beside it, in any order, each tried once; all count as of the instant `at`. */
export async function leadsTo(
  leaf: X509Certificate,
  others: readonly X509Certificate[],
  roots: readonly X509Certificate[],
  at: Date,
  below = 0,
  tried = new Set<X509Certificate>(),
): Promise<boolean> {
  if (!holds(leaf, at) || below > DEPTH) return false
  for (const root of roots) {
    const self = root.issuer === root.subject
    if (self && certifies(root, below) && holds(root, at) && (await signedBy(leaf, root))) return true
  }
  for (const other of others) {
    if (tried.has(other)) continue
    const above = other.subject !== other.issuer && certifies(other, below) && (await signedBy(leaf, other))
    if (!above) continue
    // Authorities that certify each other in a circle would else be walked for ever.
    tried.add(other)
    if (await leadsTo(other, others, roots, at, below + 1, tried)) return true
  }
  return false
}

function holds(one: X509Certificate, at: Date): boolean {
  if (one.getExtension(NAME_CONSTRAINTS)) {
    throw new Elsewhere('time-stamps', 'a chain with constraints on names: check it with bidding verify --time-root')
  }
  const understood = one.extensions.every(({ critical, type }) => !critical || UNDERSTOOD.has(type))
  return understood && one.notBefore <= at && at <= one.notAfter
}

/** An authority without a key usage may sign anything; `below`: how many authorities stand between it and the leaf. */
function certifies(issuer: X509Certificate, below: number): boolean {
  const basic = issuer.getExtension(BasicConstraintsExtension)
  const usage = issuer.getExtension(KeyUsagesExtension)?.usages ?? KeyUsageFlags.keyCertSign
  const room = basic?.pathLength === undefined || below <= basic.pathLength
  return basic?.ca === true && (usage & KeyUsageFlags.keyCertSign) !== 0 && room
}
