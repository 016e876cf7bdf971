import { words } from '@/i18n'

export const t = words('centre-group', {
  zh: {
    lead: '平台运营机构及其控股、管理关系的单位，不得在本平台投标，也不得在本平台代理招标、采购。名单向所有人公开。',
    none: '名单上还没有单位。',
    uscc: '统一社会信用代码',
    name: '单位名称',
    basis: '关联关系及依据',
    basisHint: '例如股权、管理关系的公示信息及日期',
    enter: '登记关联单位',
    enterText: '登记后立即生效并公开；此后该单位的投标和代理申请由平台拒绝。',
    enterButton: '登记',
    out: '移出：{name}',
    outButton: '移出',
    reason: '移出理由',
  },
  en: {
    lead: 'The operator and the units that hold, head or manage it, or are held by it, may neither bid nor be an agency on this platform. Everybody can read the list.',
    none: 'No unit is on the list yet.',
    uscc: 'Unified social credit code',
    name: 'Name',
    basis: 'How it belongs to the group, by what proof',
    basisHint: 'For instance published holdings or management, with their date',
    enter: 'Enter a unit',
    enterText: 'In force and public at once: from then on the platform refuses its bids and its work as an agency.',
    enterButton: 'Enter',
    out: 'Take out: {name}',
    outButton: 'Take out',
    reason: 'Why it is taken out',
  },
})
