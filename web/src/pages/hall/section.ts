import type { Section } from '@/app/sections'

import { t } from './words'

export default {
  order: 21,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [
    { path: '/lots/:lot/hall', name: 'hall', component: () => import('./HallPage.vue'), meta: { title: () => t('title') } },
    { path: '/lots/:lot/replay', name: 'replay', component: () => import('./ReplayPage.vue'), meta: { title: () => t('replay.title') } },
  ],
} satisfies Section
