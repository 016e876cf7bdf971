import { words } from '@/i18n'

export const t = words('matters-papers', {
  zh: {
    title: '法定文书',
    note: '签章的 OFD 是原件；PDF 是副本，每页载明原件的 SHA-256。',
    pdf: 'PDF 副本',
    sealed: '{paper}，签章的 OFD',
    copy: '{paper}，PDF 副本',
    kinds: { notice: '招标公告', receipt: '我的投标回执', 'opening-record': '开标记录', report: '评标报告', 'award-notice': '中标通知书', contract: '合同' },
  },
  en: {
    title: 'Papers',
    note: 'The sealed OFD is the original; the PDF is a copy, and each page names the original’s SHA-256.',
    pdf: 'PDF copy',
    sealed: '{paper}, sealed OFD',
    copy: '{paper}, PDF copy',
    kinds: { notice: 'Notice', receipt: 'My receipt', 'opening-record': 'Opening record', report: 'Evaluation report', 'award-notice': 'Award notice', contract: 'Contract' },
  },
})
