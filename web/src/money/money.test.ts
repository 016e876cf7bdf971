import { describe, expect, test } from 'vitest'

import { parseYuan, readable, toWire, yuan } from '.'

describe('amounts from 分', () => {
  test.each([
    [0, '0.00', '0 元', '0 yuan'],
    [5, '0.05', '0.05 元', '0.05 yuan'],
    [990, '9.90', '9.90 元', '9.90 yuan'],
    [999_999, '9,999.99', '9,999.99 元', '9,999.99 yuan'],
    [1_000_000, '10,000.00', '1 万元', '10,000 yuan'],
    [2_655_000_000, '26,550,000.00', '2,655 万元', '26.55 million yuan'],
    [57_200_001, '572,000.01', '57.200001 万元', '572,000.01 yuan'],
    [12_345_678_901, '123,456,789.01', '1.2345678901 亿元', '123.45678901 million yuan'],
    [-2_655_000_000, '−26,550,000.00', '−2,655 万元', '−26.55 million yuan'],
  ])('%i', (fen, plain, zh, en) => {
    expect(yuan(fen)).toBe(plain)
    expect(readable(fen)).toBe(zh)
    expect(readable(BigInt(fen), 'en')).toBe(en)
  })

  test('beyond what a double holds', () => {
    expect(yuan(9_007_199_254_740_993n)).toBe('90,071,992,547,409.93')
    expect(() => yuan(2 ** 53)).toThrow(RangeError)
    expect(() => yuan(0.5)).toThrow(RangeError)
  })
})

describe('amounts as typed', () => {
  test.each([
    ['2655万', 2_655_000_000n],
    ['１.２ 亿元', 12_000_000_000n],
    ['26,550,000.5', 2_655_000_050n],
    ['26，550，000元', 2_655_000_000n],
    ['￥9.9', 990n],
    ['0.0001万', 100n],
    ['-3元', -300n],
  ])('%s', (typed, fen) => {
    expect(parseYuan(typed)).toBe(fen)
  })

  test.each(['', '万', '1.234', '1e5', '约3万', '1.2.3', '0.0000001万', '10²', '1⁵万', '①', '1⒈5', '½'])('%s is none', (typed) => {
    expect(parseYuan(typed)).toBeNull()
  })

  test('what is shown is read back', () => {
    for (const fen of [1n, 99n, 100n, 1_000_001n, 2_655_000_050n, 12_345_678_901n]) {
      expect(parseYuan(yuan(fen))).toBe(fen)
      expect(parseYuan(readable(fen))).toBe(fen)
    }
  })

  test('for the wire', () => {
    expect(toWire(2_655_000_000n)).toBe(2_655_000_000)
    expect(() => toWire(2n ** 53n)).toThrow(RangeError)
  })
})
