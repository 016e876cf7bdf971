import type { Section } from '@/app/sections'

import { t } from './words'

export default {
  order: 10,
  roles: 'everyone',
  label: () => t('title'),
  menu: [{ to: 'home', label: () => t('title') }],
  routes: [
    { path: '/', name: 'home', component: () => import('./HomePage.vue'), meta: { title: () => t('title') } },
  ],
} satisfies Section
