import type { Section } from '@/app/sections'

import { t } from './words'

export default {
  order: 23,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [
    { path: '/lots/:lot/draw', name: 'matters-draw', props: true, component: () => import('./DrawPage.vue'), meta: { title: () => t('draw') } },
    { path: '/lots/:lot/experts', name: 'matters-experts', props: true, component: () => import('./ExpertsPage.vue'), meta: { title: () => t('experts') } },
    { path: '/lots/:lot/reference', name: 'matters-reference', props: true, component: () => import('./ReferencePage.vue'), meta: { title: () => t('reference') } },
    { path: '/lots/:lot/money', name: 'matters-money', props: true, component: () => import('./MoneyPage.vue'), meta: { title: () => t('money') } },
    { path: '/lots/:lot/remedies', name: 'matters-remedies', props: true, component: () => import('./RemediesPage.vue'), meta: { title: () => t('remedies') } },
    { path: '/lots/:lot/prequalification', name: 'matters-prequalification', props: true, component: () => import('./PrequalificationPage.vue'), meta: { title: () => t('prequalification') } },
    { path: '/lots/:lot/promises', name: 'matters-promises', props: true, component: () => import('./PromisesPage.vue'), meta: { title: () => t('promises'), login: true } },
    { path: '/lots/:lot/trustees', name: 'matters-trustees', props: true, component: () => import('./TrusteesPage.vue'), meta: { title: () => t('trustees'), keys: true } },
    { path: '/lots/:lot/performance', name: 'matters-performance', props: true, component: () => import('./PerformancePage.vue'), meta: { title: () => t('performance') } },
    { path: '/lots/:lot/erasure', name: 'matters-erasure', props: true, component: () => import('./ErasurePage.vue'), meta: { title: () => t('erasure'), login: true, keys: true } },
  ],
} satisfies Section
