import { words } from '@/i18n'

export const t = words('acts', {
  zh: {
    needed: '请填写“{name}”。',
    optional: '（可不填）',
    working: '正在提交…',
    signs: '提交时用本设备的密钥签名。',
    done: '已办理。',
    choose: '请选择',
    row: '{name} {n}',
    add: '增加一项{name}',
    remove: '删去{name} {n}',
  },
  en: {
    needed: 'Please fill in “{name}”.',
    optional: '(optional)',
    working: 'Sending…',
    signs: 'It is signed with this device’s key.',
    done: 'Done.',
    choose: 'Please choose',
    row: '{name} {n}',
    add: 'Add a {name}',
    remove: 'Remove {name} {n}',
  },
})
