import { readAhead } from '@/api/read'
import type { Section } from '@/app/sections'
import { PAGE } from '@/live/past'

import { t } from './menu'

export default {
  order: 21,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [
    { path: '/lots/:lot/hall', name: 'hall', component: () => import('./HallPage.vue'), meta: { title: () => t('title') } },
    {
      path: '/lots/:lot/replay',
      name: 'replay',
      component: () => import('./ReplayPage.vue'),
      beforeEnter: ({ params }) => {
        readAhead('/lots/{lot_id}', { path: { lot_id: String(params.lot) } })
        readAhead('/lots/{lot_id}/events', { path: { lot_id: String(params.lot) }, query: { limit: PAGE } })
      },
      meta: { title: () => t('replay.title') },
    },
  ],
} satisfies Section
