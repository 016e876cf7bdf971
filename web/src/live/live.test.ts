import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'

import type { AnyEvent, Frame, Lot, Recorded } from './events'
import { follow, type Following } from './follow'
import { EMPTY, foldLot, take, type Hall } from './hall'
import { UNOPENED } from './opening'
import recorded from './recorded.json'

interface Played {
  lot: string
  events: Recorded[]
  after: Lot
}
const openings = recorded.openings as unknown as Played[]

/** The lot as it stood before the deadline, as far as the fold looks. */
function before({ after }: Played): Lot {
  return {
    ...after,
    phase: 'noticed',
    opening: UNOPENED,
    money: { ...after.money, benefits: [] },
    control: { ...after.control, suspended: null, past: [], clock: null },
  }
}

describe('the fold of an opening', () => {
  test('starts where the platform’s does', () => {
    expect(UNOPENED).toEqual(recorded.unopened)
  })

  test.each(openings)('gives of $lot what the platform’s gives', (played) => {
    const known = (event: AnyEvent): boolean => foldLot(before(played), event) !== null
    const lot = played.events
      .map((one) => one.event)
      .filter(known)
      .reduce<Lot>((folded, event) => foldLot(folded, event) ?? folded, before(played))
    expect(lot.opening).toEqual(played.after.opening)
    expect(lot.control).toEqual(played.after.control)
    expect(lot.money.benefits).toEqual(played.after.money.benefits)
    expect(lot.phase).toBe('opened')
  })

  test('knows everything that happens between the deadline and the record', () => {
    for (const played of openings) {
      const types = played.events.map((one) => one.event)
      const start = types.findIndex((event) => event.type === 'lot.submission-closed.v1')
      const unknown = types.slice(start).filter((event) => foldLot(before(played), event) === null)
      expect(unknown).toEqual([])
    }
  })
})

describe('a hall', () => {
  const [played] = openings
  if (!played) throw new Error('nothing recorded')
  const state: Frame = { type: 'state', cursor: 'feed', position: 12, now: '2026-03-25T01:30:00Z', lot: before(played) }
  const closed: Frame = {
    type: 'event', position: 13, at: '2026-03-25T01:30:00Z',
    event: { type: 'lot.submission-closed.v1', at: '2026-03-25T01:30:00Z', deadline: '2026-03-25T01:30:00Z', received: 4 } as AnyEvent,
  }

  test('takes an event once', () => {
    const hall = [state, closed, closed].reduce<Hall>(take, EMPTY)
    expect(hall.position).toBe(13)
    expect(hall.lot?.opening.received).toBe(4)
    expect(hall.lot?.version).toBe(played.after.version + 1)
  })

  test('an event that it does not know makes it ask again, a new state settles that', () => {
    const strange: Frame = { type: 'event', position: 14, at: '', event: { type: 'lot.invented.v1' } }
    const hall = [state, closed, strange].reduce<Hall>(take, EMPTY)
    expect(hall).toMatchObject({ stale: true, position: 14 })
    expect(take(hall, state).stale).toBe(false)
  })
})

class Socket {
  static readonly OPEN = 1
  static made: Socket[] = []
  onopen?: () => void
  onmessage?: (message: { data: string }) => void
  onclose?: (event: { code: number }) => void
  constructor(readonly url: string) {
    Socket.made.push(this)
  }
  readonly readyState = 1
  close(): void {
    this.onclose?.({ code: 1005 })
  }
}

describe('following', () => {
  let told: Following[]
  let position: number | null
  const opened = () =>
    follow(
      'ws://live',
      'a b',
      {
        frame: () => undefined,
        status: (now) => told.push(now),
        resume: () => (position === null ? null : { position, cursor: 'feed' }),
      },
      () => 1,
    )
  const last = (): Socket => {
    const socket = Socket.made.at(-1)
    if (!socket) throw new Error('none made')
    return socket
  }

  beforeEach(() => {
    told = []
    position = null
    Socket.made = []
    vi.useFakeTimers()
    vi.stubGlobal('WebSocket', Socket)
  })
  afterEach(() => {
    vi.useRealTimers()
  })

  test('asks for the state first, and resumes behind the last position after a cut', () => {
    const follower = opened()
    expect(last().url).toBe('ws://live/live/lots/a%20b')
    last().onopen?.()
    position = 17
    last().onclose?.({ code: 1006 })
    vi.advanceTimersByTime(500)
    expect(last().url).toBe('ws://live/live/lots/a%20b?after=17&cursor=feed')
    expect(told).toEqual(['connecting', 'live', 'lost'])
    follower.close()
  })

  test('waits longer each time, and asks for the state where the position is refused', () => {
    const follower = opened()
    position = 17
    for (const wait of [500, 1000, 2000, 4000, 8000, 15_000, 15_000]) {
      const before = Socket.made.length
      last().onclose?.({ code: 1006 })
      vi.advanceTimersByTime(wait - 1)
      expect(Socket.made).toHaveLength(before)
      vi.advanceTimersByTime(1)
      expect(Socket.made).toHaveLength(before + 1)
    }
    expect(last().url).toBe('ws://live/live/lots/a%20b')
    follower.close()
  })

  test('takes over what the page’s HTML began, with what was said meanwhile, and only if it goes there', async () => {
    const frames = [JSON.stringify({ type: 'time', now: '2026-03-25T01:30:00Z' })]
    const heard: Frame[] = []
    const taking = () => follow('ws://live', 'a b', { frame: (one) => heard.push(one), status: (now) => told.push(now), resume: () => null })
    window.earlyHall = { socket: new Socket('ws://live/live/lots/a%20b') as unknown as WebSocket, frames }
    const follower = taking()
    await Promise.resolve()
    expect(Socket.made).toHaveLength(1)
    expect(told).toEqual(['connecting', 'live'])
    expect(heard).toEqual([{ type: 'time', now: '2026-03-25T01:30:00Z' }])
    follower.close()
    window.earlyHall = { socket: new Socket('ws://live/live/lots/other') as unknown as WebSocket, frames }
    taking().close()
    expect(Socket.made).toHaveLength(3)
    expect(heard).toHaveLength(1)
    expect(window.earlyHall).toBeUndefined()
  })

  test('does not wait when the device says that the network is back', () => {
    const follower = opened()
    last().onclose?.({ code: 1006 })
    window.dispatchEvent(new Event('online'))
    expect(Socket.made).toHaveLength(2)
    follower.close()
  })

  test('a connection that has gone silent is dropped', () => {
    const follower = opened()
    last().onopen?.()
    vi.advanceTimersByTime(40_000)
    expect(told.at(-1)).toBe('lost')
    vi.advanceTimersByTime(500)
    expect(Socket.made).toHaveLength(2)
    follower.close()
  })

  test('a session that ended is no reason to resume as somebody else', () => {
    const follower = opened()
    position = 17
    last().onclose?.({ code: 4001 })
    vi.advanceTimersByTime(500)
    expect(last().url).not.toContain('after')
    follower.close()
  })

  test('left: nothing is tried again', () => {
    opened().close()
    vi.advanceTimersByTime(100_000)
    window.dispatchEvent(new Event('online'))
    expect(Socket.made).toHaveLength(1)
  })
})
