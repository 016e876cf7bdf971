/** The offline verifying page. */

import { onePage } from './inlined.ts'

export default onePage({ entry: 'checking/main.ts', file: 'offline-verify.html', title: '离线核验 · Offline verification' })
