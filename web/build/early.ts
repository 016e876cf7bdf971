/**
 * What a spectators' page will want, asked for while its HTML is read: its chunks with their styles, and its first data.
 *
 * Else a phone learns of the chunk only when the client runs, and of the data only when the chunk does: two more trips
 * over a slow network. The script stands in the page itself; the server allows it by its hash.
 */

import type { IndexHtmlTransformContext, Plugin } from 'vite'

type OutputBundle = NonNullable<IndexHtmlTransformContext['bundle']>
type OutputChunk = Extract<OutputBundle[string], { type: 'chunk' }>

interface Page {
  /** Of the address behind `/app`; `$1` in `data` is its first group. */
  readonly path: RegExp
  readonly module: string
  /** Asked as `api/http.ts` would ask; just as the page spells them. */
  readonly data: readonly string[]
}

const PAGES: readonly Page[] = [
  { path: /^\/$/, module: 'home/HomePage.vue', data: ['/lots?mode=test&limit=100', '/lots?phase=noticed&limit=50'] },
  { path: /^\/openings$/, module: 'openings/OpeningsPage.vue', data: [] },
  { path: /^\/lots\/([^/]+)$/, module: 'lot/LotPage.vue', data: ['/lots/$1', '/lots/$1/timeline'] },
  { path: /^\/lots\/([^/]+)\/hall$/, module: 'hall/HallPage.vue', data: [] },
  { path: /^\/lots\/([^/]+)\/replay$/, module: 'hall/ReplayPage.vue', data: ['/lots/$1'] },
  { path: /^\/dashboard$/, module: 'dashboard/DashboardPage.vue', data: [] },
]
const EVERYWHERE = ['/client-config', '/sessions/current']

export function early(): Plugin {
  return {
    name: 'early',
    apply: 'build',
    transformIndexHtml: {
      order: 'post',
      handler(html, { bundle }) {
        if (bundle === undefined) return html
        const table = PAGES.map(({ path, module, data }) => [path.source, filesOf(bundle, module, html), data])
        const asking = `<script>${script(JSON.stringify(table), JSON.stringify(EVERYWHERE))}</script>`
        // Before the styles: a script behind them waits for them.
        return html.replace('<link rel="icon"', (icon) => `${asking}\n    ${icon}`)
      },
    },
  }
}

/** The page's own chunk and all that it imports, with their styles, but for what the HTML asks for anyway. */
function filesOf(bundle: OutputBundle, module: string, html: string): string[] {
  const chunks = Object.values(bundle).filter((one): one is OutputChunk => one.type === 'chunk')
  const page = chunks.find(({ facadeModuleId }) => facadeModuleId?.endsWith(`/pages/${module}`))
  if (page === undefined) throw new Error(`no chunk of ${module}: early.ts names a page that is gone`)
  const [found, left] = [new Set<string>(), [page]]
  for (let chunk = left.pop(); chunk !== undefined; chunk = left.pop()) {
    if (found.has(chunk.fileName)) continue
    found.add(chunk.fileName)
    for (const style of chunk.viteMetadata?.importedCss ?? []) found.add(style)
    left.push(...chunk.imports.flatMap((name) => chunks.filter(({ fileName }) => fileName === name)))
  }
  return [...found].filter((name) => !html.includes(name))
}

function script(table: string, everywhere: string): string {
  return (
    `{const p=location.pathname.slice(4),early=window.early={};` +
    `const ask=a=>{early[a]=fetch(a,{credentials:'same-origin',cache:'no-store',headers:{Accept:'application/json, application/problem+json'}}).catch(()=>undefined)};` +
    `for(const [path,files,data] of ${table}){const m=p.match(path);if(!m)continue;` +
    `for(const f of files){const l=document.createElement('link');l.href='/app/'+f;l.crossOrigin='';` +
    `if(f.endsWith('.css')){l.rel='preload';l.as='style'}else l.rel='modulepreload';document.head.append(l)}` +
    `for(const a of data)ask(a.replace('$1',m[1]))}` +
    `${everywhere}.forEach(ask)}`
  )
}
