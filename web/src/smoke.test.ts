import { expect, test } from 'vitest'

test('the runner runs TypeScript', () => {
  const subtle: SubtleCrypto = globalThis.crypto.subtle
  expect(subtle).toBeDefined()
})
