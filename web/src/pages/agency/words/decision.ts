import { words } from '@/i18n'

export const t = words('agencyDecision', {
  zh: {
    title: '定标会（评定分离）',
    rule: '依据：{rule}',
    methods: { VOTE: '票决：{n} 名成员，超过半数者中标。', PRICE: '价格竞争：{n} 名成员到会，候选人中报价最低者中标。', LOTTERY: '抽签（不被接受）。', DELIBERATION: '集体议事：{n} 名成员发表意见，由招标人负责人决定。' },
    hold: '召开定标会',
    about: '公示期满、没有未答复的异议时召开。逐人记录意见和理由，由招标人签署，监督部门可查。',
    member: '成员',
    vote: '意见',
    reason: '理由',
    choose: '定标结果',
    why: '定标理由',
    sign: '签署定标会记录',
    chosen: '选定 {name}',
  },
  en: {
    title: 'Decision meeting',
    rule: 'By: {rule}',
    methods: { VOTE: 'Vote of {n} members: more than half.', PRICE: 'Price, before {n} members: the lowest candidate.', LOTTERY: 'By lot (not accepted).', DELIBERATION: 'Deliberation of {n} members: the tenderer’s head decides.' },
    hold: 'Hold the decision meeting',
    about: 'After the publicity, with no objection open. Each opinion with its reason, signed by the tenderer; supervision reads it.',
    member: 'Member',
    vote: 'Opinion',
    reason: 'Reason',
    choose: 'Decision',
    why: 'Reason of the decision',
    sign: 'Sign the record of the meeting',
    chosen: 'Chosen: {name}',
  },
})
