/** Follows one broadcast over the websocket, across lost connections: what it plays, the head, then piece after piece. */

export type Watching = 'connecting' | 'live' | 'silent' | 'lost' | 'over' | 'crowded'

export interface Eyes {
  /** A fresh beginning: everything before it is void. */
  head(mime: string, bytes: Uint8Array<ArrayBuffer>): void
  piece(bytes: Uint8Array<ArrayBuffer>): void
  /** `silent`: connected, but the host sends nothing; `over`: there will be no more. */
  status(now: Watching): void
}

/** Milliseconds without a piece after which the host's line is taken for interrupted. */
const SILENCE = 6000
const FIRST_WAIT = 1000
const LONGEST_WAIT = 15_000
const OVER = 1000
const WENT = 1001

/** Stops it. */
export type Leave = () => void

export function watch(address: string, eyes: Eyes, random: () => number = Math.random): Leave {
  let socket: WebSocket | undefined
  let timer: ReturnType<typeof setTimeout> | undefined
  let silence: ReturnType<typeof setTimeout> | undefined
  let failures = 0
  let left = false

  function listen(): void {
    clearTimeout(silence)
    silence = setTimeout(() => {
      eyes.status('silent')
    }, SILENCE)
  }

  function connect(): void {
    let mime = ''
    let headed = false
    const mine = new WebSocket(address)
    mine.binaryType = 'arraybuffer'
    socket = mine
    mine.onopen = listen
    mine.onmessage = ({ data }: MessageEvent<string | ArrayBuffer>) => {
      if (mine !== socket) return
      if (typeof data === 'string') {
        mime = (JSON.parse(data) as { mime: string }).mime
        return
      }
      failures = 0
      listen()
      if (headed) eyes.piece(new Uint8Array(data))
      else eyes.head(mime, new Uint8Array(data))
      headed = true
      eyes.status('live')
    }
    mine.onclose = ({ code }) => {
      if (mine !== socket || left) return
      clearTimeout(silence)
      if (code === OVER) {
        eyes.status('over')
        return
      }
      // A server that stops says so; one that is full answers before the handshake, which a browser cannot tell apart.
      eyes.status(headed || code === WENT || failures < 2 ? 'lost' : 'crowded')
      const wait = Math.min(LONGEST_WAIT, FIRST_WAIT * 2 ** failures) * (0.5 + random() / 2)
      failures += 1
      timer = setTimeout(connect, wait)
    }
  }

  eyes.status('connecting')
  connect()
  return () => {
    left = true
    clearTimeout(timer)
    clearTimeout(silence)
    socket?.close()
  }
}
