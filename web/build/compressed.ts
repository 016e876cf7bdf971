/** Writes `.gz` and `.br` beside what is worth it, so that the server only has to choose. */

import { readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'
import type { Plugin } from 'vite'

const WORTH = /\.(?:html|js|mjs|css|svg|json|webmanifest|txt)$/
/** Bytes; below it a packet is a packet. */
const LEAST = 1024

export function compressed(): Plugin {
  let folder = ''
  return {
    name: 'compressed',
    apply: 'build',
    configResolved(config) {
      folder = join(config.root, config.build.outDir)
    },
    async closeBundle() {
      const names = await readdir(folder, { recursive: true })
      await Promise.all(names.filter((name) => WORTH.test(name)).map((name) => write(join(folder, name))))
    },
  }
}

async function write(path: string): Promise<void> {
  const data = await readFile(path)
  if (data.length < LEAST) return
  const quality = { params: { [constants.BROTLI_PARAM_QUALITY]: 9, [constants.BROTLI_PARAM_SIZE_HINT]: data.length } }
  const [zipped, brotli] = await Promise.all([
    promisify(gzip)(data, { level: 9 }),
    promisify(brotliCompress)(data, quality),
  ])
  await Promise.all([writeFile(`${path}.gz`, zipped), writeFile(`${path}.br`, brotli)])
}
