/** Following a hall over the websocket: the state, then every event, across lost connections. */

import type { Frame } from './events'

declare global {
  interface Window {
    /** A hall that the page's HTML began to follow while the client was on its way (`build/early.ts`). */
    earlyHall?: { readonly socket: WebSocket; readonly frames: readonly string[] } | undefined
  }
}

export type Following = 'connecting' | 'live' | 'lost'

export interface Ears {
  frame(frame: Frame): void
  /** `lost`: trying again; what is shown may be old. */
  status(now: Following): void
  /** What to resume behind: the last position taken, by which cursor; null for a fresh state. */
  resume(): { readonly position: number; readonly cursor: 'feed' | 'lot' } | null
}

export interface Follower {
  /** Drop the connection and ask for the whole state anew. */
  refresh(): void
  close(): void
}

/** Milliseconds: the server tells the time every 15 s, so that a silent connection is a dead one. */
const SILENCE = 40_000
const FIRST_WAIT = 500
const LONGEST_WAIT = 15_000
/** The session ended: what may be seen is another thing now. */
const SESSION_ENDED = 4001

export function follow(origin: string, lot: string, ears: Ears, random: () => number = Math.random): Follower {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let fresh = false
  let closed = false

  function connect(): void {
    clearTimeout(timer)
    // A position that the server does not accept would fail for ever: the third try asks for the state.
    const behind = fresh || failures >= 2 ? null : ears.resume()
    fresh = false
    const query = behind ? `?after=${String(behind.position)}&cursor=${behind.cursor}` : ''
    const address = `${origin}/live/lots/${encodeURIComponent(lot)}${query}`
    const begun = begunEarly(address)
    const mine = begun?.socket ?? new WebSocket(address)
    socket = mine
    listen()
    const opened = (): void => {
      failures = 0
      if (mine === socket) ears.status('live')
    }
    const heard = (data: string): void => {
      if (mine !== socket) return
      listen()
      ears.frame(JSON.parse(data) as Frame)
    }
    mine.onopen = opened
    mine.onmessage = ({ data }: MessageEvent<string>) => {
      heard(data)
    }
    mine.onclose = ({ code }) => {
      if (mine === socket && !closed) lost(code === SESSION_ENDED)
    }
    if (!begun) return
    if (mine.readyState === WebSocket.OPEN) opened()
    // When the page has its follower: a frame may ask that for a fresh state.
    queueMicrotask(() => {
      begun.frames.forEach(heard)
    })
  }

  function listen(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      drop()
      lost(false)
    }, SILENCE)
  }

  function lost(another: boolean): void {
    clearTimeout(silence)
    socket = undefined
    fresh ||= another
    ears.status('lost')
    const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + random() / 2)
    failures += 1
    timer = setTimeout(connect, wait)
  }

  function drop(): void {
    const old = socket
    socket = undefined
    old?.close()
  }

  function now(): void {
    if (closed || socket) return
    failures = 0
    connect()
  }

  // The device says that the network is back, or the reader looks again: do not sit out the wait.
  const seen = (): void => {
    if (document.visibilityState === 'visible') now()
  }
  const gone = (): void => {
    if (closed || !socket) return
    drop()
    lost(false)
  }
  window.addEventListener('online', now)
  window.addEventListener('offline', gone)
  document.addEventListener('visibilitychange', seen)
  ears.status('connecting')
  connect()

  return {
    refresh() {
      fresh = true
      drop()
      clearTimeout(silence)
      connect()
    },
    close() {
      closed = true
      clearTimeout(timer)
      clearTimeout(silence)
      window.removeEventListener('online', now)
      window.removeEventListener('offline', gone)
      document.removeEventListener('visibilitychange', seen)
      drop()
    },
  }
}

/** The connection that the page's HTML has made, once, if it is still good and goes where this one would. */
function begunEarly(address: string): Window['earlyHall'] {
  const begun = window.earlyHall
  window.earlyHall = undefined
  if (!begun || begun.socket.url !== address || begun.socket.readyState > WebSocket.OPEN) {
    begun?.socket.close()
    return undefined
  }
  return begun
}
