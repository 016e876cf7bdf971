import { words } from '@/i18n'

import { en } from './words.en'
import { zh } from './words.zh'

export const t = words('supervisor', { zh, en })
