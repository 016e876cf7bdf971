/** Whether this browser can do what the pages with keys need. Spectators need none of it. */

export type Lack = 'secure' | 'signatures' | 'storage' | 'workers' | 'files'

/** Names of browsers inside other applications, which lack some of it or lose what they store. */
const INSIDE = /MicroMessenger|DingTalk|AlipayClient|\bQQ\/|Weibo|Lark|Feishu|aweme|Toutiao/i

export function insideAnotherApp(agent = navigator.userAgent): boolean {
  return INSIDE.test(agent)
}

/** What is lacking, most important first; empty if everything is there. */
export async function lacking(): Promise<Lack[]> {
  if (!isSecureContext) return ['secure'] // the others are hidden without it
  const checks: [Lack, () => Promise<unknown> | boolean][] = [
    ['signatures', signs],
    ['storage', stores],
    ['workers', () => typeof Worker === 'function'],
    ['files', keepsFiles],
  ]
  const found = await Promise.all(
    checks.map(async ([lack, check]) => {
      try {
        return (await check()) === false ? lack : null
      } catch {
        return lack
      }
    }),
  )
  return found.filter((one) => one !== null)
}

async function signs(): Promise<void> {
  await crypto.subtle.generateKey({ name: 'Ed25519' }, false, ['sign', 'verify'])
  await crypto.subtle.generateKey({ name: 'X25519' }, false, ['deriveBits'])
}

async function stores(): Promise<void> {
  const name = 'bidding-probe'
  await new Promise<void>((resolve, reject) => {
    const asked = indexedDB.open(name)
    asked.onsuccess = () => {
      asked.result.close()
      resolve()
    }
    asked.onerror = () => {
      reject(new Error('IndexedDB'))
    }
  })
  indexedDB.deleteDatabase(name)
}

async function keepsFiles(): Promise<void> {
  await navigator.storage.getDirectory()
}
