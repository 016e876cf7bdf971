import { expect, test } from 'vitest'

import { FileNameError } from './errors'
import { named, safelyNamed } from './names'

const file = (name: string, text = ''): File => new File([text], name)

test('files stand under their names in NFC', () => {
  const files = [file('报价.pdf'), file('e\u0301.pdf')]
  expect([...named(files)]).toEqual([
    ['报价.pdf', files[0]],
    ['\u00e9.pdf', files[1]],
  ])
  expect(safelyNamed(files)).toBe(true)
})

test.each([
  ['the same name', 'a.pdf', 'a.pdf'],
  ['one name in NFC and in NFD', '\u00e9.pdf', 'e\u0301.pdf'],
  ['names that only case tells apart', 'A.pdf', 'a.pdf'],
])('of two files with %s none is left out in silence', (_, one, other) => {
  const files = [file(one, 'first'), file(other, 'second')]
  expect(() => named(files)).toThrow(FileNameError)
  expect(safelyNamed(files)).toBe(false)
})

test('no file is no content', () => {
  expect(safelyNamed([])).toBe(false)
})
