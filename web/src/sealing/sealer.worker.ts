/** The worker that seals and opens whole envelopes, over ciphers that the page has given it. */

import { Caller, serve, type Port } from './call'
import { extract, openAll, type Found, type OpenJob } from './opener'
import { seal, type Hands, type SealJob } from './sealer'

/** Milliseconds between two words of progress: each has the page drawn anew, beside the work. */
const BEAT = 200

const hands: Caller[] = []
let told = 0

self.addEventListener('message', (event: MessageEvent<{ ports?: MessagePort[] }>) => {
  for (const port of event.data.ports ?? []) {
    hands.push(new Caller(port))
    port.start()
  }
})

function atHand(): Hands {
  const [keeper, ...ciphers] = hands
  if (keeper === undefined || ciphers.length === 0) throw new Error('no workers at hand')
  return { keeper, ciphers }
}

function progress(done: number): void {
  if (performance.now() < told + BEAT) return
  told = performance.now()
  self.postMessage({ progress: done })
}

// The page's types know a window only: a worker's own end speaks as a port does.
serve(self as unknown as Port, {
  async seal(job: SealJob) {
    return { value: await seal(job, atHand(), progress) }
  },
  async open(job: OpenJob) {
    return { value: await openAll(job, atHand().ciphers, progress) }
  },
  async extract({ job, file }: { job: OpenJob; file: Found }) {
    return { value: await extract(job, file) }
  },
})
