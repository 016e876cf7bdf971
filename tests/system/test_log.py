"""The log of a running platform: a bid is proved to its bidder at once, and the whole log adds up."""

import asyncio
from typing import Any

import httpx2
import pytest

from bidding.application.log.audit import audit
from bidding.application.log.check import check_leaves
from bidding.cli.paper import Paper
from bidding.client.bid import RECEIPT
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.log.checkpoint import open_checkpoint, require_consistent
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.note import parse_vkey
from bidding.crypto.log.tiles import (
    Tile,
    consistency_path,
    consistency_tiles,
    decode_bundle,
    partial_width,
    tile_path,
)
from bidding.crypto.parts import root
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import hand_in

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def proofs(http: httpx2.AsyncClient, lot: str, topic: str) -> bytes:
    """The lot's leaves, as soon as one of this topic is among them."""
    async with asyncio.timeout(60):
        while True:
            answer = await http.get(f"/lots/{lot}/receipts")
            assert answer.status_code == 200
            if f'\\"topic\\":\\"{topic}\\"' in answer.text:
                return answer.content
            await asyncio.sleep(0.1)


async def test_a_bid_is_proved_as_soon_as_it_is_handed_in(stand: Stand, play: Play) -> None:
    one, other = play.bidders[:2]
    await hand_in(play, one)
    assert one.folder is not None
    data = await proofs(one.member.session.http, play.lot, "bid.received.v1")
    key = parse_vkey((await one.member.session.http.get("/log/vkey")).text)
    kept = parse_canonical((one.folder.path / RECEIPT).read_bytes(), Paper).receipt
    platform_key = stand.service.keyring.receipt_key("test").public
    assert [one for one in check_leaves(data, key, platform_key, {RECEIPT: kept}) if not one.ok] == []
    theirs = (await other.member.session.http.get(f"/lots/{play.lot}/receipts")).text
    assert one.member.party not in theirs
    assert "bid.received" not in theirs


async def test_the_notice_is_proved_to_everybody(stand: Stand, play: Play) -> None:
    async with httpx2.AsyncClient(base_url=stand.api, timeout=60) as anyone:
        data = await proofs(anyone, play.lot, "lot.noticed.v1")
        assert {one.ok for one in check_leaves(data)} == {True}
        only: dict[str, Any] = {"topic": "lot.noticed.v1"}
        answer = await anyone.get(f"/lots/{play.lot}/receipts", params=only)
        assert len(parse_canonical(answer.content, DisclosedLeaves).leaves) == 1


async def test_anyone_follows_the_log_by_its_tiles(stand: Stand, play: Play) -> None:
    async with httpx2.AsyncClient(base_url=stand.api, timeout=60) as anyone:
        key = parse_vkey((await anyone.get("/log/vkey")).text)
        first, _ = open_checkpoint((await anyone.get("/log/checkpoint")).content, key)
        async with asyncio.timeout(60):
            second = first
            while second.size == first.size:
                await asyncio.sleep(0.2)
                second, _ = open_checkpoint((await anyone.get("/log/checkpoint")).content, key)
        tiles = {}
        for tile in consistency_tiles(first.size, second.size):
            tiles[tile.level or 0, tile.number] = (await anyone.get(f"/log/tile/{tile_path(tile)}")).content
        require_consistent(first, second, consistency_path(first.size, second.size, tiles))
        entries: list[bytes] = []
        while len(entries) < second.size:
            number = len(entries) // 256
            wanted = Tile(None, number, partial_width(0, number, second.size))
            entries += decode_bundle((await anyone.get(f"/log/tile/{tile_path(wanted)}")).content)
        assert root(entries) == second.root


async def test_the_whole_log_is_what_its_tree_commits_to(stand: Stand, play: Play) -> None:
    log = stand.service.log
    assert [one async for one in audit(log.store, log.identity)] == []
