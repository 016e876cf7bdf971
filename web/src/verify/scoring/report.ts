/** The evaluation report 评标报告 as text, written anew: what the members sign, and what the offices receive. */

import type { Line } from './base'
import type { Candidate, Evaluation, Ranked, Scored } from './evaluation'
import type { Lot } from './lot'
import { instant, TIES } from './ranking'
import { GROUND_TEXT } from './rejections'
import { factorsOf } from './totals'

const SEVERITY = { minor: '轻微', general: '一般', serious: '严重' }
const BRAND_CHOICE = { SCORE: '得分最高', PRICE: '报价最低', DRAW: '相同，随机抽取' }
/** Minutes that Beijing is ahead of UTC. */
const SHANGHAI = 8 * 60

type Names = (bidder: string) => string
/** A member's seat: its only name outside the committee until the result (R-EVAL-05). */
type Seats = (member: string) => number

/** What the members sign: everything but the signatures and dissents themselves. RangeError for a stranger. */
export function draftReport(lot: Lot, priced: Scored, ranking: readonly Ranked[], candidates: readonly Candidate[]): string {
  const names = told(new Map(lot.bids.map((one) => [one.bidder, one.name])))
  const seats = seatsOf(lot.evaluation)
  return [
    ...head(lot),
    ...opened(lot),
    ...rejected(lot, names, seats),
    ...competition(lot, seats),
    ...points(lot, names, seats),
    ...prices(priced, names),
    ...grades(lot, names),
    ...order(ranking, candidates, lot.evaluation.sameBrand, names),
    ...consultations(lot, names),
    '',
  ].join('\n')
}

/** The signed report: the draft, then how each member closed it, with every dissent in full (R-ENG-18, 招投条例 53). */
export function finalReport(evaluation: Evaluation, draft: string): string {
  const seats = seatsOf(evaluation)
  const signed = [...evaluation.signatures]
    .sort((left, right) => seats(left.member) - seats(right.member))
    .map(({ member, dissent, refused }) => {
      const said = refused ? '拒绝签字且未陈述不同意见，视为同意评标结论' : dissent === '' ? '签字，同意评标结论' : `签字，不同意见：${dissent}`
      return `评委${String(seats(member))}：${said}`
    })
  return draft + ['八、评标委员会成员签署', ...signed, ''].join('\n')
}

function told<T>(known: ReadonlyMap<string, T>): (key: string) => T {
  return (key) => {
    const found = known.get(key)
    if (found === undefined) throw new RangeError(`${key} is not known`)
    return found
  }
}

function seatsOf({ committee }: Evaluation): Seats {
  return told(new Map(committee.map((one) => [one.party, one.seat])))
}

function head({ notice, evaluation, record_hash }: Lot): string[] {
  const { terms } = notice
  return [
    `评标报告：${notice.title}`,
    '',
    '一、基本情况',
    `标段编号：${notice.number}；招标人：${notice.tenderer_name}；招标代理机构：${notice.agency_name}`,
    `规则版本：${notice.ruleset}；评标办法：${terms.method}；价格分值：${terms.price_points}`,
    `开标记录哈希：${record_hash}`,
    `评标委员会：${String(evaluation.committee.length)}人，其中专家${String(evaluation.experts)}人，${minute(evaluation.unsealed_at)}全部签到`,
  ]
}

function opened({ notice, bids, reference_fen }: Lot): string[] {
  const limit = notice.price_limit_fen
  return [
    '二、开标情况',
    `最高投标限价：${limit === null ? '无' : yuan(limit)}`,
    ...(reference_fen === null ? [] : [`标底：${yuan(reference_fen)}，仅供参考，不作为否决投标和评分的依据`]),
    ...bids.map((bid) => `${bid.name}：报价${yuan(bid.price_fen)}，工期（交货期）${String(bid.duration_days)}天，质量${bid.quality}，负责人${bid.project_lead}`),
  ]
}

function rejected({ evaluation }: Lot, names: Names, seats: Seats): string[] {
  const lines = evaluation.rejected.flatMap((one) => [
    `${names(one.bidder)}：依据（${one.ground}）${GROUND_TEXT[one.ground]}；${one.reason}；页码：${one.page}`,
    ...one.votes.map((vote) => `  评委${String(seats(vote.member))}：${vote.reject ? `否决，页码${vote.page}，${vote.reason}` : '不否决'}`),
  ])
  return ['三、否决的投标', ...(lines.length > 0 ? lines : ['无'])]
}

/** R-EVAL-11. */
function competition({ evaluation }: Lot, seats: Seats): string[] {
  const said = evaluation.competition
  if (said.length === 0) return []
  return [
    '四、关于竞争性的意见',
    competitionStatement(evaluation),
    ...said.map((one) => `  评委${String(seats(one.member))}：${one.lacking ? '明显缺乏竞争' : '具有竞争性'}，${one.reason}`),
  ]
}

/** The committee's conclusion on competition, empty where it was not asked. */
export function competitionStatement({ competition: said }: Evaluation): string {
  if (said.length === 0) return ''
  const lacking = said.filter((one) => one.lacking).length
  return `有效投标不足三个；成员${String(said.length)}人中${String(lacking)}人认为明显缺乏竞争，评标委员会认定仍具有竞争性，继续评审`
}

