/** Typed reading: `read('/lots/{lot_id}', { path: { lot_id } })`. */

import { send } from './http'
import type { GetOperation, GetPath, Got, PathOf, QueryOf } from './types'

type Asked<P extends GetPath> = (PathOf<GetOperation<P>> extends undefined ? unknown : { path: PathOf<GetOperation<P>> }) & {
  query?: QueryOf<GetOperation<P>>
  signal?: AbortSignal
}

type Values = Readonly<Record<string, unknown>>

/** The answer's JSON. Throws `Problem`. */
export async function read<P extends GetPath>(
  path: P,
  ...[asked]: PathOf<GetOperation<P>> extends undefined ? [Asked<P>?] : [Asked<P>]
): Promise<Got<P>> {
  return (await (await readResponse(path, ...([asked] as never))).json()) as Got<P>
}

/** The same with its headers, for an `ETag`. */
export async function readResponse<P extends GetPath>(
  path: P,
  ...[asked]: PathOf<GetOperation<P>> extends undefined ? [Asked<P>?] : [Asked<P>]
): Promise<Response> {
  const { path: places, query, signal } = (asked ?? {}) as { path?: Values; query?: Values; signal?: AbortSignal }
  const whole = address(path, places, query)
  const early = begun.get(whole)
  begun.delete(whole)
  return early ?? send({ method: 'GET', path: whole, ...(signal ? { signal } : {}) })
}

const begun = new Map<string, Promise<Response>>()

/** Ask already while a page's code is still on its way: the page's own `read` of the same address gets the answer. */
export function readAhead<P extends GetPath>(
  path: P,
  ...[asked]: PathOf<GetOperation<P>> extends undefined ? [Asked<P>?] : [Asked<P>]
): void {
  const { path: places, query } = (asked ?? {}) as { path?: Values; query?: Values }
  const answer = send({ method: 'GET', path: address(path, places, query) })
  answer.catch(() => undefined) // told to the page that reads it
  begun.set(address(path, places, query), answer)
}

export function address(template: string, places: Values = {}, query: Values = {}): string {
  const path = template.replace(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(places[name])))
  const asked = new URLSearchParams()
  for (const [name, value] of Object.entries(query))
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== undefined && one !== null) asked.append(name, String(one))
  const text = asked.toString()
  return text ? `${path}?${text}` : path
}
