import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 70,
  roles: ['operator'],
  label: () => t('title'),
  card: { to: 'centre-desk', icon: 'office', title: () => t('card.title'), text: () => t('card.text') },
  menu: [
    { to: 'centre-desk', label: () => t('desk.title') },
    { to: 'centre-parties', label: () => t('parties.title') },
    { to: 'centre-rooms', label: () => t('rooms.title') },
    { to: 'centre-experts', label: () => t('experts.title') },
    { to: 'centre-group', label: () => t('group.title') },
    { to: 'centre-erasures', label: () => t('erasures.title') },
  ],
  routes: [
    { path: '/centre', name: 'centre-desk', component: () => import('./DeskPage.vue'), meta: { title: () => t('desk.title'), login: true } },
    { path: '/centre/parties', name: 'centre-parties', component: () => import('./PartiesPage.vue'), meta: { title: () => t('parties.title'), login: true } },
    { path: '/centre/rooms', name: 'centre-rooms', component: () => import('./RoomsPage.vue'), meta: { title: () => t('rooms.title'), login: true } },
    { path: '/centre/experts', name: 'centre-experts', component: () => import('./ExpertsPage.vue'), meta: { title: () => t('experts.title'), login: true } },
    { path: '/centre/group', name: 'centre-group', component: () => import('./GroupPage.vue'), meta: { title: () => t('group.title') } },
    { path: '/centre/erasures', name: 'centre-erasures', component: () => import('./ErasuresPage.vue'), meta: { title: () => t('erasures.title'), login: true, keys: true } },
    { path: '/centre/lots/:lot', name: 'centre-file', component: () => import('./FilePage.vue'), meta: { title: () => t('file.title'), login: true, keys: true } },
  ],
} satisfies Section
