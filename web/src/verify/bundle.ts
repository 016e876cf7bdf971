/** What a bundle adds to the record: the events disclosed to its reader, and the acts in them. */

import type { X509Certificate } from '@peculiar/x509'

import { checkActs } from './acts'
import { checkCertificates } from './certificates'
import { eventOf, isPublic, type Event, type Read } from './events'
import type { Bundle } from './format'
import { demand } from './steps'

const OWN = new Set(['bid', 'reader'])

export async function readDisclosed(bundle: Bundle): Promise<readonly Event[]> {
  const found: Event[] = []
  let last = 0
  for (const [number, one] of bundle.disclosed.entries()) {
    const where = `event ${String(number + 1)} (${one.topic})`
    found.push(await eventOf(one.topic, one.state, one.recorded_at, 'disclosed', where))
    if (one.stream === 'lot') {
      demand(one.topic.startsWith('lot.') && !isPublic(one.topic), 'disclosed', `${where}: public, and so out of place`)
      demand(last <= one.after && one.after <= bundle.record.events.length, 'disclosed', `${where}: out of order`)
      last = one.after
    } else {
      const own = OWN.has(one.stream) && one.topic.startsWith(`${one.stream}.`) && bundle.party !== ''
      demand(own && one.after === 0, 'disclosed', `${where}: of no stream that one's own can be`)
    }
  }
  return found
}

/** The lot's events in their order: public ones, and the added ones between them. */
export function merged(bundle: Bundle, read: Read, added: readonly Event[]): readonly Event[] {
  const between = bundle.disclosed.flatMap((one, at) => (one.stream === 'lot' ? [{ after: one.after, event: added[at] }] : []))
  const after = (place: number): Event[] => between.flatMap((one) => (one.after === place && one.event !== undefined ? [one.event] : []))
  return [...after(0), ...read.events.flatMap((event, place) => [event, ...after(place + 1)])]
}

/** Devices and acts; the keys of those that signed in the record are known by then. `roots`: of licensed authorities. */
export async function checkDisclosed(
  bundle: Bundle,
  read: Read,
  added: readonly Event[],
  roots: readonly X509Certificate[],
): Promise<[devices: readonly string[], acts: number]> {
  const devices = await checkCertificates(read, bundle.certificates, roots, 'disclosed certificates')
  return [devices, await checkActs(read, added, bundle.disclosed.map(({ leaf }) => leaf), 'disclosed acts')]
}
