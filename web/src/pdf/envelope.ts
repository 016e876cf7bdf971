/** An opened envelope, read where it lies: its directory first, then only the bytes that are looked at. */

import { send } from '@/api/http'
import { address } from '@/api/read'
import { contentStart, members, type Member, type ReadAt } from '@/crypto/archive-reader'

const PARTIAL = 206

export interface Envelope {
  readonly files: readonly Member[]
  /** `length` bytes of the file from `offset` on. */
  read(file: Member, offset: number, length: number): Promise<Uint8Array<ArrayBuffer>>
}

/** `length`: of the archive, as the platform told it when it was opened. Throws `Problem`, `OpeningError`. */
export async function openEnvelope(place: { lot: string; bidder: string; envelope: string }, length: number): Promise<Envelope> {
  const at = reader(address('/lots/{lot}/evaluation/envelopes/{bidder}/{envelope}', place))
  const files = await members(at, length)
  const starts = new Map<string, Promise<number>>()
  return {
    files,
    async read(file, offset, wanted) {
      let start = starts.get(file.name)
      if (!start) starts.set(file.name, (start = contentStart(at, file)))
      return at((await start) + offset, wanted)
    },
  }
}

function reader(path: string): ReadAt {
  return async (offset, length) => {
    if (length === 0) return new Uint8Array(0)
    const response = await send({ method: 'GET', path, headers: { Range: `bytes=${String(offset)}-${String(offset + length - 1)}` } })
    const got = new Uint8Array(await response.arrayBuffer())
    return response.status === PARTIAL ? got : got.slice(offset, offset + length)
  }
}
