import type { Section } from '@/app/sections'

import { t } from './words/common'

export default {
  order: 50,
  roles: ['agency', 'tenderer'],
  label: () => t('section'),
  card: { to: 'agency-lots', icon: 'office', title: () => t('card.title'), text: () => t('card.text') },
  menu: [
    { to: 'agency-lots', label: () => t('lots') },
    { to: 'agency-file', label: () => t('file') },
  ],
  routes: [
    { path: '/agency', name: 'agency-lots', component: () => import('./LotsPage.vue'), meta: { title: () => t('lots'), login: true } },
    { path: '/agency/file', name: 'agency-file', component: () => import('./FilingPage.vue'), meta: { title: () => t('file'), login: true } },
    { path: '/agency/lots/:lot', name: 'agency-lot', props: true, component: () => import('./LotPage.vue'), meta: { title: () => t('places.overview'), login: true } },
    { path: '/agency/lots/:lot/file', name: 'agency-refile', props: true, component: () => import('./FilingPage.vue'), meta: { title: () => t('file'), login: true } },
    { path: '/agency/lots/:lot/rooms', name: 'agency-rooms', props: true, component: () => import('./RoomsPage.vue'), meta: { title: () => t('places.rooms'), login: true } },
    { path: '/agency/lots/:lot/notice', name: 'agency-notice', props: true, component: () => import('./NoticePage.vue'), meta: { title: () => t('places.notice'), login: true, keys: true } },
    { path: '/agency/lots/:lot/questions', name: 'agency-questions', props: true, component: () => import('./QuestionsPage.vue'), meta: { title: () => t('places.questions'), login: true, keys: true } },
    { path: '/agency/lots/:lot/opening', name: 'agency-opening', props: true, component: () => import('./OpeningPage.vue'), meta: { title: () => t('places.opening'), login: true, keys: true } },
    { path: '/agency/lots/:lot/evaluation', name: 'agency-evaluation', props: true, component: () => import('./EvaluationPage.vue'), meta: { title: () => t('places.evaluation'), login: true, keys: true } },
    { path: '/agency/lots/:lot/award', name: 'agency-award', props: true, component: () => import('./AwardPage.vue'), meta: { title: () => t('places.award'), login: true, keys: true } },
  ],
} satisfies Section
