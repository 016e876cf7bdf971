"""A party's device put into a browser: the very keys that it enrolled with, unreadable there, and its session."""

from typing import Any

from playwright.async_api import Page

from bidding.api.sessions import COOKIE
from bidding.crypto.canonical import b64
from bidding.stage.cast import Member

_KEEP = """async (device) => {
  const own = async (name, algorithm, uses) => {
    const half = { kty: 'OKP', crv: algorithm, x: device[name].public }
    const whole = { ...half, d: device[name].private }
    const privateKey = await crypto.subtle.importKey('jwk', whole, algorithm, false, uses[0])
    const publicKey = await crypto.subtle.importKey('jwk', half, algorithm, true, uses[1])
    const raw = await crypto.subtle.exportKey('raw', publicKey)
    return { pair: { privateKey, publicKey }, publicRaw: new Uint8Array(raw) }
  }
  const kept = {
    ...device,
    signing: await own('signing', 'Ed25519', [['sign'], ['verify']]),
    opening: await own('opening', 'X25519', [['deriveBits'], []]),
    enrolled: true,
  }
  await new Promise((resolve, reject) => {
    const asked = indexedDB.open('bidding-device', 1)
    asked.onupgradeneeded = () => {
      for (const shelf of ['devices', 'bids', 'offices']) asked.result.createObjectStore(shelf)
    }
    asked.onsuccess = () => {
      const writing = asked.result.transaction('devices', 'readwrite')
      writing.objectStore('devices').put(kept, device.credential)
      writing.oncomplete = () => { asked.result.close(); resolve() }
      writing.onerror = () => reject(writing.error)
    }
    asked.onerror = () => reject(asked.error)
  })
}"""


async def seat(page: Page, member: Member) -> None:
    """Let the page be this member's, who is logged in. The page must be at an address of the platform."""
    device = member.session.device
    keys: dict[str, Any] = {
        "credential": device.id,
        "party": member.party,
        "name": member.name,
        "label": "测试浏览器",
        "signing": {"private": b64(device.signing.private), "public": b64(device.signing.public)},
        "opening": {"private": b64(device.opening.private), "public": b64(device.opening.public)},
    }
    await page.evaluate(_KEEP, keys)
    origin = "/".join(page.url.split("/")[:3])
    await page.context.add_cookies(
        [{"name": COOKIE, "value": member.session.token, "url": origin, "httpOnly": True}]
    )
