/** The target T: what a sealed envelope is addressed to. Nothing sealed for one target opens as another. */

import { concat, utf8, type Bytes } from './bytes'
import { canonical } from './canonical'

/** `document_hash` is the hex SHA-256 of the tender document, versions count from 1. */
export interface Target {
  readonly document_hash: string
  readonly document_version: number
  readonly lot: string
  readonly bidder: string
  readonly envelope: string
  readonly bid_version: number
  readonly suite: string
}

// Distinct labels: bytes made for one purpose mean nothing in the other.
const WRAP_LABEL = utf8('bidding/sealed-bid/v1/wrap\0')
const BODY_LABEL = utf8('bidding/sealed-bid/v1/body\0')

/** The HPKE `info` of a content key wrapped for one of the bidder's own keys. */
export function wrapInfo(target: Target): Bytes {
  return concat(WRAP_LABEL, canonical(target))
}

/** The Cobblestone-256 context of the envelope's body. */
export function bodyContext(target: Target): Bytes {
  return concat(BODY_LABEL, canonical(target))
}
