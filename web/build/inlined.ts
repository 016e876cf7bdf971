/** One HTML file with everything in it, whose own policy lets it reach nothing at all. */

import vue from '@vitejs/plugin-vue'
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { defineConfig, type Plugin, type UserConfig } from 'vite'

/** `entry`: in src; `file`: the page's name under /app/; `title`: both languages. */
export interface OnePage {
  readonly entry: string
  readonly file: string
  readonly title: string
}

export function onePage(page: OnePage): UserConfig {
  return defineConfig({
    base: './',
    publicDir: false,
    plugins: [vue(), inlined(page)],
    resolve: { alias: { '@': fileURLToPath(new URL('../src', import.meta.url)) } },
    define: {
      'process.env.NODE_ENV': '"production"',
      __VUE_OPTIONS_API__: 'false',
      __VUE_PROD_DEVTOOLS__: 'false',
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: 'false',
      __INTLIFY_PROD_DEVTOOLS__: 'false',
      __VUE_I18N_LEGACY_API__: 'false',
      __VUE_I18N_FULL_INSTALL__: 'false',
    },
    worker: { format: 'iife' },
    build: {
      outDir: '../bidding/web',
      emptyOutDir: false, // the client was built into it before
      target: ['chrome137', 'firefox140', 'safari18.4'],
      cssCodeSplit: false,
      lib: {
        entry: fileURLToPath(new URL(`../src/${page.entry}`, import.meta.url)),
        formats: ['iife'],
        name: 'offline',
        fileName: () => 'offline.js',
      },
      reportCompressedSize: false,
      chunkSizeWarningLimit: 1500,
    },
  })
}

function inlined({ file: name, title }: OnePage): Plugin {
  return {
    name: 'inlined',
    apply: 'build',
    enforce: 'post',
    generateBundle(_, bundle) {
      let [script, style] = ['', '']
      for (const [file, made] of Object.entries(bundle)) {
        if (made.type === 'chunk') script += made.code
        else if (file.endsWith('.css')) style += String(made.source)
        else this.error(`an offline page cannot hold ${file}`)
        Reflect.deleteProperty(bundle, file)
      }
      this.emitFile({ type: 'asset', fileName: name, source: html(title, script.replaceAll('</script', '<\\/script'), style) })
    },
  }
}

function html(title: string, script: string, style: string): string {
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    'img-src data:',
    'worker-src blob:',
    "connect-src 'none'",
    "form-action 'none'",
    "base-uri 'none'",
  ].join('; ')
  return `<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<link rel="icon" href="data:,">
<style>${style}</style>
</head>
<body>
<div id="app"></div>
<script>${script}</script>
</body>
</html>
`
}

function hashOf(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`
}
