import { words } from '@/i18n'

import { en as english, zh as chinese } from './menu'

export const t = words('wall', {
  zh: {
    title: chinese.title,
    running: '正在开标',
    noneRunning: '现在没有开标。',
    coming: '二十四小时内截止',
    noneComing: '二十四小时内没有截止的标段。',
    feed: '二十四小时公开事件',
    noneFeed: '二十四小时内没有公开事件。',
    earlier: '更早的事件',
    set: '标段范围',
    live: '正式',
    test: '演示',
    stale: '暂时连不上，显示的是 {time} 的情况',
    full: '全屏',
  },
  en: {
    title: english.title,
    running: 'Opening now',
    noneRunning: 'Nothing is being opened now.',
    coming: 'Deadlines in the next 24 hours',
    noneComing: 'No deadline in the next 24 hours.',
    feed: 'Public events of the last 24 hours',
    noneFeed: 'No public event in the last 24 hours.',
    earlier: 'Earlier events',
    set: 'Which lots',
    live: 'Live',
    test: 'Demonstration',
    stale: 'No connection; this is how it stood at {time}',
    full: 'Full screen',
  },
})
