"""The browser client as it is served: every address leads into it, nothing but its own files leaves the folder."""

import base64
import hashlib
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, cast

import httpx2
import pytest

from bidding.api.app import create_app
from bidding.api.webclient import client_config, router, web_client

PAGE = "<!doctype html><title>x</title><script type=module src=/app/assets/a-1.js></script>"
SCRIPT = "export const a = 1;" * 100
INLINE = "<!doctype html><style>p{color:red}</style><script>alert(1)</script>"

Opened = Callable[..., httpx2.AsyncClient]


@pytest.fixture
async def opened(tmp_path: Path) -> AsyncIterator[Opened]:
    (tmp_path / "web" / "assets").mkdir(parents=True)
    (tmp_path / "secret.txt").write_text("no")
    for name, text in (("index.html", PAGE), ("assets/a-1.js", SCRIPT), ("seal.html", INLINE)):
        (tmp_path / "web" / name).write_text(text)
    (tmp_path / "web" / "assets" / "a-1.js.br").write_bytes(b"brotli")
    (tmp_path / "web" / "assets" / "a-1.js.gz").write_bytes(b"gzip")
    clients: list[httpx2.AsyncClient] = []

    def client(folder: str = "web", host: str = "bid.example:8000", **config: Any) -> httpx2.AsyncClient:
        app = create_app(None, routers=(router,))
        app.state.web_client = web_client(
            client_config(region="420902", **{"live_port": 8001, **config}), tmp_path / folder
        )
        transport = cast(Any, httpx2.ASGITransport(app))
        made = httpx2.AsyncClient(transport=transport, base_url=f"http://{host}")
        clients.append(made)
        return made

    yield client
    for made in clients:
        await made.aclose()


async def test_the_root_leads_to_the_client(opened: Opened) -> None:
    for path in ("/", "/app"):
        answer = await opened().get(path)
        assert (answer.status_code, answer.headers["location"]) == (307, "/app/")


@pytest.mark.parametrize("path", ["/app/", "/app/openings", "/app/lots/0b9f2f4e/hall"])
async def test_every_address_of_the_client_is_the_client(opened: Opened, path: str) -> None:
    answer = await opened().get(path)
    assert answer.status_code == 200
    assert answer.text == PAGE
    assert answer.headers["cache-control"] == "no-store"


async def test_an_address_that_asks_early_gets_its_own_html(opened: Opened, tmp_path: Path) -> None:
    early = tmp_path / "web" / "early"
    early.mkdir()
    (early / "pages.json").write_text(
        '[["^/$","early/home.html"],["^/lots/([^/]+)/hall$","early/hall.html"]]'
    )
    for name in ("home", "hall"):
        (early / f"{name}.html").write_text(f"<!doctype html><script>{name}()</script>")
    for path, expected in (("", "home()"), ("lots/0b9f2f4e/hall", "hall()")):
        answer = await opened().get(f"/app/{path}")
        digest = base64.b64encode(hashlib.sha256(expected.encode()).digest()).decode()
        assert expected in answer.text
        assert answer.headers["cache-control"] == "no-store"
        assert f"script-src 'self' 'sha256-{digest}'" in answer.headers["content-security-policy"]
    for path in ("openings", "lots/0b9f2f4e/hall/more", "lots/0b9f2f4e"):
        assert (await opened().get(f"/app/{path}")).text == PAGE


async def test_assets_are_kept_for_ever_and_missing_ones_are_no_page(opened: Opened) -> None:
    there, gone = [
        await opened().get(f"/app/assets/{name}", headers={"accept-encoding": "identity"})
        for name in ("a-1.js", "a-0.js")
    ]
    assert "immutable" in there.headers["cache-control"]
    assert there.headers["content-type"] == "text/javascript; charset=utf-8"
    assert gone.status_code == 404
    assert "immutable" not in gone.headers["cache-control"]


