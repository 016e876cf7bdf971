/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  title: '零成本账本',
  commitments: '年度承诺',
  payments: '逾期未支付公示',
  card: { title: '我想看看成效', text: '免收了多少、省下多少、惠及多少企业，逐笔可查。' },
}

export const en = {
  title: 'Cost ledger',
  commitments: 'Yearly commitments',
  payments: 'Overdue payments',
  card: { title: 'I want to see what it brought', text: 'What was waived and saved, for how many enterprises, down to each entry.' },
}

export const t = words('dashboard', { zh, en })
