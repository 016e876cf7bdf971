"""What a browser must do to seal a file and nothing else, as fast as four workers do it: the ceiling of sealing.

It reads the file, enciphers chunks, hashes parts and keeps as many bytes, as sealing does. It keeps no order, counts no
checksum, puts no parts together and watches no memory: who seals has more to do.
"""

from pathlib import Path

from playwright.async_api import Page, Route

ADDRESS = "/app/bare.js"
_HEADERS = {"Cross-Origin-Embedder-Policy": "require-corp", "Cross-Origin-Resource-Policy": "same-origin"}

#: ``read``: every other run of 4 MiB, three under way at once. ``keep``: writes what comes. ``hash``: that many parts.
_WORKER = """
const [RUN, CHUNK, PART] = [4 * 2 ** 20, 2 ** 14, 8 * 2 ** 20]
const jobs = {
  async read({ file, port, first, step }) {
    const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt'])
    const iv = new Uint8Array(12)
    let next = first
    const work = async () => {
      while (next * RUN < file.size) {
        const at = RUN * next
        next += step
        const plain = new Uint8Array(await file.slice(at, at + RUN).arrayBuffer())
        const sealed = new Uint8Array(plain.length + 16 * Math.ceil(plain.length / CHUNK))
        const chunk = async (n) => {
          const data = plain.subarray(n * CHUNK, (n + 1) * CHUNK)
          const made = await crypto.subtle.encrypt({ name: 'AES-GCM', iv }, key, data)
          sealed.set(new Uint8Array(made), n * (CHUNK + 16))
        }
        await Promise.all(Array.from({ length: Math.ceil(plain.length / CHUNK) }, (_, n) => chunk(n)))
        port.postMessage(sealed, [sealed.buffer])
      }
    }
    await Promise.all([work(), work(), work()])
    port.postMessage(null)
  },
  async keep({ ports }) {
    const folder = await navigator.storage.getDirectory()
    const file = await (await folder.getFileHandle('bare', { create: true })).createSyncAccessHandle()
    let [at, flushed] = [0, 0]
    await Promise.all(ports.map((port) => new Promise((ended) => {
      port.onmessage = ({ data }) => {
        if (data === null) return ended()
        at += file.write(data, { at })
        if (at - flushed >= 2 ** 25) file.flush(flushed = at)
      }
    })))
    file.flush()
    file.close()
    await folder.removeEntry('bare')
  },
  async hash({ parts }) {
    const part = new Uint8Array(PART)
    for (; parts > 0; parts -= 1) await crypto.subtle.digest('SHA-256', part)
  },
}
onmessage = async ({ data }) => {
  await jobs[data.job](data)
  postMessage('done')
}
"""

_RUN = """async (address) => {
  const file = document.querySelector('#bare').files[0]
  const [one, other] = [new MessageChannel(), new MessageChannel()]
  const jobs = [
    [{ job: 'keep', ports: [one.port2, other.port2] }, [one.port2, other.port2]],
    [{ job: 'hash', parts: file.size / (8 * 2 ** 20) }, []],
    [{ job: 'read', file, port: one.port1, first: 0, step: 2 }, [one.port1]],
    [{ job: 'read', file, port: other.port1, first: 1, step: 2 }, [other.port1]],
  ]
  const workers = jobs.map(() => new Worker(address))
  const began = performance.now()
  await Promise.all(jobs.map(([job, moved], n) => new Promise((done, failed) => {
    workers[n].onmessage = done
    workers[n].onerror = ({ message }) => failed(new Error(message))
    workers[n].postMessage(job, moved)
  })))
  const took = performance.now() - began
  for (const worker of workers) worker.terminate()
  return file.size / 1e3 / took
}"""


async def bare(page: Page, large: Path) -> float:
    """MB/s. The page must be one of the platform's; what it shows stays as it was."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=_WORKER, content_type="text/javascript", headers=_HEADERS)

    await page.context.route(f"**{ADDRESS}", answer)
    await page.evaluate(
        "() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'bare' }))"
    )
    await page.locator("#bare").set_input_files(large)
    speed: float = await page.evaluate(_RUN, ADDRESS)
    await page.evaluate("() => document.querySelector('#bare').remove()")
    await page.context.unroute(f"**{ADDRESS}", answer)
    return speed
