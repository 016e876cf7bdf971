/** The offline sealing page. */

import { onePage } from './inlined.ts'

export default onePage({ entry: 'offline/main.ts', file: 'offline-seal.html', title: '离线封装 · Offline sealing' })
