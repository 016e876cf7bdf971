/** The spare file of a bid whose keys did not come: brought as it is, and taken only if its digest is the receipt's. */

import { give } from '@/api/command'
import { sign } from '@/device/device'

import { persistently } from './upload'

/** Whether the manifest commits to a spare file. */
export function spared(manifest: string): boolean {
  return (JSON.parse(manifest) as { spare?: unknown }).spare !== undefined
}

/** Upload it and hand it in; `progress` counts bytes sent. Throws `Problem`. */
export async function bringSpare(lot: string, file: Blob, reason: string, progress: (sent: number) => void): Promise<void> {
  let url = ''
  const job = {
    file,
    lot,
    envelope: 'spare',
    known: null,
    began(at: string) {
      url = at
      return Promise.resolve()
    },
    progress,
  }
  await persistently(job, () => undefined, new AbortController().signal)
  await give('opening/hand-in-spare', lot, { upload: url.split('/').at(-1) ?? '', reason }, { sign })
}
