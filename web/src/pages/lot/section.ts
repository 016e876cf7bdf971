import type { Section } from '@/app/sections'

import { t } from './words'

export default {
  order: 22,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [
    { path: '/lots/:lot', name: 'lot', component: () => import('./LotPage.vue'), meta: { title: () => t('title') } },
  ],
} satisfies Section
