/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  card: { title: '我要投标', text: '找项目、下载文件，在自己的设备上封装、递交、解密，签合同。' },
  section: '投标',
  home: { title: '我的投标（一企一册）' },
  lots: { title: '可投的标段' },
  bid: { title: '投标' },
  opening: { title: '开标' },
  result: { title: '结果与合同' },
}

export const en = {
  card: { title: 'I want to bid', text: 'Find tenders, seal and hand in on your own device, release, sign the contract.' },
  section: 'Bidding',
  home: { title: 'My bids' },
  lots: { title: 'Lots to bid for' },
  bid: { title: 'Bid' },
  opening: { title: 'Opening' },
  result: { title: 'Result and contract' },
}

export const t = words('bidder', { zh, en })
