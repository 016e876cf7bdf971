/** Names of what the platform says in codes, for all pages. */

import { words } from '@/i18n'

const t = words('labels', {
  zh: {
    phase: {
      draft: '编制中', submitted: '待受理', admitted: '已受理', prequalifying: '资格预审中', noticed: '投标中', closed: '已截止', opening: '正在开标',
      opened: '已开标', evaluating: '评标中', evaluated: '评标结束', publicised: '候选人公示', determined: '已定标',
      awarded: '已发中标通知', contracted: '合同已备案', failed: '流标', terminated: '已终止',
    },
    office: { agency: '代理机构', supervisor: '监督部门', notary: '公证机构' },
    mode: { live: '正式', test: '演示' },
    regime: { ENG: '工程招标投标', GP: '政府采购' },
    suspended: '已暂停',
  },
  en: {
    phase: {
      draft: 'In preparation', submitted: 'Awaiting admission', admitted: 'Admitted', prequalifying: 'Prequalifying', noticed: 'Taking bids', closed: 'Closed', opening: 'Opening now',
      opened: 'Opened', evaluating: 'In evaluation', evaluated: 'Evaluated', publicised: 'Candidates published', determined: 'Winner determined',
      awarded: 'Award notice issued', contracted: 'Contract filed', failed: 'Failed', terminated: 'Terminated',
    },
    office: { agency: 'Agency', supervisor: 'Supervisor', notary: 'Notary' },
    mode: { live: 'Live', test: 'Demonstration' },
    regime: { ENG: 'Engineering tender', GP: 'Government procurement' },
    suspended: 'Suspended',
  },
})

const PHASES = [
  'draft', 'submitted', 'admitted', 'prequalifying', 'noticed', 'closed', 'opening', 'opened', 'evaluating', 'evaluated', 'publicised',
  'determined', 'awarded', 'contracted', 'failed', 'terminated',
] as const
export type Phase = (typeof PHASES)[number]

export function phaseName(phase: string): string {
  return (PHASES as readonly string[]).includes(phase) ? t(`phase.${phase as Phase}`) : phase
}

/** The class of `.tag` that a phase is shown in. */
export function phaseTone(phase: string): 'live' | 'good' | 'wait' | 'info' | '' {
  if (phase === 'opening' || phase === 'closed') return 'live'
  if (phase === 'noticed') return 'wait'
  if (phase === 'contracted' || phase === 'awarded') return 'good'
  return phase === 'failed' || phase === 'terminated' ? '' : 'info'
}

export function officeName(office: string): string {
  return office === 'agency' || office === 'supervisor' || office === 'notary' ? t(`office.${office}`) : office
}

export function regimeName(regime: 'ENG' | 'GP' | null): string {
  return regime === null ? '' : t(`regime.${regime}`)
}

export function suspendedName(): string {
  return t('suspended')
}
