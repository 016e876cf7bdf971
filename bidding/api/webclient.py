"""The browser client: the files that ``make web`` built, under ``/app/``, and what the client asks first.

The files are listed when the server starts; a request chooses among them and never names a path. Every one was
compressed when it was built. Pages carry a policy that admits nothing of another origin but the live gateway. No
page needs a plugin or an installation (R-PAIN-06): keys are made, bids sealed and released by the browser's own
cryptography, on a phone alone if one likes (R-CRED-06).
"""

import base64
import hashlib
import mimetypes
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from pathlib import Path
from typing import Annotated

import anyio
import msgspec
from fastapi import APIRouter, Depends, Request, Response
from starlette.responses import RedirectResponse

from bidding.api.problems import BadRequest, problem
from bidding.api.schemas import json_answer
from bidding.api.tags import tag
from bidding.domain.errors import Unknown

#: Where the wheel and ``make web`` put the built client.
FOLDER = Path(__file__).resolve().parents[1] / "web"

router = APIRouter(tags=[tag("service")])

INDEX = "index.html"
#: Which pages have an HTML file of their own, that asks early for what they will want (``web/build/early.ts``).
EARLY = "early/pages.json"
OFFLINE = "offline-seal.html"
OFFLINE_VERIFY = "offline-verify.html"
FOREVER = "public, max-age=31536000, immutable"  # the names of assets hold a hash of their content
ENCODINGS = (("br", ".br"), ("gzip", ".gz"))
_HOST = re.compile(r"(\[[0-9a-fA-F:.]{2,45}\]|[0-9a-zA-Z.-]{1,253})(:[0-9]{1,5})?", re.ASCII)
_INLINE = re.compile(rb"<(script|style)>(.*?)</\1>", re.DOTALL)

#: ``blob:`` images are pages of bids opened on the device, ``data:`` ones are icons inside style sheets;
#: ``blob:`` media are broadcasts, fed piece by piece.
_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src 'self' blob: data:; font-src 'self'; "
    "media-src blob:; connect-src 'self'{live}; worker-src 'self'; manifest-src 'self'; object-src 'none'; "
    "frame-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: A worker has its script's policy: it may load parts of the client that only some bids need, and reach nothing.
_SCRIPT_POLICY = (
    "default-src 'none'; script-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: The offline pages carry everything inside, and may reach nothing: not even the platform they came from.
_OFFLINE_POLICY = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data:; worker-src blob:; "
    "connect-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
#: What the host of an opening, and a bidder who has the word, may give by their own press (R-ROOM-01).
OWN = ("camera", "display-capture", "microphone")
PERMISSIONS = ", ".join(
    f"{feature}={'(self)' if feature in OWN else '()'}"
    for feature in (
        "accelerometer",
        "camera",
        "display-capture",
        "geolocation",
        "gyroscope",
        "magnetometer",
        "microphone",
        "midi",
        "payment",
        "usb",
        "serial",
        "hid",
        "browsing-topics",
    )
)
ISOLATED = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Embedder-Policy": "require-corp",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": PERMISSIONS,
}


class ClientConfig(msgspec.Struct, frozen=True, kw_only=True):
    """``live_url``: of the gateway where a proxy serves it, else empty; ``live_port``: its port on this host, null
    where it is behind this very address. ``region``: administrative division of the centre (GB/T 2260).
    ``demo``: what is shown was played for show. ``offline_sha256``: hex SHA-256 of the offline sealing page
    (`/app/offline-seal.html`), empty where the client is not built; ``verify_sha256``: of the offline verifying page
    (`/app/offline-verify.html`).
    """

    version: str
    region: str
    live_url: str = ""
    live_port: int | None = None
    demo: bool = False
    offline_sha256: str = ""
    verify_sha256: str = ""


@dataclass(frozen=True)
class Built:
    """One file. ``hashes``: CSP sources of what an HTML file carries inline, by element."""

    path: Path
    media_type: str
    encodings: Mapping[str, Path]
    hashes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class WebClient:
    """``early``: patterns of the addresses behind ``/app`` and the HTML files that they get; others the index."""

    config: ClientConfig
    files: Mapping[str, Built]
    early: tuple[tuple[re.Pattern[str], str], ...] = ()

    def page(self, path: str) -> Built | None:
        """The client itself, as it is sent for ``path``; None if it was not built."""
        return self.files.get(next((name for found, name in self.early if found.search(path)), INDEX))


def web_client(config: ClientConfig, folder: Path = FOLDER) -> WebClient:
    """The client as it was built; without files if it was not."""
    names = (path for path in sorted(folder.rglob("*")) if path.is_file()) if folder.is_dir() else ()
    told = msgspec.structs.replace(
        config, offline_sha256=offline_sha256(folder), verify_sha256=offline_sha256(folder, OFFLINE_VERIFY)
    )
    pages = folder / EARLY
    early = msgspec.json.decode(pages.read_bytes(), type=list[tuple[str, str]]) if pages.is_file() else []
    return WebClient(
        told, _listed(folder, names), tuple((re.compile(pattern), name) for pattern, name in early)
    )


