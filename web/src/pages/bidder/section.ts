import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 40,
  roles: ['bidder'],
  label: () => t('section'),
  card: { to: 'bidder-home', icon: 'bidder', title: () => t('card.title'), text: () => t('card.text') },
  menu: [
    { to: 'bidder-home', label: () => t('home.title') },
    { to: 'bidder-lots', label: () => t('lots.title') },
  ],
  routes: [
    {
      path: '/bidder',
      name: 'bidder-home',
      component: () => import('./HomePage.vue'),
      meta: { title: () => t('home.title'), login: true, keys: true },
    },
    {
      path: '/bidder/lots',
      name: 'bidder-lots',
      component: () => import('./LotsPage.vue'),
      meta: { title: () => t('lots.title'), login: true },
    },
    {
      path: '/bidder/lots/:lot',
      name: 'bidder-bid',
      component: () => import('./BidPage.vue'),
      props: true,
      meta: { title: () => t('bid.title'), login: true, keys: true },
    },
    {
      path: '/bidder/lots/:lot/opening',
      name: 'bidder-opening',
      component: () => import('./OpeningPage.vue'),
      props: true,
      meta: { title: () => t('opening.title'), login: true, keys: true },
    },
    {
      path: '/bidder/lots/:lot/result',
      name: 'bidder-result',
      component: () => import('./ResultPage.vue'),
      props: true,
      meta: { title: () => t('result.title'), login: true, keys: true },
    },
  ],
} satisfies Section
