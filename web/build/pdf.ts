/** Puts what pdf.js fetches by name beside the client: character maps (Chinese!), standard fonts, image decoders. */

import { readdir, readFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { Plugin } from 'vite'

const FOLDERS = ['cmaps', 'standard_fonts', 'wasm']

export function pdfFiles(): Plugin {
  return {
    name: 'pdf-files',
    apply: 'build',
    async generateBundle() {
      const home = dirname(dirname(fileURLToPath(import.meta.resolve('pdfjs-dist'))))
      for (const folder of FOLDERS)
        for (const name of await readdir(join(home, folder))) {
          if (name.endsWith('.wasm')) continue
          this.emitFile({ type: 'asset', fileName: `pdf/${folder}/${name}`, source: await readFile(join(home, folder, name)) })
        }
    },
  }
}
