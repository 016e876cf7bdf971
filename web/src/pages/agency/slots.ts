/** A room's day: what is taken, and whether a wished slot touches it. The platform decides; this only shows. */

import { day, instantOf } from '@/time/format'

export type Purpose = 'OPENING' | 'EVALUATION'

/** As `GET /rooms` tells it: whose slot it is stays with the centre. */
export interface Room {
  readonly room: string
  readonly name: string
  readonly kind: Purpose
  readonly seats: number
  readonly buffer_minutes: number
  readonly test: boolean
  readonly entries: readonly { readonly start: string; readonly end: string; readonly purpose: Purpose }[]
}

const MINUTE = 60_000
const HOUR = 60 * MINUTE

/** A wished slot: RFC 3339 from a Shanghai day, a time `09:00` and hours. */
export function slot(on: string, time: string, hours: number): { start: string; end: string } {
  const start = instantOf(on, time)
  return { start, end: new Date(Date.parse(start) + hours * HOUR).toISOString().replace('.000Z', 'Z') }
}

export function takenOn(room: Room, on: string): Room['entries'] {
  return room.entries
    .filter((entry) => day(entry.start) <= on && on <= day(Date.parse(entry.end) - 1))
    .toSorted((a, b) => a.start.localeCompare(b.start))
}

/** Whether the room, with its buffer, is free for the slot. */
export function free(room: Room, wished: { readonly start: string; readonly end: string }): boolean {
  const buffer = room.buffer_minutes * MINUTE
  const [start, end] = [Date.parse(wished.start), Date.parse(wished.end)]
  return room.entries.every((entry) => start >= Date.parse(entry.end) + buffer || Date.parse(entry.start) >= end + buffer)
}

/** `2026-03` moved by whole months. */
export function monthsOn(month: string, by: number): string {
  const [year = 2000, number = 1] = month.split('-').map(Number)
  const moved = year * 12 + number - 1 + by
  return `${String(Math.floor(moved / 12))}-${String((moved % 12) + 1).padStart(2, '0')}`
}

/** Cells before the first day in a week that begins on Monday. */
export function lead(month: string): number {
  return (new Date(`${month}-01T00:00:00Z`).getUTCDay() + 6) % 7
}
