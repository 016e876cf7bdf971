import type { Section } from '@/app/sections'

import { t } from './words'

export default {
  order: 20,
  roles: 'everyone',
  label: () => t('title'),
  menu: [{ to: 'openings', label: () => t('menu') }],
  card: { to: 'openings', icon: 'eye', title: () => t('card.title'), text: () => t('card.text') },
  routes: [
    {
      path: '/openings',
      name: 'openings',
      component: () => import('./OpeningsPage.vue'),
      meta: { title: () => t('title') },
    },
  ],
} satisfies Section
