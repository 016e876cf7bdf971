import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 30,
  roles: 'everyone',
  label: () => t('title'),
  menu: [{ to: 'dashboard', label: () => t('title') }],
  card: { to: 'dashboard', icon: 'chart', title: () => t('card.title'), text: () => t('card.text') },
  routes: [
    { path: '/commitments', name: 'commitments', component: () => import('./CommitmentsPage.vue'), meta: { title: () => t('commitments') } },
    { path: '/payments', name: 'payments', component: () => import('./PaymentsPage.vue'), meta: { title: () => t('payments') } },
    { path: '/dashboard', name: 'dashboard', component: () => import('./DashboardPage.vue'), meta: { title: () => t('title') } },
  ],
} satisfies Section
