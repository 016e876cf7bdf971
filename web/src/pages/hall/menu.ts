/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  title: '开标现场',
  replay: { title: '回放开标' },
}

export const en = {
  title: 'Opening',
  replay: { title: 'Replay of an opening' },
}

export const t = words('hall', { zh, en })
