"""The system's Chromium, as the tests drive it, and the two screens that every page is tried on."""

import os
import shutil
from pathlib import Path
from typing import Any

from playwright.async_api import Browser, BrowserContext, Playwright, ViewportSize

#: Set to run the other tests where there is no browser. Nothing else skips these.
SWITCH = "NO_BROWSER"
NAMES = ("chromium", "chromium-browser", "google-chrome-stable", "google-chrome")
#: A name of the platform that no browser takes for secure over plain HTTP.
INSECURE = "office.example"
ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--use-fake-ui-for-media-stream",  # camera, microphone and desktop are given without asking,
    "--use-fake-device-for-media-stream",  # and show a picture that moves
    f"--host-resolver-rules=MAP {INSECURE} 127.0.0.1",
)

PHONE: dict[str, Any] = {
    "viewport": ViewportSize(width=360, height=740),
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
}
DESKTOP: dict[str, Any] = {"viewport": ViewportSize(width=1280, height=800)}
SCREENS = {"phone": PHONE, "desktop": DESKTOP}


class NoChromium(Exception):
    """None of ``NAMES`` is on the path."""

    def __init__(self) -> None:
        super().__init__(
            f"no Chromium: run `make browser` (or install one of {', '.join(NAMES)}), or set {SWITCH}=1"
        )


def switched_off() -> bool:
    return os.environ.get(SWITCH, "") not in ("", "0")


def executable() -> str:
    """Raises ``NoChromium``."""
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    raise NoChromium


async def launched(playwright: Playwright) -> Browser:
    return await playwright.chromium.launch(executable_path=executable(), args=list(ARGUMENTS), headless=True)


async def context(browser: Browser, address: str, screen: str = "desktop", **options: Any) -> BrowserContext:
    """A browser of somebody's own: no cookie, no stored key. ``address``: of the platform, so that paths suffice."""
    usual = {"base_url": address, "locale": "zh-CN", "timezone_id": "America/Lima"}
    return await browser.new_context(**{**usual, **SCREENS[screen], **options})


async def resident(playwright: Playwright, address: str, profile: Path) -> BrowserContext:
    """A browser that keeps its profile on the disk, as people's do: any other keeps sealed files in its memory."""
    return await playwright.chromium.launch_persistent_context(
        profile,
        executable_path=executable(),
        args=list(ARGUMENTS),
        headless=True,
        base_url=address,
        locale="zh-CN",
        **DESKTOP,
    )
