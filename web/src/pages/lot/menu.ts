/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  title: '标段',
}

export const en = {
  title: 'Lot',
}

export const t = words('lot', { zh, en })
