/** Instants in Asia/Shanghai, whatever the device thinks of where it is. */

const ZONE = 'Asia/Shanghai'

/** Of UTC, in milliseconds; China has had no summer time since 1991. */
const AHEAD = 8 * 3_600_000

/** Wall clock as `2026-03-25T09:30:00…`. Without `Intl`, whose first formatter costs a slow phone a tenth of a second. */
function wall(instant: string | number): string {
  return new Date(new Date(instant).getTime() + AHEAD).toISOString()
}

/** 2026-03-25 */
export function day(instant: string | number): string {
  return wall(instant).slice(0, 10)
}

/** 09:30, or 09:30:07 */
export function timeOfDay(instant: string | number, seconds = false): string {
  return wall(instant).slice(11, seconds ? 19 : 16)
}

/** 2026-03-25 09:30:00 */
export function dateTime(instant: string | number, seconds = true): string {
  return `${day(instant)} ${timeOfDay(instant, seconds)}`
}

/** 3月25日 周三 · Wed 25 March; with its year where that is not the year of `now` (milliseconds). */
export function dayInWords(instant: string | number, language: string, now: number): string {
  const year = (of: string | number): string => day(of).slice(0, 4)
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', {
    timeZone: ZONE,
    ...(year(instant) === year(now) ? {} : { year: 'numeric' as const }),
    month: 'long',
    day: 'numeric',
    weekday: 'short',
  }).format(new Date(instant))
}

export interface Span {
  readonly days: number
  readonly hours: number
  readonly minutes: number
  readonly seconds: number
}

/** Whole seconds, rounded up: a countdown shows 0 when the instant is there, not a second before. */
export function span(milliseconds: number): Span {
  const all = Math.max(0, Math.ceil(milliseconds / 1000))
  return {
    days: Math.floor(all / 86_400),
    hours: Math.floor((all % 86_400) / 3600),
    minutes: Math.floor((all % 3600) / 60),
    seconds: all % 60,
  }
}

/** A wall-clock time in Shanghai (`2026-03-25`, `09:30`) as RFC 3339. */
export function instantOf(date: string, time: string): string {
  return `${date}T${time.length === 5 ? `${time}:00` : time}+08:00`
}
