/** Routes of all sections; the address keeps everything that a reload needs. */

import { createRouter, createWebHistory } from 'vue-router'

import { words } from '@/i18n'

import { sections } from './sections'
import { askLogin, refreshSession, session } from './session'

const t = words('router', {
  zh: { missing: '没有这个页面' },
  en: { missing: 'No such page' },
})

export const router = createRouter({
  history: createWebHistory('/app/'),
  scrollBehavior: (to, from, saved) =>
    // The first page stands at its top: to scroll there would only lay it out once more.
    saved ?? (to.hash ? { el: to.hash } : from.matched.length > 0 && { top: 0 }),
  routes: [
    ...sections.flatMap((section) => section.routes),
    {
      path: '/:missing(.*)*',
      name: 'missing',
      component: () => import('./MissingPage.vue'),
      meta: { title: () => t('missing') },
    },
  ],
})

router.beforeEach(async (to) => {
  if (!to.meta.login) return true
  if (!session.asked) await refreshSession()
  if (session.who || (await askLogin())) return true
  return to.redirectedFrom || router.currentRoute.value.name ? false : { name: 'home' }
})

// After an upgrade of the server the chunks that this page knows are gone: load the new client, once.
const RELOADED = 'bidding.reloaded'
router.onError((_, to) => {
  if (sessionStorage.getItem(RELOADED) === to.fullPath) return
  sessionStorage.setItem(RELOADED, to.fullPath)
  location.assign(router.resolve(to).href)
})
