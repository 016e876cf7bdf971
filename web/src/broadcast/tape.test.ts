import { expect, it } from 'vitest'

import { beginning } from './tape'

it('begins at the last key frame before the instant that is shown', () => {
  const index = { at: [0, 0, 900, 3300, 4200, 6600], keys: [1, 3, 5] }
  expect([0, 3299, 3300, 5000, 99_000].map((instant) => beginning(index, instant))).toEqual([1, 1, 3, 3, 5])
  expect(beginning({ at: [], keys: [] }, 0)).toBeNull()
})
