/** The worker that seals and opens whole envelopes, over ciphers that the page has given it. */

import { Caller, serve, type Port } from './call'
import { extract, openAll, type Found, type OpenJob } from './opener'
import { seal, type SealJob } from './sealer'

const ciphers: Caller[] = []

self.addEventListener('message', (event: MessageEvent<{ ports?: MessagePort[] }>) => {
  for (const port of event.data.ports ?? []) {
    ciphers.push(new Caller(port))
    port.start()
  }
})

function progress(done: number): void {
  self.postMessage({ progress: done })
}

// The page's types know a window only: a worker's own end speaks as a port does.
serve(self as unknown as Port, {
  async seal(job: SealJob) {
    return { value: await seal(job, ciphers, progress) }
  },
  async open(job: OpenJob) {
    return { value: await openAll(job, ciphers, progress) }
  },
  async extract({ job, file }: { job: OpenJob; file: Found }) {
    return { value: await extract(job, file) }
  },
})
