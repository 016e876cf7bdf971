/** Bundles the runner of the sealed-bid vectors for a browser test; no part of the client. */

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

export default defineConfig({
  resolve: { alias: { '@': source('') } },
  build: {
    target: 'chrome137',
    lib: { entry: source('crypto/vectors.testing.ts'), formats: ['iife'], name: 'vectors', fileName: () => 'vectors.js' },
  },
})
