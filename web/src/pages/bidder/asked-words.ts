import { words } from '@/i18n'

export const t = words('bidder-asked', {
  zh: {
    title: '评标委员会要求澄清',
    none: '目前没有要求本单位澄清的事项。评标期间请留意本页。',
    number: '第 {number} 号',
    kind: { CLARIFICATION: '澄清、说明', LOW_PRICE: '报价合理性说明' },
    until: '答复截止',
    over: '已逾期，未答复。',
    reply: '书面答复',
    unchanged: '答复不得超出投标文件的范围，不得改变报价、工期、质量、项目负责人等实质性内容。每项只答复一次。',
    lowPrice: '请书面说明报价的组成和依据；不能说明合理性的，可能被否决。答复不得改变报价。每项只答复一次。',
    text: '答复内容',
    go: '签名并答复',
    replied: '已答复：',
  },
  en: {
    title: 'The committee asks for clarification',
    none: 'Nothing is asked of you now. Please watch this page while the bids are evaluated.',
    number: 'No. {number}',
    kind: { CLARIFICATION: 'clarification', LOW_PRICE: 'price to be explained' },
    until: 'Reply before',
    over: 'The term is over, nothing was replied.',
    reply: 'Reply in writing',
    unchanged: 'A reply stays within the bid and changes nothing of substance: price, duration, quality, project lead. There is one reply to each.',
    lowPrice: 'Say what the price consists of and rests on; a price that is not shown to be reasonable may be rejected. The reply must not change it. There is one reply.',
    text: 'Reply',
    go: 'Sign and reply',
    replied: 'Replied:',
  },
})
