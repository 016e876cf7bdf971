/** Openings by the day they are on: today's first, then those to come, those that are over, and what came to nothing. */

import { day } from '@/time/format'

interface Line {
  readonly phase: string
  readonly deadline: string | null
}

export interface Groups<T> {
  readonly today: T[]
  readonly coming: T[]
  readonly past: T[]
  readonly failed: T[]
}

/** Phases in which people are at it now: today's, whatever day a lot with a clock of its own has. */
const NOW: ReadonlySet<string> = new Set(['closed', 'opening'])
const AHEAD: ReadonlySet<string> = new Set(['prequalifying', 'noticed'])
/** Whether such a lot was opened its phase does not tell. */
const FAILED: ReadonlySet<string> = new Set(['failed', 'terminated'])

/** `now`: of the platform, in milliseconds. What is under way stands first, then by hour; the past from its end. */
export function grouped<T extends Line>(lines: readonly T[], now: number): Groups<T> {
  const at = (line: T): number => Date.parse(line.deadline ?? '') || 0
  const soonest = (line: T): number => at(line) || Infinity // whose day is not known yet
  const runs = (line: T): number => Number(NOW.has(line.phase))
  const latest = (a: T, b: T): number => at(b) - at(a)
  const isToday = (line: T): boolean => NOW.has(line.phase) || (line.deadline !== null && day(line.deadline) === day(now))
  const held = lines.filter(({ phase }) => !FAILED.has(phase))
  const today = held.filter(isToday).sort((a, b) => runs(b) - runs(a) || at(a) - at(b))
  const others = held.filter((line) => !isToday(line))
  return {
    today,
    coming: others.filter(({ phase }) => AHEAD.has(phase)).sort((a, b) => (Number(soonest(a) > soonest(b)) - Number(soonest(a) < soonest(b)))),
    past: others.filter(({ phase }) => !AHEAD.has(phase)).sort(latest),
    failed: lines.filter(({ phase }) => FAILED.has(phase)).sort(latest),
  }
}
