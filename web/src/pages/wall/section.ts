import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 31,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [{ path: '/wall', name: 'wall', component: () => import('./WallPage.vue'), meta: { title: () => t('title') } }],
} satisfies Section
