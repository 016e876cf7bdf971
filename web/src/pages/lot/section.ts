import { readAhead } from '@/api/read'
import type { Section } from '@/app/sections'

import { t } from './menu'

export default {
  order: 22,
  roles: 'everyone',
  label: () => t('title'),
  menu: [],
  routes: [
    {
      path: '/lots/:lot',
      name: 'lot',
      component: () => import('./LotPage.vue'),
      beforeEnter: ({ params }) => {
        readAhead('/lots/{lot_id}', { path: { lot_id: String(params.lot) } })
        readAhead('/lots/{lot_id}/timeline', { path: { lot_id: String(params.lot) } })
      },
      meta: { title: () => t('title') },
    },
  ],
} satisfies Section
