/** What the platform says in Chinese terms of its own, in the reader's language. A term without words is shown as it is. */

import { words, type Alike } from '@/i18n'

export const zh = {
  categories: { 房建: '房建', 市政: '市政', 交通: '交通', 水利: '水利', 货物: '货物', 服务: '服务' },
  methods: { 公开招标: '公开招标', 邀请招标: '邀请招标', 竞争性谈判: '竞争性谈判', 竞争性磋商: '竞争性磋商', 询价: '询价', 单一来源: '单一来源' },
  sources: { 预算: '预算', 专项债: '专项债', 上级补助: '上级补助', 财政还款贷款: '财政还款贷款', 自筹: '自筹', 企业: '企业' },
  modes: { 直接投资: '直接投资', 资本金注入: '资本金注入', 投资补助: '投资补助', 贷款贴息: '贷款贴息' },
  outcomes: { 拒收: '拒收', 撤回: '撤回', 视为撤回: '视为撤回', 撤销: '撤销', 视为撤销: '视为撤销' },
  articles: { 平台规则: '平台规则', 实践: '实践' },
  sizes: { 大型: '大型', 中型: '中型', 小型: '小型', 微型: '微型', 未声明: '未声明', 未公开: '未公开' },
  homes: { 本区县: '本区县', 本市外区县: '本市外区县', 本省外市: '本省外市', 外省: '外省' },
} as const

export const en: Alike<typeof zh> = {
  categories: { 房建: 'building', 市政: 'municipal', 交通: 'transport', 水利: 'water', 货物: 'goods', 服务: 'services' },
  methods: { 公开招标: 'open tender', 邀请招标: 'invited tender', 竞争性谈判: 'competitive negotiation', 竞争性磋商: 'competitive consultation', 询价: 'inquiry', 单一来源: 'single source' },
  sources: { 预算: 'budget', 专项债: 'special bonds', 上级补助: 'grant from above', 财政还款贷款: 'loan repaid by the budget', 自筹: 'own funds', 企业: 'enterprise funds' },
  modes: { 直接投资: 'direct investment', 资本金注入: 'capital injection', 投资补助: 'investment grant', 贷款贴息: 'interest subsidy' },
  outcomes: { 拒收: 'refused', 撤回: 'withdrawn', 视为撤回: 'deemed withdrawn', 撤销: 'revoked', 视为撤销: 'deemed revoked' },
  articles: { 平台规则: 'rule of the platform', 实践: 'practice' },
  sizes: { 大型: 'large', 中型: 'medium', 小型: 'small', 微型: 'micro', 未声明: 'not declared', 未公开: 'not published' },
  homes: { 本区县: 'same district', 本市外区县: 'same city, another district', 本省外市: 'same province, another city', 外省: 'another province' },
}

type Kind = keyof typeof zh
const t = words('terms', { zh, en }) as (key: string) => string

export function termName(kind: Kind, term: string): string {
  return Object.hasOwn(zh[kind], term) ? t(`${kind}.${term}`) : term
}

/** A group of the statistics, of whichever kind; money of several sources comes as `专项债+预算`. */
const GROUPED = ['categories', 'methods', 'sources', 'sizes', 'homes'] as const
export function groupName(value: string): string {
  return value
    .split('+')
    .map((one) => termName(GROUPED.find((kind) => Object.hasOwn(zh[kind], one)) ?? 'categories', one))
    .join(' + ')
}
