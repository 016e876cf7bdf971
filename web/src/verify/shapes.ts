/** The fields of events that are checked. What else stands in them is bound by the seal and by whoever signed it. */

import * as v from 'valibot'

import { TRUSTEES } from '@/crypto/escrow'

export const Issued = v.object({ version: v.number(), sha256: v.string() })
export const Closed = v.object({ at: v.string(), deadline: v.string(), received: v.number() })
export const Roll = v.object({
  at: v.string(),
  roll: v.array(
    v.object({
      bidder: v.string(),
      name: v.string(),
      manifest_hash: v.string(),
      receipt_number: v.string(),
      completed_at: v.string(),
    }),
  ),
  manifests: v.array(v.object({ bidder: v.string(), manifest: v.string(), signature: v.string() })),
})
export type Roll = v.InferOutput<typeof Roll>

export const OfficeKeys = v.object({
  office: v.picklist(['agency', 'supervisor']),
  session: v.string(),
  forms_key: v.string(),
  evaluation_key: v.string(),
  announcement: v.string(),
  announcement_signature: v.string(),
  by: v.string(),
})
export const FormKey = v.object({ office: v.picklist(['agency', 'supervisor']), private_key: v.string() })
export const Released = v.object({ bidder: v.string(), release: v.string(), release_signature: v.string(), at: v.string() })

export const Form = v.looseObject({
  price_fen: v.number(),
  duration_days: v.number(),
  quality: v.string(),
  project_lead: v.string(),
  draw_nonce: v.optional(v.string(), ''),
  extras: v.optional(v.array(v.object({ label: v.string(), value: v.string() })), []),
  note: v.optional(v.string(), ''),
  guarantee: v.optional(v.looseObject({ letter: v.string() })),
})
export type Form = v.InferOutput<typeof Form>

export const Imported = v.object({
  at: v.string(),
  results: v.array(
    v.object({
      bidder: v.string(),
      opened: v.boolean(),
      form_key: v.string(),
      form: v.nullable(Form),
      plaintext_sha256: v.string(),
      layer: v.string(),
      evidence: v.string(),
    }),
  ),
})
export type Imported = v.InferOutput<typeof Imported>

export const Announced = v.object({
  at: v.string(),
  table: v.array(
    v.looseObject({
      bidder: v.string(),
      outcome: v.string(),
      term: v.string(),
      consequence: v.string(),
      counts_toward_three: v.boolean(),
      may_claim_loss: v.boolean(),
      form: v.nullable(Form),
    }),
  ),
  table_hash: v.string(),
  max_price_fen: v.number(),
})

const DrawRule = v.object({
  pools: v.array(v.object({ coefficient: v.string(), values: v.array(v.string()), sha256: v.string() })),
  order: v.array(v.string()),
  anchor: v.string(),
})
export const Noticed = v.object({
  number: v.string(),
  notice_hash: v.string(),
  mode: v.string(),
  regime: v.string(),
  tenderer_name: v.string(),
  agency_name: v.string(),
  ruleset: v.string(),
  terms: v.object({
    draw: v.nullish(DrawRule),
    key_policy: v.optional(v.string(), 'P1'),
    trustees: v.optional(v.array(v.object({ trustee: v.picklist(TRUSTEES), public: v.string() })), []),
  }),
})

export const Values = v.object({
  price_fen: v.number(),
  duration_days: v.number(),
  quality: v.string(),
  project_lead: v.string(),
})
