import { words } from '@/i18n'

export const t = words('pdf', {
  zh: {
    page: '第 {page} 页，共 {pages} 页',
    go: '页码',
    previous: '上一页',
    next: '下一页',
    larger: '放大',
    smaller: '缩小',
    fit: '适合宽度',
    keys: '键盘：← → 翻页，+ − 缩放，Home End 首末页。',
    loading: '正在打开文件…',
    region: '投标文件页面',
    broken: { title: '这个文件打不开', detail: '它不是完好的 PDF，或者设有密码。', next: '下载后用其他程序查看；仍打不开的，由评标委员会集体认定并写明。' },
  },
  en: {
    page: 'Page {page} of {pages}',
    go: 'Page',
    previous: 'Previous page',
    next: 'Next page',
    larger: 'Larger',
    smaller: 'Smaller',
    fit: 'Fit width',
    keys: 'Keyboard: ← → turn pages, + − zoom, Home End first and last page.',
    loading: 'Opening the file…',
    region: 'Page of the bid',
    broken: { title: 'This file cannot be opened', detail: 'It is no sound PDF, or it has a password.', next: 'Download it and try another program; if it stays shut, the committee finds so together, with reasons.' },
  },
})
