/** PDF by pdf.js, in its worker. It fetches the parts of a file that the shown page needs, no more. */

import * as pdfjs from 'pdfjs-dist'
import worker from 'pdfjs-dist/build/pdf.worker.min.mjs?url'

import type { Member } from '@/crypto/archive-reader'

import type { Envelope } from './envelope'

pdfjs.GlobalWorkerOptions.workerSrc = worker

export const TextLayer = pdfjs.TextLayer
export type Pdf = pdfjs.PDFDocumentProxy
export type PdfPage = pdfjs.PDFPageProxy

const CHUNK = 256 * 1024
const BASE = `${import.meta.env.BASE_URL}pdf/`

class EnvelopeTransport extends pdfjs.PDFDataRangeTransport {
  readonly #envelope: Envelope
  readonly #file: Member
  readonly #failed: (thrown: unknown) => void

  constructor(envelope: Envelope, file: Member, first: Uint8Array, failed: (thrown: unknown) => void) {
    super(file.length, first, first.length === file.length)
    this.#envelope = envelope
    this.#file = file
    this.#failed = failed
  }

  override requestDataRange(begin: number, end: number): void {
    this.#envelope
      .read(this.#file, begin, end - begin)
      .then((bytes) => {
        this.onDataRange(begin, bytes)
      })
      .catch(this.#failed)
  }
}

/** The document. `failed`: told when a part cannot be fetched later on. Throws `Problem`, and pdf.js's errors. */
export async function openPdf(envelope: Envelope, file: Member, failed: (thrown: unknown) => void): Promise<{ pdf: Pdf; close(): void }> {
  const first = await envelope.read(file, 0, Math.min(CHUNK, file.length))
  const task = pdfjs.getDocument({
    range: new EnvelopeTransport(envelope, file, first, failed),
    rangeChunkSize: CHUNK,
    disableAutoFetch: true,
    disableStream: true,
    cMapUrl: `${BASE}cmaps/`,
    cMapPacked: true,
    standardFontDataUrl: `${BASE}standard_fonts/`,
    wasmUrl: `${BASE}wasm/`,
    useWorkerFetch: false, // the worker's own policy admits no connection
    useWasm: false, // the content security policy admits no code made on the spot
    enableXfa: false,
    verbosity: pdfjs.VerbosityLevel.ERRORS,
  })
  const close = (): void => void task.destroy()
  try {
    return { pdf: await task.promise, close }
  } catch (thrown) {
    close()
    throw thrown
  }
}