function points({ notice, evaluation }: Lot, names: Names, seats: Seats): string[] {
  const titles = told(new Map(notice.terms.criteria.map((one) => [one.id, one.title])))
  const factors = told(new Map(factorsOf(notice.terms.price_formula).map((one) => [one.id, one.title])))
  const out = new Set(evaluation.rejected.map((one) => one.bidder))
  const lines = evaluation.sheets.flatMap(({ member, bids }) =>
    bids
      .filter((bid) => !out.has(bid.bidder))
      .flatMap((bid) => {
        const who = `评委${String(seats(member))} ${names(bid.bidder)}`
        return [
          ...bid.scores.map((one) => `${who} ${titles(one.criterion)}：${one.points}分，页码${one.page}，${one.reason}`),
          ...bid.adjustments.map((one) => `${who} ${factors(one.factor)}：评审价调整${String(one.amount_fen)}分（人民币分），页码${one.page}，${one.reason}`),
        ]
      }),
  )
  if (lines.length === 0) return ['五、成员评分', '本办法不打分']
  const sitting = new Set(evaluation.committee.map((one) => one.party))
  return [
    '五、成员评分',
    ...lines,
    // R-SCORE-05, 87号令 64: every correction after the points were seen, and what was confirmed instead.
    ...evaluation.corrected.map((one) => `复核：评委${String(seats(one.member))} ${names(one.bidder)} ${titles(one.criterion)} 由${one.was}分更正为${one.now}分`),
    ...evaluation.confirmed
      .filter((one) => sitting.has(one.member))
      .map((one) => `复核：评委${String(seats(one.member))} ${names(one.bidder)} ${titles(one.criterion)} 维持${one.points}分（其他成员平均${one.others}分），${one.reason}`),
  ]
}

function prices(priced: Scored, names: Names): string[] {
  return [
    '六、价格评审',
    `公式：${priced.formula}`,
    ...priced.base_derivation.map(equation),
    ...priced.scores.flatMap((one) => [
      `${names(one.bidder)}：报价${yuan(one.price_fen)}，评审价${one.evaluated_fen}分`,
      ...one.derivation.map((step) => `  ${equation(step)}`),
    ]),
  ]
}

function equation(step: Line): string {
  return `${step.text} = ${step.value}`
}

/** R-SCORE-15: what decides between equals, with the records that each grade rests on. */
function grades({ notice, evaluation }: Lot, names: Names): string[] {
  if (evaluation.graded_at === null) return []
  return [
    `总分相等时依次比较：${TIES[notice.terms.method].join('、')}`,
    '投标截止时的信用等级（1级最优）：',
    ...evaluation.grades.map((one) => {
      const because = one.standing.map((record) => `${record.basis}（${SEVERITY[record.severity]}）`).join('；')
      return `  ${names(one.bidder)}：${String(one.rank)}级，${because === '' ? '无有效失信记录' : because}`
    }),
  ]
}

function order(ranking: readonly Ranked[], candidates: readonly Candidate[], brands: Evaluation['sameBrand'], names: Names): string[] {
  // 评定分离 (R-DRAW-04)
  if (candidates.some((one) => one.reason !== '')) return ['七、定标候选人（不排序）', ...candidates.map((one) => `${one.name}：${one.reason}`)]
  return [
    '七、排序和中标候选人',
    ...ranking.map((one) => {
      const total = one.total === '' ? '按评审价排序' : `总分${one.total}（价格${one.price_score}，其他${one.technical}）`
      const place = one.rank > 0 ? `第${String(one.rank)}名` : '同品牌按一家计算、不参加推荐'
      return `${place} ${names(one.bidder)}：${total}，报价${yuan(one.price_fen)}`
    }),
    ...brands.map((one) => `同品牌（${one.brand}）：由${names(one.kept)}参加推荐（${BRAND_CHOICE[one.choice]}），其他投标人：${one.others.map(names).join('、')}`),
    `中标候选人：${candidates.map((one) => `第${String(one.rank)}名 ${one.name}`).join('；')}`,
  ]
}

/** 招投条例 52, 87号令 60: what was asked and answered, and what low prices the committee was warned of. */
function consultations({ evaluation }: Lot, names: Names): string[] {
  const lines = [
    ...evaluation.lowPrices.map((one) => `异常低价提示：${names(one.bidder)}，报价${yuan(one.price_fen)}，${one.below.map((step) => `${step.text} ${step.value}`).join('；')}`),
    ...evaluation.requests.flatMap((one) => {
      if (one.asked_at === null) return []
      const asked = one.kind === 'LOW_PRICE' ? '说明报价合理性' : '澄清、说明'
      return [
        `第${String(one.number)}号要求，${names(one.bidder)}${asked}，页码${one.page}，${minute(one.asked_at)}：${one.text}`,
        `  ${one.replied_at === null ? '逾期未答复' : `答复（${minute(one.replied_at)}）：${one.reply}`}`,
      ]
    }),
    ...evaluation.judgements.map((one) => `${names(one.bidder)}的报价说明：${one.accepted ? '采信' : '不采信'}，成员${String(one.members)}人中${String(one.against)}人以报价过低为由否决`),
  ]
  return lines.length > 0 ? ['八、澄清、说明与异常低价', ...lines] : []
}

function yuan(fen: number): string {
  return `${String(Math.floor(fen / 100))}.${String(fen % 100).padStart(2, '0')}元`
}

/** In Beijing, to the minute. */
function minute(text: string | null): string {
  if (text === null) return ''
  const at = new Date(Number(instant(text) / 1000n) + SHANGHAI * 60_000)
  return at.toISOString().slice(0, 16).replace('T', ' ')
}
