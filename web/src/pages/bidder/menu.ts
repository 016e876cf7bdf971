/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  section: '投标',
  home: { title: '我的投标（一企一册）' },
  lots: { title: '可投的标段' },
  bid: { title: '投标' },
  opening: { title: '开标' },
  result: { title: '结果与合同' },
}

export const en = {
  section: 'Bidding',
  home: { title: 'My bids' },
  lots: { title: 'Lots to bid for' },
  bid: { title: 'Bid' },
  opening: { title: 'Opening' },
  result: { title: 'Result and contract' },
}

export const t = words('bidder', { zh, en })
