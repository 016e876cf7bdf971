/** Bundles the browser's sealing for a test that runs it in Node against the command line; no part of the client. */

import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vite'

const source = (path: string): string => fileURLToPath(new URL(`../src/${path}`, import.meta.url))

export default defineConfig({
  publicDir: false,
  resolve: { alias: { '@': source('') } },
  build: {
    target: 'node24',
    lib: { entry: source('sealing/interop.testing.ts'), formats: ['iife'], name: 'interop', fileName: () => 'interop.js' },
  },
})
