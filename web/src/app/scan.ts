/** The question to the phone that holds the key, where this browser does not: `ScanDialog.vue` asks it over the page. */

import { shallowRef } from 'vue'

import type { SignedStatement, Statement } from '@/crypto/statement'

/** What is to be signed; null while the dialog is closed. `answer(null)`: the user closed it; `fail`: what came back is not it. */
export const scanQuestion = shallowRef<{ readonly statement: Statement; answer(signed: SignedStatement | null): void; fail(thrown: unknown): void } | null>(null)

/** Opens the dialog; null if the user closed it. One at a time. */
export async function askPhone(statement: Statement): Promise<SignedStatement | null> {
  if (scanQuestion.value !== null) return null
  try {
    return await new Promise((resolve, reject) => {
      scanQuestion.value = { statement, answer: resolve, fail: reject }
    })
  } finally {
    scanQuestion.value = null
  }
}
