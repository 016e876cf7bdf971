/** What is on the air now. */

import type { Opening } from '@/live/events'

type Broadcast = Opening['broadcasts'][number]
type Word = Opening['words'][number]

export function onAir(opening: Opening): Broadcast | null {
  return opening.broadcasts.find((one) => one.ended_at === null) ?? null
}

export function speaking(opening: Opening): Word | null {
  return opening.words.find((one) => one.ended_at === null) ?? null
}
