/** A video element fed piece by piece. Live it stays at the end of what there is, and steps over what is missing. */

/** Seconds: so far behind the newest picture is no longer live; so much of the past is kept. */
const BEHIND = 6
const CLOSE = 1.2
const PAST = 30

type Source = MediaSource & { readonly handles?: unknown }

/** iPhones have a media source of their own, from iOS 17.1 on. */
function sourceType(): (new () => Source) | null {
  const found = globalThis as unknown as { ManagedMediaSource?: typeof MediaSource; MediaSource?: typeof MediaSource }
  return found.ManagedMediaSource ?? found.MediaSource ?? null
}

/** Whether this browser can show it. */
export function plays(mime: string): boolean {
  const type = sourceType() as typeof MediaSource | null
  return type?.isTypeSupported(mime) ?? false
}

export class Player {
  readonly #video: HTMLMediaElement
  readonly #live: boolean
  readonly #failed: (why: unknown) => void
  readonly #source: Source
  readonly #address: string
  #buffer: SourceBuffer | null = null
  #waiting: Uint8Array<ArrayBuffer>[] = []
  #closed = false

  /** Throws where `plays` says no. `failed`: called once at most; a new player is wanted then. */
  constructor(video: HTMLMediaElement, mime: string, live: boolean, failed: (why: unknown) => void) {
    const Type = sourceType()
    if (!Type) throw new TypeError('no media source')
    this.#video = video
    this.#live = live
    this.#failed = failed
    this.#source = new Type()
    this.#address = URL.createObjectURL(this.#source)
    video.disableRemotePlayback = true // what ManagedMediaSource asks for
    this.#source.addEventListener('sourceopen', () => {
      if (this.#closed || this.#buffer) return
      this.#buffer = this.#source.addSourceBuffer(mime)
      this.#buffer.addEventListener('updateend', () => {
        this.#updated()
      })
      this.#next()
    })
    video.addEventListener('error', this.#broken)
    video.src = this.#address
  }

  append(bytes: Uint8Array<ArrayBuffer>): void {
    this.#waiting.push(bytes)
    this.#next()
  }

  /** Nothing is on its way into the element. */
  get idle(): boolean {
    return this.#buffer !== null && !this.#buffer.updating && !this.#waiting.length
  }

  /** Seconds up to which there is something from `at` on; null if there is nothing at `at`. */
  reaches(at: number): number | null {
    for (const [start, end] of this.#ranges()) if (start <= at + 0.1 && at < end) return end
    return null
  }

  close(): void {
    this.#closed = true
    this.#waiting = []
    this.#video.removeEventListener('error', this.#broken)
    URL.revokeObjectURL(this.#address)
    this.#video.removeAttribute('src')
    this.#video.load()
  }

  readonly #broken = (): void => {
    if (!this.#closed) this.#failed(this.#video.error)
  }

  #next(): void {
    const bytes = this.#waiting[0]
    if (!bytes || !this.#buffer || this.#buffer.updating || this.#closed) return
    try {
      this.#buffer.appendBuffer(bytes)
      this.#waiting.shift()
    } catch (thrown) {
      if (thrown instanceof DOMException && thrown.name === 'QuotaExceededError' && this.#trim(5)) return
      this.#failed(thrown)
    }
  }

  #updated(): void {
    if (this.#closed) return
    if (this.#live) this.#stayLive()
    if (!this.#trim(PAST)) this.#next()
  }

  #stayLive(): void {
    const last = this.#ranges().at(-1)
    if (!last) return
    const [start, end] = last
    const at = this.#video.currentTime
    if (at < start || end - at > BEHIND) this.#video.currentTime = Math.max(start, end - CLOSE)
  }

  /** Whether something older than `seconds` before now is being taken out. */
  #trim(seconds: number): boolean {
    const start = this.#ranges()[0]?.[0]
    const until = this.#video.currentTime - seconds
    if (start === undefined || start > until - seconds || !this.#buffer || this.#buffer.updating) return false
    this.#buffer.remove(0, until)
    return true
  }

  #ranges(): [number, number][] {
    const found = this.#buffer?.buffered
    return found ? Array.from({ length: found.length }, (_, one) => [found.start(one), found.end(one)]) : []
  }
}
