/** What the section's menu and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = { title: '挂图作战' }
export const en = { title: 'Wall chart' }

export const t = words('wall', { zh, en })
