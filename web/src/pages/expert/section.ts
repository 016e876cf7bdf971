import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 50,
  roles: ['expert'],
  label: () => t('title'),
  card: { to: 'expert-seats', icon: 'expert', title: () => t('card.title'), text: () => t('card.text') },
  menu: [{ to: 'expert-seats', label: () => t('seats.title') }],
  routes: [
    { path: '/expert', name: 'expert-seats', component: () => import('./SeatsPage.vue'), meta: { title: () => t('seats.title'), login: true } },
    { path: '/expert/:lot', name: 'expert-seat', component: () => import('./SeatPage.vue'), meta: { title: () => t('seat.title'), login: true, keys: true } },
  ],
} satisfies Section
