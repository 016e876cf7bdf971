/** Workers whose code is inside the page: there is no other file to load them from. */

import type { StartWorker } from '@/sealing/engine'
import CipherWorker from '@/sealing/cipher.worker?worker&inline'
import SealerWorker from '@/sealing/sealer.worker?worker&inline'

export const startInlineWorker: StartWorker = (kind) => (kind === 'cipher' ? new CipherWorker() : new SealerWorker())
