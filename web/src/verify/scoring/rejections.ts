/** 否决: by arithmetic, by the purchaser's review, or by a majority of members on one ground (招投条例 51, R-EVAL-02). */

import { GROUNDS, type Rejected } from './evaluation'
import { priceCeiling, type Lot, type OpenedBid } from './lot'

/** The closed list (招投条例 51 (一)…(七)), in its order. */
export const GROUND_TEXT = {
  一: '投标文件未经投标单位盖章和单位负责人签字',
  二: '投标联合体没有提交共同投标协议',
  三: '投标人不符合国家或者招标文件规定的资格条件',
  四: '同一投标人提交两个以上不同的投标文件或者投标报价',
  五: '投标报价低于成本或者高于招标文件设定的最高投标限价',
  六: '投标文件没有对招标文件的实质性要求和条件作出响应',
  七: '投标人有串通投标、弄虚作假、行贿等违法行为',
} as const
/** Every rejection that sheets, review and limit give, in the order of the opening. */
export function rejectionsOf(lot: Lot): readonly Rejected[] {
  return lot.bids.flatMap((bid) => rejectionOf(lot, bid) ?? [])
}

function rejectionOf(lot: Lot, { bidder, price_fen }: OpenedBid): Rejected | undefined {
  const ceiling = priceCeiling(lot.notice)
  if (ceiling !== null && price_fen > ceiling) {
    const reason = `投标报价${String(price_fen)}分高于最高限价${String(ceiling)}分`
    return { bidder, ground: '五', page: '开标一览表', reason, rule: 'R-SCORE-14', votes: [], by_rule: true }
  }
  const review = lot.evaluation.qualification.find((one) => one.bidder === bidder && !one.qualified)
  if (review !== undefined) {
    return { bidder, ground: '三', page: review.page, reason: review.reason, rule: 'R-GP-10', votes: [], by_rule: true }
  }
  for (const ground of GROUNDS) {
    const votes = lot.evaluation.sheets.map(({ member, rejections }) => {
      const cast = rejections.find((one) => one.bidder === bidder && one.ground === ground)
      return { member, reject: cast !== undefined, page: cast?.page ?? '', reason: cast?.reason ?? '' }
    })
    const against = votes.filter((one) => one.reject)
    const [first] = against
    if (first !== undefined && 2 * against.length > votes.length) {
      return { bidder, ground, page: first.page, reason: GROUND_TEXT[ground], rule: 'R-EVAL-02', votes, by_rule: false }
    }
  }
  return undefined
}
