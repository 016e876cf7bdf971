/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  card: { title: '我在交易中心', text: '受理进场、核验主体、管理场地和专家库。' },
  title: '交易中心',
  desk: { title: '进场受理' },
  parties: { title: '主体与身份' },
  rooms: { title: '场地' },
  experts: { title: '专家库' },
  group: { title: '运营机构关联单位' },
  erasures: { title: '删除登记的个人信息' },
  file: { title: '进场资料' },
}

export const en = {
  card: { title: 'I work at the centre', text: 'Admit files, verify parties, keep rooms and experts.' },
  title: 'Trading centre',
  desk: { title: 'Admission' },
  parties: { title: 'Parties and roles' },
  rooms: { title: 'Rooms' },
  experts: { title: 'Expert pool' },
  group: { title: 'Operator’s own group' },
  erasures: { title: 'Erasure from the register' },
  file: { title: 'File of a lot' },
}

export const t = words('centre', { zh, en })
