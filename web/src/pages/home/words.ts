import { words } from '@/i18n'

export const t = words('home', {
  zh: {
    title: '首页',
    hero: '一部手机，办完一场招投标',
    sub: '业务一网办 · 投标零跑腿 · 交易零成本',
    certified: {
      yes: '检测认证 {certificate}（{body}，有效期至 {until}）；运营地点：{place}',
      ended: '本平台的检测认证已于 {until} 到期，不受理新的正式项目。',
      no: '本平台未经检测认证，仅供演示和试用。',
    },
    promises: {
      sealed: { title: '开标前谁也打不开', text: '投标文件在您自己的设备上加密，密钥不离开设备。平台、代理机构、管理员都看不到。' },
      free: { title: '不收一分钱', text: '政府投资项目免收投标保证金、履约保证金、信息服务费，逐条注明依据。' },
      checked: { title: '每一步可核验', text: '全部过程是不可更改的公开事件，任何人可以离线验证，改一个字节都会被发现。' },
    },
    roles: '您是谁？',
    walk: {
      title: '先看一场完整的演示',
      text: '从公告到合同，按真实规则走完的一个演示标段。不需要登录。',
      steps: { notice: '看公告和免收依据', opening: '回放不见面开标', result: '看中标结果与时间表', saved: '看省下了多少钱' },
      hints: { notice: '项目、文件、澄清，每家少缴多少保证金', opening: '倒计时、名单、解密，所有报价同一时刻公开', result: '候选人、异议答复、合同备案', saved: '免收金额逐笔追溯到事件' },
      none: '演示标段正在准备，稍后刷新即可看到。',
      refresh: '刷新',
    },
    next: '下一场开标',
  },
  en: {
    title: 'Home',
    hero: 'A whole tender from one phone',
    sub: 'Everything online · no journey to bid · no cost to trade',
    certified: {
      yes: 'Certified: {certificate} ({body}, until {until}); operated in {place}',
      ended: 'The certificate of this platform ended on {until}: it takes no new live tender.',
      no: 'This platform is not certified: for trial and show only.',
    },
    promises: {
      sealed: { title: 'Nobody opens it early', text: 'Bids are sealed on your own device and the keys stay there. Platform, agency and administrators see nothing.' },
      free: { title: 'Nothing to pay', text: 'Government-funded projects ask no bid deposit, no performance bond, no information fee, each by its rule.' },
      checked: { title: 'Every step can be checked', text: 'All of it is public events that cannot be altered. Anyone can verify them offline; one changed byte is found.' },
    },
    roles: 'Who are you?',
    walk: {
      title: 'Walk through a whole tender first',
      text: 'A demonstration from notice to contract, played by the real rules. No login is needed.',
      steps: { notice: 'Read the notice and what is waived', opening: 'Replay the remote opening', result: 'See result and timeline', saved: 'See what was saved' },
      hints: { notice: 'Project, documents, clarifications, the deposit each bidder is spared', opening: 'Countdown, roll, key release, all prices at one moment', result: 'Candidates, answered objections, the filed contract', saved: 'Every waived yuan leads to its event' },
      none: 'The demonstration is being prepared; reload in a while.',
      refresh: 'Reload',
    },
    next: 'Next opening',
  },
})
