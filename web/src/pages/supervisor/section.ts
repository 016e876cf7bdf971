import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 60,
  roles: ['supervisor'],
  label: () => t('title'),
  card: { to: 'supervisor-watch', icon: 'supervisor', title: () => t('card.title'), text: () => t('card.text') },
  menu: [
    { to: 'supervisor-watch', label: () => t('watch.title') },
    { to: 'supervisor-credit', label: () => t('credit.title') },
    { to: 'supervisor-conduct', label: () => t('conduct.title') },
    { to: 'centre-erasures', label: () => t('erasures.title') },
  ],
  routes: [
    { path: '/supervisor', name: 'supervisor-watch', component: () => import('./WatchPage.vue'), meta: { title: () => t('watch.title'), login: true } },
    { path: '/supervisor/credit', name: 'supervisor-credit', component: () => import('./CreditPage.vue'), meta: { title: () => t('credit.title'), login: true, keys: true } },
    { path: '/supervisor/conduct', name: 'supervisor-conduct', component: () => import('./ConductPage.vue'), meta: { title: () => t('conduct.title'), login: true, keys: true } },
    { path: '/supervisor/:lot', name: 'supervisor-lot', component: () => import('./LotPage.vue'), meta: { title: () => t('lot.title'), login: true, keys: true } },
  ],
} satisfies Section
