/** Questions and answers over a message port, errors included. */

import {
  CryptoError,
  FileChangedError,
  OpeningError,
  SealingError,
  StorageFullError,
  type Layer,
} from '@/crypto/errors'

/** Answers one kind of question; what it returns in `transfer` is handed over, not copied. */
export type Answer = (question: never) => Promise<Answered>

export interface Answered {
  readonly value: unknown
  readonly transfer?: Transferable[]
}

interface Asked {
  readonly id: number
  readonly kind: string
  readonly question: unknown
}

interface Told {
  readonly id: number
  readonly value?: unknown
  readonly fault?: Fault
}

interface Fault {
  readonly code: string
  readonly message: string
  readonly detail: Readonly<Record<string, string | number>>
}

/** Either a port or a worker's own end. */
export interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void
  addEventListener(type: 'message', listener: (event: MessageEvent) => void): void
}

/** Answers everything that comes in over `port` by the function of its kind. */
export function serve(port: Port, answers: Readonly<Record<string, Answer>>): void {
  port.addEventListener('message', (event) => {
    const { id, kind, question } = event.data as Asked
    const answer = answers[kind]
    if (answer === undefined) return
    answer(question as never).then(
      ({ value, transfer }) => {
        port.postMessage({ id, value }, transfer ?? [])
      },
      (error: unknown) => {
        port.postMessage({ id, fault: faultOf(error) }, [])
      },
    )
  })
}

/** Asks over `port`; a port serves any number of questions at once. */
export class Caller {
  #last = 0
  readonly #waiting = new Map<number, (told: Told) => void>()

  constructor(readonly port: Port) {
    port.addEventListener('message', (event) => {
      const told = event.data as Told
      const settle = this.#waiting.get(told.id)
      this.#waiting.delete(told.id)
      settle?.(told)
    })
  }

  /** The answer, or what went wrong at the other end: a CryptoError of the same kind. */
  ask<T>(kind: string, question: unknown, transfer: Transferable[] = []): Promise<T> {
    const id = (this.#last += 1)
    return new Promise<T>((resolve, reject) => {
      this.#waiting.set(id, ({ value, fault }) => {
        if (fault === undefined) resolve(value as T)
        else reject(errorOf(fault))
      })
      this.port.postMessage({ id, kind, question }, transfer)
    })
  }
}

function faultOf(error: unknown): Fault {
  if (error instanceof CryptoError) return { code: error.code, message: error.message, detail: error.detail }
  return { code: nameOf(error), message: String(error), detail: {} }
}

function nameOf(error: unknown): string {
  if (!(error instanceof DOMException)) return 'broken'
  if (error.name === 'QuotaExceededError') return 'storage-full'
  return error.name === 'NotReadableError' || error.name === 'NotFoundError' ? 'file-changed' : 'broken'
}

function errorOf({ code, message, detail }: Fault): Error {
  if (code === 'opening') {
    return new OpeningError(detail.layer as Layer, String(detail.reason), String(detail.envelope))
  }
  if (code === 'file-changed') return new FileChangedError(detail)
  if (code === 'storage-full') return new StorageFullError(detail)
  return code === 'sealing' ? new SealingError(detail) : new Error(message)
}
