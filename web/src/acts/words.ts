import { words } from '@/i18n'

export const t = words('acts', {
  zh: {
    needed: '请填写“{name}”。',
    notWhole: '“{name}”应为不小于 0 的整数，最多 9 位。',
    notAmount: '请填写“{name}”。应为不小于 0 的金额，如 100万、1.2亿 或 1000000.00。',
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
    notWhole: '“{name}” must be a whole number of at least 0, of nine digits at most.',
    notAmount: '“{name}” must be an amount of at least 0, in yuan, as 1000000.00.',
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
