import { words } from '@/i18n'

export const t = words('home', {
  zh: { title: '首页', hero: '一部手机，办完一场招投标' },
  en: { title: 'Home', hero: 'A whole tender from one phone' },
})
