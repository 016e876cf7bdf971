/** What the section's menu, card and titles say: loaded with the first page, so nothing else is here. */

import { words } from '@/i18n'

export const zh = {
  section: '账户',
  home: { title: '本主体与设备' },
  enrol: { title: '注册主体与设备' },
  add: { title: '登记又一台设备' },
  scan: { title: '扫码确认' },
  licence: { title: '证照变更的去向' },
}

export const en = {
  section: 'Account',
  home: { title: 'My party and devices' },
  enrol: { title: 'Register a party and this device' },
  add: { title: 'Enrol a further device' },
  scan: { title: 'Confirm a scanned code' },
  licence: { title: 'Where a changed licence went' },
}

export const t = words('account', { zh, en })
