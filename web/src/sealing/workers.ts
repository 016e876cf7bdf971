/** The client's workers, as files of their own: the content security policy allows no others. */

import type { StartWorker } from './engine'

export const startWorker: StartWorker = (kind) =>
  kind === 'cipher'
    ? new Worker(new URL('./cipher.worker.ts', import.meta.url), { type: 'module', name: kind })
    : new Worker(new URL('./sealer.worker.ts', import.meta.url), { type: 'module', name: kind })
