import { words } from '@/i18n'

export const t = words('licence', {
  zh: {
    lead: '名称或法定代表人变更一次同意后，平台通知印章制作单位和电子认证机构，并更新在办合同。收到答复后这里随之更新。',
    told: '通知了谁',
    none: '本单位没有证照变更。',
    notice: '第 {n} 次通知',
    nobody: '当时没有需要由平台通知的外部单位。',
    kinds: { NAME: '名称', HEAD: '法定代表人', QUALIFICATION: '资质', MERGER: '合并', SPLIT: '分立', BANKRUPTCY: '破产' },
    state: { WAITING: '待答复', ACCEPTED: '已受理', DONE: '已办结', REFUSED: '不予办理' },
    reference: '办件号 {number}',
    contracts: '合同',
    noContract: '没有因变更而更名或者附注的合同。',
    more: '继续查找更早的标段',
  },
  en: {
    lead: 'By the one consent to a new name or legal representative the platform tells makers of seals and certificate authorities, and brings it to contracts under way. Their answers appear here.',
    told: 'Who was told',
    none: 'This unit has changed no licence.',
    notice: 'Notice {n}',
    nobody: 'There was no body outside that the platform had to tell.',
    kinds: { NAME: 'Name', HEAD: 'Legal representative', QUALIFICATION: 'Qualification', MERGER: 'Merger', SPLIT: 'Split', BANKRUPTCY: 'Bankruptcy' },
    state: { WAITING: 'no answer yet', ACCEPTED: 'accepted', DONE: 'done', REFUSED: 'refused' },
    reference: 'case {number}',
    contracts: 'Contracts',
    noContract: 'No contract was renamed or bears a notation.',
    more: 'Look through older lots',
  },
})
