import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 90,
  roles: 'everyone',
  label: () => t('section'),
  menu: [
    { to: 'account-home', label: () => t('home.title') },
    { to: 'account-enrol', label: () => t('enrol.title') },
  ],
  routes: [
    {
      path: '/account',
      name: 'account-home',
      component: () => import('./AccountPage.vue'),
      meta: { title: () => t('home.title'), login: true, keys: true },
    },
    {
      path: '/account/enrol',
      name: 'account-enrol',
      component: () => import('./EnrolPage.vue'),
      meta: { title: () => t('enrol.title'), keys: true },
    },
    {
      path: '/account/add-device',
      name: 'account-add-device',
      component: () => import('./AddDevicePage.vue'),
      meta: { title: () => t('add.title'), keys: true },
    },
    {
      path: '/account/scan',
      name: 'account-scan',
      component: () => import('./ScanPage.vue'),
      meta: { title: () => t('scan.title'), keys: true },
    },
    {
      path: '/account/licence',
      name: 'account-licence',
      component: () => import('./LicencePage.vue'),
      meta: { title: () => t('licence.title'), login: true },
    },
  ],
} satisfies Section
