/** Instants in signed documents: UTC with exactly three decimals, as toISOString writes them. */

import * as v from 'valibot'

export const Instant = v.pipe(v.string(), v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/))

export function instant(at: Date): string {
  return at.toISOString()
}
