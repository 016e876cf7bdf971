import { words } from '@/i18n'

export const t = words('matters-promises', {
  zh: {
    lead: '可以容缺的进场资料，先承诺、后补交；到期没有补交的由时钟记录在案。投标文件和招标文件要求的内容不能容缺。',
    none: '没有作出承诺。',
    due: '补交期限',
    consequence: '承诺的后果',
    reference: '补交的材料',
    states: { open: '待补交', late: '逾期未补交', kept: '已补交，待核验', verified: '已核验' },
    promise: { title: '作出承诺', about: '签署后先行受理。到期前补交，由交易中心核验。', item: '资料', due: '最迟补交日期', consequence: '逾期不补交的后果（由承诺人写明）', button: '签署承诺', nothing: '没有可以容缺而未提交的资料。' },
    keep: { title: '补交：{name}', reference: '材料编号或存放位置', button: '补交' },
    verify: { title: '核验：{name}', passed: '与承诺一致', reason: '理由（不一致必须填写）', button: '登记核验结果' },
  },
  en: {
    lead: 'Papers that may follow later are promised first; the clock records what does not come. Nothing of a bid or of the tender document can be put off.',
    none: 'Nothing has been promised.',
    due: 'Last day',
    consequence: 'Accepted consequence',
    reference: 'What came',
    states: { open: 'To come', late: 'Not there in time', kept: 'There, to be verified', verified: 'Verified' },
    promise: { title: 'Make a promise', about: 'The file goes on with your signature. Bring the paper in time; the centre verifies it.', item: 'Paper', due: 'Last day', consequence: 'Consequence if it does not come (in your own words)', button: 'Sign the promise', nothing: 'Nothing that may follow later is missing.' },
    keep: { title: 'Bring: {name}', reference: 'Its number or place', button: 'Bring it' },
    verify: { title: 'Verify: {name}', passed: 'It is what was promised', reason: 'Reason (needed where it is not)', button: 'Record the result' },
  },
})
