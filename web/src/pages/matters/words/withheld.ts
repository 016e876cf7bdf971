import { words } from '@/i18n'

export const t = words('matters-withheld', {
  zh: {
    title: '没有交出的密钥',
    running: '正在重新解密：双方在“开标”步骤中公布新的会话公钥，由主持人下达解密指令，原投标人再解密一次。',
    kept: { form: '{office}没有公布开标密钥', evaluation: '{office}没有移交评标密钥' },
    waiting: '待监督部门决定',
    rerun: '决定重新解密',
    fail: '决定招标失败',
    by: '报告人：{who}',
    decided: '决定时间',
    substitute: '接替代理机构的一方：{name}',
    report: {
      form: '报告开标密钥没有公布',
      evaluation: '报告评标密钥没有移交',
      about: '另一方不交出，或者本方的设备丢失时使用。投标文件不变；由监督部门决定双方用新的密钥重新解密，或者招标失败。报告对所有人公开。',
      office: '哪一方的密钥',
      text: '经过',
      evidence: '证据（留存本方，只公布其摘要）',
      button: '签署报告',
    },
  },
  en: {
    title: 'Keys that did not come',
    running: 'The release runs again: both offices publish new session keys among the steps of the opening, the host orders the release, and the same bidders release once more.',
    kept: { form: 'The form key of this office is missing: {office}', evaluation: 'The evaluation key of this office is missing: {office}' },
    waiting: 'waits for the supervisor',
    rerun: 'released once more',
    fail: 'the lot fails',
    by: 'Reported by: {who}',
    decided: 'Decided',
    substitute: 'In the agency’s place: {name}',
    report: {
      form: 'Report a form key that is not published',
      evaluation: 'Report an evaluation key that is not handed over',
      about: 'Where the other office keeps it back, or one’s own device is lost. The bids stay as they are: the supervisor has the release run again with new keys, or lets the lot fail. The report is public.',
      office: 'Whose key',
      text: 'Account',
      evidence: 'Evidence (it stays with you; its hash is published)',
      button: 'Sign the report',
    },
  },
})
