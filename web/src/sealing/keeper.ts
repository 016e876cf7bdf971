/** One worker's work on what is kept: each write holds its thread up, so no other work waits for it. */

import type { Bytes } from '@/crypto/bytes'

import type { Answer } from './call'
import { openSink, type Place, type Sink } from './sinks'

/** The answers of one worker: `keep` begins, `write` takes bytes in their order, `kept` or `drop` ends. */
export function keeperAnswers(): Readonly<Record<string, Answer>> {
  let sink: Sink | undefined

  const begun = (): Sink => {
    if (sink === undefined) throw new Error('nothing was begun')
    return sink
  }

  return {
    async keep(place: Place) {
      sink = await openSink(place)
      return { value: null }
    },

    /** The memory goes back to who sent it. */
    async write(data: Bytes) {
      await begun().write(data)
      return { value: data, transfer: [data.buffer] }
    },

    async kept() {
      return { value: await begun().finish() }
    },

    /** Let go of what was begun. */
    async drop() {
      await sink?.abandon()
      return { value: null }
    },
  }
}
