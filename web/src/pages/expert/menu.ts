/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  title: '评标专家',
  card: { title: '我是评标专家', text: '签到、逐页阅读投标文件、独立打分、签署报告。' },
  seats: { title: '我的评标任务' },
  seat: { title: '评标' },
}

export const en = {
  title: 'Expert',
  card: { title: 'I am an expert', text: 'Sign in, read the bids page by page, score on your own, sign the report.' },
  seats: { title: 'My seats' },
  seat: { title: 'Evaluation' },
}

export const t = words('expert', { zh, en })
