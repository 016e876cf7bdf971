/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  title: '监督',
  card: { title: '我是监督人员', text: '先看预警和待办；暂停与恢复；查看全过程记录。' },
  watch: { title: '监督工作台' },
  credit: { title: '信用登记' },
  conduct: { title: '失信行为认定' },
  erasures: { title: '删除登记的个人信息' },
  lot: { title: '标段监督' },
}

export const en = {
  title: 'Supervision',
  card: { title: 'I supervise', text: 'Alerts and duties first; suspend and lift; the whole record in words.' },
  watch: { title: 'Supervision desk' },
  credit: { title: 'Credit register' },
  conduct: { title: 'Conduct found' },
  erasures: { title: 'Erasure from the register' },
  lot: { title: 'Supervise a lot' },
}

export const t = words('supervisor', { zh, en })
