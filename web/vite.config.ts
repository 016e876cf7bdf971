import vue from '@vitejs/plugin-vue'
import { fileURLToPath } from 'node:url'
import Components from 'unplugin-vue-components/vite'
import { ElementPlusResolver } from 'unplugin-vue-components/resolvers'
import { defineConfig } from 'vite'

import { compressed } from './build/compressed.ts'
import { early } from './build/early.ts'
import { pdfFiles } from './build/pdf.ts'

const api = process.env.BIDDING_API ?? 'http://127.0.0.1:8000'

export default defineConfig({
  base: '/app/',
  plugins: [
    vue(),
    // Templates name Element Plus components (`<el-date-picker>`); each chunk carries those that it names.
    Components({ dirs: [], dts: false, resolvers: [ElementPlusResolver({ importStyle: 'css' })] }),
    early(),
    pdfFiles(),
    compressed(),
  ],
  resolve: { alias: { '@': fileURLToPath(new URL('src', import.meta.url)) } },
  define: {
    __VUE_OPTIONS_API__: 'true', // Element Plus has components written that way
    __VUE_PROD_DEVTOOLS__: 'false',
    __INTLIFY_PROD_DEVTOOLS__: 'false',
    __VUE_I18N_LEGACY_API__: 'false',
  },
  worker: { format: 'es' },
  build: {
    outDir: '../bidding/web',
    emptyOutDir: true,
    target: ['chrome137', 'firefox140', 'safari18.4'], // the first with Ed25519 and X25519 in WebCrypto
    assetsInlineLimit: 0, // the content security policy has no data: for scripts, styles and fonts
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    chunkSizeWarningLimit: 1500,
    // What most pages share in crumbs: over a slow network each file costs a trip, six at a time.
    rolldownOptions: {
      output: {
        codeSplitting: {
          groups: [
            { name: 'vendor', test: /node_modules/, tags: ['$initial'], priority: 4 },
            { name: 'client', tags: ['$initial'], priority: 3 },
            { name: 'parts', test: /\/src\/(app\/parts|money|time|drafts)\/|\/api\/command/, priority: 2 },
            { name: 'opening', test: /\/src\/(live\/(hall|opening|use)|pages\/hall\/(HallView|HallHead|log))\./, priority: 1 },
          ],
        },
      },
    },
  },
  server: {
    proxy: Object.fromEntries(
      ['/client-config', '/lots', '/feed', '/parties', '/sessions', '/rooms', '/experts', '/supervision', '/uploads', '/time', '/keys', '/statistics', '/problems', '/rules'].map(
        (path) => [path, api],
      ),
    ),
  },
})
