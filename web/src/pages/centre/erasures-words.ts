import { words } from '@/i18n'

export const t = words('centre-erasures', {
  zh: {
    lead: '监督部门签署删除令，由另一名运营人员执行（个人信息保护法第四十七条）。标段事件中的个人信息在各标段的“删除个人信息”页办理。',
    party: '主体编号',
    partyHint: '24 位，由本人在“本主体与设备”页查得',
    badParty: '应为 24 位数字和小写字母 a–f。',
    look: '查找',
    looking: '正在查找…',
    none: '对该主体没有删除令。',
    parts: '删除的内容',
    part: { CONTACT: '联系人、电话、邮箱、地址', IDENTITY: '自然人的姓名、核验材料和专家库登记' },
    giveAbout: '在办标段涉及该主体的，联系方式待标段结束后删除；姓名等待档案保存期满后删除。签署后由运营者执行，不能恢复。',
  },
  en: {
    lead: 'A supervisor signs the order, another person, an operator, carries it out (Personal Information Protection Law, art. 47). What a lot’s events say is erased on the lot’s own page.',
    party: 'Party number',
    partyHint: '24 characters, as the party finds it on its own page',
    badParty: '24 digits and letters a–f are needed.',
    look: 'Look up',
    looking: 'Looking…',
    none: 'There is no order about this party.',
    parts: 'What is erased',
    part: { CONTACT: 'person to contact, telephone, e-mail, address', IDENTITY: 'a natural person’s name, its proof, the entry in the pool of experts' },
    giveAbout: 'A contact stays while a lot goes on that names the party; a name until the records need not be kept any more. An operator carries it out, for good.',
  },
})
