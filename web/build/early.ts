/**
 * What a spectators' page will want, asked for while its HTML is read: its chunks with their styles, and its first data.
 *
 * Else a phone learns of the chunk only when the client runs, and of the data only when the chunk does: two more trips
 * over a slow network. Each such page has an HTML file of its own under `early/`, the client's with links to its chunks
 * and a script that asks for its data; `early/pages.json` tells the server which address gets which file.
 */

import type { Plugin, Rollup } from 'vite'

interface Page {
  /** Of the address behind `/app`, as JavaScript and Python both read it; `$1` in `data` is its first group. */
  readonly path: string
  readonly module: string
  /** Asked as `api/http.ts` would ask; just as the page spells them. `$set` is the query's `set`, `live` without. */
  readonly data: readonly string[]
  /** It follows the lot's hall: the websocket is opened too, as `live/follow.ts` would. */
  readonly follows?: boolean
}

const PAGES: readonly Page[] = [
  { path: '^/$', module: 'home/HomePage.vue', data: ['/lots?mode=test&limit=100', '/lots?phase=noticed&limit=50'] },
  { path: '^/openings$', module: 'openings/OpeningsPage.vue', data: [] },
  { path: '^/lots/([^/]+)$', module: 'lot/LotPage.vue', data: ['/lots/$1', '/lots/$1/timeline'] },
  { path: '^/lots/([^/]+)/hall$', module: 'hall/HallPage.vue', data: [], follows: true },
  { path: '^/lots/([^/]+)/replay$', module: 'hall/ReplayPage.vue', data: ['/lots/$1', '/lots/$1/events?limit=200'] },
  { path: '^/dashboard$', module: 'dashboard/DashboardPage.vue', data: ['/statistics?set=$set'] },
]
const EVERYWHERE = ['/client-config', '/sessions/current']

export function early(): Plugin {
  return {
    name: 'early',
    apply: 'build',
    enforce: 'post', // when Vite has made its HTML
    generateBundle(_, bundle) {
      const index = bundle['index.html']
      if (index?.type !== 'asset') throw new Error('no index.html in the bundle: early.ts comes too soon')
      const html = String(index.source)
      const table = PAGES.map((page) => {
        const fileName = `early/${page.module.replace(/.*\/(\w+)Page\.vue$/, '$1').toLowerCase()}.html`
        const source = html
          // Before the styles: a script behind them waits for them.
          .replace('<link rel="icon"', (icon) => `${script(page)}\n    ${icon}`)
          // Behind the client's own: without that, no page.
          .replace('</head>', (end) => `  ${links(filesOf(bundle, page.module, html))}\n  ${end}`)
        this.emitFile({ type: 'asset', fileName, source })
        return [page.path, fileName]
      })
      this.emitFile({ type: 'asset', fileName: 'early/pages.json', source: JSON.stringify(table) })
    },
  }
}

/** The page's own chunk and all that it imports, with their styles, but for what the HTML asks for anyway. */
function filesOf(bundle: Rollup.OutputBundle, module: string, html: string): string[] {
  const chunks = Object.values(bundle).filter((one) => one.type === 'chunk')
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

function links(files: readonly string[]): string {
  return files
    .map((name) => `<link rel="${name.endsWith('.css') ? 'stylesheet' : 'modulepreload'}" crossorigin href="/app/${name}">`)
    .join('\n    ')
}

function script({ path, data, follows = false }: Page): string {
  return (
    `<script>{const m=location.pathname.slice(4).match(${JSON.stringify(path)})||[],early=window.early={};` +
    `for(const one of ${JSON.stringify([...data, ...EVERYWHERE])}){` +
    `const a=one.replace('$1',m[1]).replace('$set',new URLSearchParams(location.search).get('set')||'live');` +
    `early[a]=fetch(a,{credentials:'same-origin',cache:'no-store',headers:{Accept:'application/json, application/problem+json'}}).catch(()=>undefined)}` +
    `${follows ? FOLLOW : ''}}</script>`
  )
}

/** Frames are held until the page takes them over; `liveOrigin` in `app/config.ts` says the same of the address. */
const FOLLOW =
  `early['/client-config'].then((r)=>r&&r.ok&&r.clone().json().then((c)=>{const s=location.protocol==='https:'?'wss:':'ws:',` +
  `o=c.live_url?c.live_url.replace(/\\/$/,''):c.live_port===null?s+'//'+location.host:s+'//'+location.hostname+':'+c.live_port,` +
  `socket=new WebSocket(o+'/live/lots/'+m[1]),frames=[];socket.onmessage=(e)=>frames.push(e.data);window.earlyHall={socket,frames}})).catch(()=>undefined)`
