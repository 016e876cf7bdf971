import { words } from '@/i18n'

export const t = words('matters-names', {
  zh: { renamed: '合同文本已更名', noted: '合同附注，原文和签名不变', text: '附注全文' },
  en: { renamed: 'The text bears the new name', noted: 'Notation beside the text, which stays as it was signed', text: 'The notation' },
})
