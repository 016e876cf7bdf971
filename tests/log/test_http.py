"""The log over HTTP, at the paths and with the headers of c2sp.org/tlog-tiles; without any login."""

from collections.abc import AsyncIterator
from dataclasses import fields
from typing import Any, cast

import httpx2
import pytest

from bidding.api import log
from bidding.api.app import create_app
from bidding.api.desks import Desks
from bidding.crypto.log.checkpoint import open_checkpoint
from bidding.crypto.log.note import parse_vkey
from bidding.crypto.log.tiles import decode_bundle
from bidding.crypto.parts import leaf_hash, root
from tests.log.conftest import IDENTITY, LogHouse

ABSENT = cast(Any, None)


@pytest.fixture
async def web(house: LogHouse) -> AsyncIterator[httpx2.AsyncClient]:
    app = create_app(None, routers=(log.router,))
    app.state.desks = Desks(**{**{one.name: ABSENT for one in fields(Desks)}, "log": house.reader})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://log") as client:
        yield client


async def test_anyone_checks_the_whole_log_over_http(house: LogHouse, web: httpx2.AsyncClient) -> None:
    await house.happen(300)
    await house.sequencer.beat()
    key = parse_vkey((await web.get("/log/vkey")).text)
    assert key == IDENTITY.key
    answer = await web.get("/log/checkpoint")
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=1"
    checkpoint, _ = open_checkpoint(answer.content, key)
    assert checkpoint.size == 320
    bundles = [await web.get(f"/log/tile/entries/{path}") for path in ("000", "001.p/64")]
    tiles = [await web.get(f"/log/tile/0/{path}") for path in ("000", "001.p/64")]
    entries = [entry for bundle in bundles for entry in decode_bundle(bundle.content)]
    assert root(entries) == checkpoint.root
    assert b"".join(tile.content for tile in tiles) == b"".join(map(leaf_hash, entries))
    for one in (*bundles, *tiles):
        assert one.headers["content-type"] == "application/octet-stream"
        assert one.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert (await web.get("/log/tile/1/000.p/1")).content == root(entries[:256])


@pytest.mark.parametrize(
    "path",
    ["0/001", "0/000.p/9", "0/0", "entries/001", "1/000.p/1", "64/000", "0/000.p/8/", "x", "..%2fvkey"],
)
async def test_what_the_tree_does_not_reach_is_not_found_and_never_cached(
    house: LogHouse, web: httpx2.AsyncClient, path: str
) -> None:
    await house.sequencer.beat()
    assert (await web.get("/log/tile/0/000.p/8")).status_code == 200
    answer = await web.get(httpx2.URL("http://log").copy_with(raw_path=b"/log/tile/" + path.encode()))
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"


async def test_before_the_first_beat_there_is_no_checkpoint(web: httpx2.AsyncClient) -> None:
    assert (await web.get("/log/checkpoint")).status_code == 404
    assert (await web.get("/log/tile/0/000.p/1")).status_code == 404
