/** Routes of all sections; the address keeps everything that a reload needs. */

import { shallowRef } from 'vue'
import { createRouter, createWebHistory } from 'vue-router'

import { unreachable } from '@/api/problem'
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
/** What kept the last link from being followed while the network is away: the page stays, with all that is in it. */
export const unloaded = shallowRef<unknown>(null)
router.onError((_, to) => {
  if (!navigator.onLine) {
    unloaded.value = unreachable()
    return
  }
  if (sessionStorage.getItem(RELOADED) === to.fullPath) return
  sessionStorage.setItem(RELOADED, to.fullPath)
  location.assign(router.resolve(to).href)
})
