import { words } from '@/i18n'

/** Loaded with the first page: titles and links only. */
export const t = words('matters', {
  zh: {
    title: '标段事项',
    lot: '标段公告',
    links: '本标段的其他事项',
    draw: '系数抽取',
    experts: '专家抽取',
    reference: '标底',
    money: '保证金、保函与台账',
    remedies: '询问、质疑与投诉',
    prequalification: '资格预审',
    promises: '告知承诺',
    trustees: '密钥受托人',
    performance: '合同履约与付款',
    erasure: '删除个人信息',
  },
  en: {
    title: 'Matters of the lot',
    lot: 'Notice',
    links: 'Other matters of this lot',
    draw: 'Draw of coefficients',
    experts: 'Draw of experts',
    reference: 'Reference price',
    money: 'Deposits, guarantees, ledger',
    remedies: 'Inquiries, queries, complaints',
    prequalification: 'Prequalification',
    promises: 'Promises of papers',
    trustees: 'Trustees of keys',
    performance: 'Performance and payment',
    erasure: 'Erasure of personal data',
  },
})
