/** Where sealed parts go: a file that the browser keeps for us, or pieces in memory that it may put on disk. */

import type { Bytes } from '@/crypto/bytes'
import { FileChangedError, StorageFullError } from '@/crypto/errors'

export interface Sink {
  /** The part is taken over when this settles: the caller uses its memory again. */
  write(part: Bytes): Promise<void>
  /** All is there; the whole as a Blob. */
  finish(): Promise<Blob>
  /** Let go of what was begun. */
  abandon(): Promise<void>
}

/** Only workers have it, so the page's types do not. */
interface WorkerFileHandle extends FileSystemFileHandle {
  createSyncAccessHandle(options?: { mode: 'read-only' }): Promise<{
    read(into: Bytes, options: { at: number }): number
    write(data: Bytes, options: { at: number }): number
    truncate(size: number): void
    flush(): void
    close(): void
  }>
}

export type Place = { readonly kind: 'kept'; readonly path: readonly string[] } | { readonly kind: 'memory' }

export function openSink(place: Place): Promise<Sink> {
  return place.kind === 'kept' ? keptSink(place.path) : Promise.resolve(memorySink())
}

/** The origin-private file under this path; the folders above it are made. */
export async function keptFile(path: readonly string[], create = false): Promise<FileSystemFileHandle> {
  let folder = await navigator.storage.getDirectory()
  for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name, { create })
  return folder.getFileHandle(path.at(-1) ?? '', { create })
}

/** A folder of the origin-private files with all in it is forgotten; no matter if there is none. */
export async function forgetKept(path: readonly string[]): Promise<void> {
  try {
    let folder = await navigator.storage.getDirectory()
    for (const name of path.slice(0, -1)) folder = await folder.getDirectoryHandle(name)
    await folder.removeEntry(path.at(-1) ?? '', { recursive: true })
  } catch (error) {
    if (!(error instanceof DOMException && error.name === 'NotFoundError')) throw error
  }
}

/** Bytes after which the disk is waited for: beside the ciphers' work, where one wait at the end would have nothing beside it. */
const FLUSHED = 2 ** 25

async function keptSink(path: readonly string[]): Promise<Sink> {
  const handle = await keptFile(path, true)
  const file = await (handle as WorkerFileHandle).createSyncAccessHandle()
  file.truncate(0)
  let [at, flushed] = [0, 0]
  return {
    write(part) {
      // A full disk shows as a short write in some browsers, as an exception in others.
      const written = file.write(part, { at })
      at += part.length
      if (at - flushed >= FLUSHED) {
        file.flush()
        flushed = at
      }
      return written === part.length ? Promise.resolve() : Promise.reject(new StorageFullError({ at }))
    },
    async finish() {
      file.flush()
      file.close()
      const kept = await handle.getFile()
      if (kept.size !== at) throw new FileChangedError({ reason: 'the sealed file is not as long as written' })
      return kept
    },
    async abandon() {
      file.close()
      await forgetKept(path)
    },
  }
}

/** A kept file, read into memory of the caller's: what a Blob answers is new memory each time, collected late. */
export interface Source {
  /** Bytes read; fewer than `into` holds at the file's end. */
  read(into: Bytes, at: number): number
  close(): void
}

/** Undefined where the browser gives no such access, or has given it to another worker already. */
export async function openSource(handle: FileSystemFileHandle): Promise<Source | undefined> {
  try {
    const file = await (handle as WorkerFileHandle).createSyncAccessHandle({ mode: 'read-only' })
    return {
      read: (into, at) => file.read(into, { at }),
      close() {
        file.close()
      },
    }
  } catch {
    return undefined // the Blob of the same file does, more slowly
  }
}

function memorySink(): Sink {
  const parts: Blob[] = []
  return {
    write(part) {
      parts.push(new Blob([part])) // copies, and may be moved to disk by the browser
      return Promise.resolve()
    },
    finish: () => Promise.resolve(new Blob(parts)),
    abandon: () => Promise.resolve(),
  }
}
