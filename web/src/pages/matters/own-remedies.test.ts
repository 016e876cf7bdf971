import { expect, test } from 'vitest'

import { ownLines, type Own } from './own-remedies'

const NONE: Own = { document: [], inquiries: [], opening: [], result: [], queries: [], complaints: [] }

test('everything that a party raised is one list by its days', () => {
  const own = {
    ...NONE,
    document: [{ number: 2, by: 'b', question: '工期过短', raised_at: '2026-03-02T01:00:00Z', answer: '', answered_at: null, answer_by: '2026-03-05', late: false, suspends: true }],
    queries: [{ number: 1, stage: 'RESULT', matters: ['评分有误', '资格不符'], by: 'b', raised_at: '2026-04-01T01:00:00Z', due: '2026-04-10T16:00:00Z', holds: true, answer: '成立', answered_at: '2026-04-02T01:00:00Z', late: false, upheld: true, remedied: false }],
    inquiries: [{ number: 1, by: 'b', text: '可以现场踏勘吗', raised_at: '2026-03-01T01:00:00Z', answer_by: '2026-03-04', answer: '可以', answered_at: '2026-03-01T02:00:00Z', late: false }],
  } as unknown as Own
  const lines = ownLines(own, 'GP')
  expect(lines.map(({ kind, text }) => [kind, text])).toEqual([
    ['inquiry', '可以现场踏勘吗'],
    ['documentGp', '工期过短'],
    ['query', '评分有误；资格不符'],
  ])
  expect(lines.map(({ answered }) => answered)).toEqual([true, false, true])
  expect(lines[2]).toMatchObject({ upheld: true, due: '2026-04-11' })
  expect(ownLines(own, 'ENG')[1]?.kind).toBe('document')
})