def offline_sha256(folder: Path = FOLDER, name: str = OFFLINE) -> str:
    """What ``sha256sum`` prints of an offline page, so that a copy can be checked; empty without one."""
    page = folder / name
    return hashlib.sha256(page.read_bytes()).hexdigest() if page.is_file() else ""


def client_config(
    *, region: str, live_url: str = "", live_port: int | None = None, demo: bool = False
) -> ClientConfig:
    return ClientConfig(
        version=version("bidding"), region=region, live_url=live_url, live_port=live_port, demo=demo
    )


def _found(request: Request) -> WebClient:
    found = request.app.state.web_client
    assert isinstance(found, WebClient), "the application was made without the client: for its schema only"
    return found


AtClient = Annotated[WebClient, Depends(_found)]


@router.get(
    "/client-config",
    summary="What the browser client asks first · 客户端配置",
    responses=json_answer(ClientConfig),
)
async def config(found: AtClient) -> Response:
    return Response(msgspec.json.encode(found.config), media_type="application/json")


@router.get("/", include_in_schema=False)
@router.get("/app", include_in_schema=False)
async def home() -> Response:
    return RedirectResponse("/app/", status_code=307)


@router.get("/app/{path:path}", include_in_schema=False)
async def app(path: str, request: Request, found: AtClient) -> Response:
    """A built file, or the client itself for any of its own addresses."""
    file = found.files.get(path)
    if file is None:
        if path.startswith("assets/") or "." in path.rpartition("/")[2]:
            raise Unknown("no-such-page")
        file = found.page(f"/{path}")
    if file is None:
        return problem(request, 503, "client-not-built")
    return await _answer(request, file, found.config, forever=path.startswith("assets/"))


async def _answer(request: Request, file: Built, config: ClientConfig, *, forever: bool) -> Response:
    encoding, path = _chosen(file, request.headers.get("accept-encoding", ""))
    headers = {
        **ISOLATED,
        "Vary": "Accept-Encoding",
        "Cache-Control": FOREVER if forever else "no-store",
        **({"Content-Encoding": encoding} if encoding else {}),
    }
    if file.media_type.startswith("text/html"):
        headers["Content-Security-Policy"] = _policy(file, _live_origin(request, config))
    elif file.media_type.startswith("text/javascript"):
        headers["Content-Security-Policy"] = _SCRIPT_POLICY
    return Response(await anyio.Path(path).read_bytes(), headers=headers, media_type=file.media_type)


def _policy(file: Built, live: str) -> str:
    if file.path.name in (OFFLINE, OFFLINE_VERIFY):
        inside = {
            f"{element}s": " ".join(file.hashes.get(element, ("'none'",))) for element in ("script", "style")
        }
        return _OFFLINE_POLICY.format(**inside)
    scripts, styles = (" ".join(("'self'", *file.hashes.get(element, ()))) for element in ("script", "style"))
    return _POLICY.format(scripts=scripts, styles=styles, live=f" {live}" if live else "")


def _live_origin(request: Request, config: ClientConfig) -> str:
    """The gateway's origin as the asker's browser sees it. Raises ``BadRequest`` for a host that is none."""
    if config.live_url or config.live_port is None:
        return config.live_url
    host = _HOST.fullmatch(request.headers.get("host", ""))
    if host is None:
        raise BadRequest("http-error")
    scheme = "wss" if request.url.scheme == "https" else "ws"
    return f"{scheme}://{host[1]}:{config.live_port}"


def _chosen(file: Built, accepted: str) -> tuple[str, Path]:
    """The best encoding that the asker takes: its name, empty for the file as it is, and the file."""
    offers = dict(_offer(one) for one in accepted.split(",") if one.strip())
    for name, path in file.encodings.items():
        if offers.get(name, offers.get("*", 0.0)) > 0:
            return name, path
    return "", file.path


def _offer(said: str) -> tuple[str, float]:
    name, _, parameter = said.partition(";")
    quality = parameter.strip().removeprefix("q=")
    try:
        return name.strip().lower(), float(quality) if quality else 1.0
    except ValueError:
        return name.strip().lower(), 0.0


def _listed(folder: Path, paths: Iterable[Path]) -> dict[str, Built]:
    all_paths = set(paths)
    compressed = tuple(ending for _, ending in ENCODINGS)
    return {
        path.relative_to(folder).as_posix(): Built(
            path=path,
            media_type=_media_type(path),
            encodings={
                name: smaller
                for name, ending in ENCODINGS
                if (smaller := path.with_name(path.name + ending)) in all_paths
            },
            hashes=_hashes(path) if path.suffix == ".html" else {},
        )
        for path in sorted(all_paths)
        if not path.name.endswith(compressed)
    }


def _media_type(path: Path) -> str:
    """Not the machine's: what it calls a script decides whether a browser runs it."""
    known = {".js": "text/javascript", ".mjs": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
    guessed = (
        known.get(path.suffix)
        or mimetypes.guess_type(path.name, strict=True)[0]
        or "application/octet-stream"
    )
    return f"{guessed}; charset=utf-8" if guessed.startswith("text/") else guessed


def _hashes(path: Path) -> dict[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for element, content in _INLINE.findall(path.read_bytes()):
        digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
        found[element.decode()] = (*found.get(element.decode(), ()), f"'sha256-{digest}'")
    return found