@pytest.mark.parametrize(
    "path", ["/app/../secret.txt", "/app/%2e%2e/secret.txt", "/app/..%2fsecret.txt", "/app//etc/passwd.txt"]
)
async def test_nothing_outside_of_the_folder_is_served(opened: Opened, path: str) -> None:
    answer = await opened().get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br", "br"),
        ("gzip", "gzip"),
        ("br;q=0, gzip;q=0.5", "gzip"),
        ("*", "br"),
        ("identity", None),
        ("br;q=x", None),
        ("", None),
    ],
)
async def test_what_was_compressed_when_built_is_chosen(
    opened: Opened, accepted: str, encoding: str | None
) -> None:
    request = opened().stream("GET", "/app/assets/a-1.js", headers={"accept-encoding": accepted})
    async with request as answer:
        raw = b"".join([chunk async for chunk in answer.aiter_raw()])
    assert answer.headers.get("content-encoding") == encoding
    assert answer.headers["vary"] == "Accept-Encoding"
    assert raw == {"br": b"brotli", "gzip": b"gzip", None: SCRIPT.encode()}[encoding]


async def test_the_policy_admits_our_own_origin_and_the_live_gateway_only(opened: Opened) -> None:
    policy = (await opened().get("/app/")).headers["content-security-policy"]
    directives = dict(one.strip().split(" ", 1) for one in policy.split(";"))
    assert directives["default-src"] == "'none'"
    assert directives["script-src"] == directives["style-src"] == "'self'"
    assert directives["connect-src"] == "'self' ws://bid.example:8001"
    assert "unsafe" not in policy


async def test_a_worker_may_load_parts_of_the_client_and_reach_nothing(opened: Opened) -> None:
    answer = await opened().get("/app/assets/a-1.js", headers={"accept-encoding": "identity"})
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["content-security-policy"].split(";"))
    assert (policy["default-src"], policy["script-src"]) == ("'none'", "'self'")
    assert not {"connect-src", "worker-src"} & policy.keys()


@pytest.mark.parametrize(
    ("config", "live"),
    [
        ({"live_url": "wss://live.example"}, "'self' wss://live.example"),
        ({"live_port": None}, "'self'"),
    ],
)
async def test_the_gateway_may_be_elsewhere_or_behind_the_same_address(
    opened: Opened, config: dict[str, Any], live: str
) -> None:
    policy = (await opened(**config).get("/app/")).headers["content-security-policy"]
    assert f"connect-src {live};" in policy


async def test_a_host_that_is_none_gets_no_policy(opened: Opened) -> None:
    answer = await opened().get("/app/", headers={"host": "x; script-src *"})
    assert answer.status_code == 400


async def test_a_page_with_inline_code_is_admitted_by_its_hashes(opened: Opened) -> None:
    policy = (await opened().get("/app/seal.html")).headers["content-security-policy"]
    for content in ("alert(1)", "p{color:red}"):
        assert base64.b64encode(hashlib.sha256(content.encode()).digest()).decode() in policy


async def test_pages_are_isolated_and_may_use_no_sensors(opened: Opened) -> None:
    headers = (await opened().get("/app/")).headers
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert headers["cross-origin-embedder-policy"] == "require-corp"
    assert headers["cross-origin-resource-policy"] == "same-origin"
    assert "geolocation=()" in headers["permissions-policy"]
    assert (
        "camera=(self)" in headers["permissions-policy"]
    )  # R-ROOM-01: the host of an opening, by its own press
    assert "media-src blob:" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


async def test_a_client_that_was_not_built_says_what_to_do(opened: Opened) -> None:
    answer = await opened("nowhere").get("/app/", headers={"accept-language": "en"})
    assert answer.status_code == 503
    assert answer.json()["code"] == "client-not-built"
    assert "make web" in answer.json()["next"]


@pytest.mark.parametrize(
    ("page", "field"), [("offline-seal.html", "offline_sha256"), ("offline-verify.html", "verify_sha256")]
)
async def test_an_offline_page_reaches_nothing_and_its_hash_is_told(
    opened: Opened, tmp_path: Path, page: str, field: str
) -> None:
    client = opened()
    assert (await client.get("/client-config")).json()[field] == ""
    (tmp_path / "web" / page).write_text(INLINE)
    client = opened()
    answer = await client.get(f"/app/{page}")
    policy = answer.headers["content-security-policy"]
    for part in ("connect-src 'none'", "worker-src blob:", "script-src 'sha256-"):
        assert part in policy
    assert "'self'" not in policy
    told = (await client.get("/client-config")).json()[field]
    assert told == hashlib.sha256(answer.content).hexdigest()


async def test_the_client_is_told_where_the_live_gateway_is(opened: Opened) -> None:
    said = (await opened().get("/client-config")).json()
    assert (said["region"], said["live_port"], said["live_url"]) == ("420902", 8001, "")
