/** The steps of a verification: named, in their order, told one by one. The words are those of `bidding verify`. */

import { CryptoError } from '@/crypto/errors'

/** Chinese first: whoever looks at the page knows the step, whoever looks at the command line finds the same word. */
export const STEPS = {
  bundle: '数据包格式',
  'bundle seal': '数据包印章',
  file: '文件格式',
  seal: '平台印章',
  events: '事件',
  certificates: '设备证书',
  acts: '签名行为',
  manifests: '投标清单',
  receipts: '投标回执',
  'session keys': '会话密钥',
  'key releases': '解密密钥释放',
  escrow: '受托人托管',
  forms: '开标一览表重新解密',
  draw: '抽取重新计算',
  table: '唱标表',
  标底: '标底',
  'opening record': '开标记录',
  candidates: '中标候选人',
  'award notice': '中标通知书',
  contract: '合同',
  experts: '专家抽取重新计算',
  scores: '评分',
  'time-stamps': '时间戳',
  log: '日志包含证明',
  'on time': '按日志位置在截止之前',
  completeness: '事件完整,无一遗漏',
  checkpoints: '时间戳下的日志检查点',
  disclosed: '另行披露的事件',
  'disclosed log': '另行披露事件的日志包含证明',
  'disclosed certificates': '另行披露事件的设备证书',
  'disclosed acts': '另行披露事件的签名行为',
  history: '事件先后与标段阶段',
  files: '文件对照',
  signature: '平台签名',
} as const
export type Step = keyof typeof STEPS

/**
 * One thing that was checked. `said` in English; `fault` is empty where it holds, else what is wrong and where.
 * `elsewhere`: why this page cannot do the step, and what can; empty where it did.
 */
export interface Check {
  readonly step: Step
  readonly said: string
  readonly fault: string
  readonly elsewhere: string
}

export type Tell = (check: Check) => void

/** It does not hold, in this step. */
export class Fault extends Error {
  constructor(
    readonly step: Step,
    readonly reason: string,
  ) {
    super(`${step}: ${reason}`)
  }
}

/** Neither holds nor fails: this program cannot do the step. */
export class Elsewhere extends Error {
  constructor(
    readonly step: Step,
    readonly reason: string,
  ) {
    super(`${step}: ${reason}`)
  }
}

export function demand(holds: boolean, step: Step, reason: string): asserts holds {
  if (!holds) throw new Fault(step, reason)
}

/** What cannot be read or does not verify inside is a fault of this step. */
export async function within<T>(step: Step, work: () => Promise<T> | T): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Fault || error instanceof Elsewhere) throw error
    throw new Fault(step, reasonOf(error))
  }
}

export function reasonOf(error: unknown): string {
  if (error instanceof CryptoError) return `${error.name}: ${error.message}`
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error)
}
