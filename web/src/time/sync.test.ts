import 'fake-indexeddb/auto'

import { beforeEach, describe, expect, test, vi } from 'vitest'

const NOW = '2026-03-25T01:30:00.000Z'

const base64url = (data: ArrayBuffer): string =>
  btoa(String.fromCharCode(...new Uint8Array(data))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')

/** A platform that signs `signed` and says `said`. */
async function platformSaying(said: string, signed = said, label = 'bidding/time/v1'): Promise<void> {
  const pair = (await crypto.subtle.generateKey('Ed25519', true, ['sign', 'verify'])) as CryptoKeyPair
  const text = new TextEncoder().encode(`${label}\0${JSON.stringify({ now: signed })}`)
  const signature = base64url(await crypto.subtle.sign('Ed25519', pair.privateKey, text))
  const receipt = base64url(await crypto.subtle.exportKey('raw', pair.publicKey))
  vi.stubGlobal('fetch', (path: string) =>
    Promise.resolve(Response.json(path === '/keys' ? { receipt } : { now: said, signature })),
  )
}

describe('the signed time', () => {
  beforeEach(() => {
    vi.resetModules() // the key is asked for once per page
  })

  async function synced(): Promise<{ taken: boolean; now: number }> {
    const { sync } = await import('./sync')
    const { Clock } = await import('./clock')
    const clock = new Clock(0)
    return { taken: await sync(clock), now: clock.now() }
  }

  test('sets the clock', async () => {
    await platformSaying(NOW)
    const { taken, now } = await synced()
    expect(taken).toBe(true)
    expect(Math.abs(now - Date.parse(NOW))).toBeLessThan(60_000)
  })

  test('moved on its way: nothing is set', async () => {
    await platformSaying('2026-03-25T02:30:00.000Z', NOW)
    const { taken, now } = await synced()
    expect(taken).toBe(false)
    expect(now).toBeLessThan(60_000)
  })

  test('a signature for something else does not serve', async () => {
    await platformSaying(NOW, NOW, 'bidding/receipt/v1')
    expect((await synced()).taken).toBe(false)
  })
})
