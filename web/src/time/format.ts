/** Instants in Asia/Shanghai, whatever the device thinks of where it is. */

const ZONE = 'Asia/Shanghai'

const parts = new Intl.DateTimeFormat('en-GB', {
  timeZone: ZONE,
  year: 'numeric',
  month: '2-digit',
  day: '2-digit',
  hour: '2-digit',
  minute: '2-digit',
  second: '2-digit',
  hourCycle: 'h23',
})

function split(instant: string | number): Record<string, string> {
  return Object.fromEntries(parts.formatToParts(new Date(instant)).map((one) => [one.type, one.value]))
}

/** 2026-03-25 */
export function day(instant: string | number): string {
  const { year, month, day: date } = split(instant)
  return `${year ?? ''}-${month ?? ''}-${date ?? ''}`
}

/** 09:30, or 09:30:07 */
export function timeOfDay(instant: string | number, seconds = false): string {
  const { hour, minute, second } = split(instant)
  return `${hour ?? ''}:${minute ?? ''}${seconds ? `:${second ?? ''}` : ''}`
}

/** 2026-03-25 09:30:00 */
export function dateTime(instant: string | number, seconds = true): string {
  return `${day(instant)} ${timeOfDay(instant, seconds)}`
}

/** 3月25日 周三 · Wed 25 March */
export function dayInWords(instant: string | number, language: string): string {
  return new Intl.DateTimeFormat(language === 'en' ? 'en-GB' : 'zh-CN', {
    timeZone: ZONE,
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

/** A wall-clock time in Shanghai (`2026-03-25`, `09:30`) as RFC 3339. China has had no summer time since 1991. */
export function instantOf(date: string, time: string): string {
  return `${date}T${time.length === 5 ? `${time}:00` : time}+08:00`
}
