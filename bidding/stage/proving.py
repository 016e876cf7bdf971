"""The last act: what anyone, each office and each bidder can verify without the platform."""

import asyncio
import time
from pathlib import Path
from typing import Any

from bidding.application.log.check import check_leaves
from bidding.application.record import Check, verify_bundle, verify_record
from bidding.client.bid import release_receipt
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.stage.cast import Member
from bidding.stage.play import POLL, BidderOnStage, Play, PlayFailed

#: Seconds for which the log's proof of what has just happened is waited for at most; it takes one, on an idle machine.
PROVED_WITHIN = 60.0


async def proofs(play: Play) -> dict[str, Any]:
    """The record, two offices' bundles and every bidder's receipts, each exported and checked offline."""
    play.theatre.act("任何人可离线验证")
    keys = await play.agency.session.get("/keys")
    platform_key = unb64(keys["receipt_test"])
    answer = await play.agency.session.http.get("/log/vkey")
    answer.raise_for_status()
    log = parse_vkey(answer.text.strip())
    path, checks = await _record(play, platform_key, log)
    bundles = [await _bundle(play, who, platform_key, log) for who in (play.supervisor, play.agency)]
    receipts = await play.together(
        "every bidder's receipts are in the log",
        (_receipts(play, one, platform_key, log) for one in play.bidders),
    )
    for one in receipts:
        said = f"{one['kept']} 份回执逐一核对,{one['checks']} 项全部通过"
        play.theatre.said(one["bidder"], f"离线核验自己的回执:{said}", "R-BID-04")
    return {"record": str(path), "checks": checks, "bundles": bundles, "receipts": receipts}


async def _record(play: Play, key: bytes, log: NoteKey) -> tuple[Path, int]:
    """Exported and verified; and one altered byte is found."""
    data = await _fetched(play.agency, f"/lots/{play.lot}/record")
    path = play.shelf / "record.json"
    path.write_bytes(data)
    checks = await asyncio.to_thread(verify_record, data, key, log_key=log)
    _require("the record", checks)
    for check in checks:
        play.theatre.said("验证", check.name)
    altered = bytearray(data)
    altered[len(altered) // 2] ^= 1
    again = await asyncio.to_thread(verify_record, bytes(altered), key)
    if all(check.ok for check in again):
        raise PlayFailed("an altered record passes")
    play.theatre.said("验证", "改动任意一个字节,验证即失败")
    return path, len(checks)


async def _bundle(play: Play, who: Member, key: bytes, log: NoteKey) -> str:
    """One reader's bundle, verified offline: it holds what was disclosed to it, and gives the scores again."""
    data = await _fetched(who, f"/lots/{play.lot}/bundle")
    path = play.shelf / f"{who.role}.bundle.json"
    path.write_bytes(data)
    checks = await asyncio.to_thread(verify_bundle, data, key, log_key=log)
    _require(f"the bundle of {who.role}", checks)
    last = next((check.name for check in reversed(checks) if check.name.startswith("scores")), "")
    play.theatre.said(who.name, f"导出数据包并离线核验,{len(checks)} 项全部通过", last)
    return str(path)


async def _receipts(play: Play, one: BidderOnStage, key: bytes, log: NoteKey) -> dict[str, Any]:
    """The bidder's proofs, fetched by itself and checked offline against each receipt that it was handed."""
    kept = {f"receipt {number}": text for number, text in enumerate(one.kept, start=1)}
    released = await release_receipt(one.member.session, play.lot)
    if released is not None:
        kept["release"] = released["receipt"]
    deadline = time.monotonic() + PROVED_WITHIN
    while True:
        data = await _fetched(one.member, f"/lots/{play.lot}/receipts")
        checks = await asyncio.to_thread(check_leaves, data, log, key, kept)
        # What happened in the last second stands under the next checkpoint.
        if checks[-1].ok or time.monotonic() > deadline:
            break
        await asyncio.sleep(POLL)
    _require(f"the receipts of {one.plan.name}", checks)
    path = play.shelf / f"{one.member.party}.receipts.json"
    path.write_bytes(data)
    return {
        "bidder": one.plan.name,
        "file": str(path),
        "leaves": len(parse_canonical(data, DisclosedLeaves).leaves),
        "kept": len(kept),
        "checks": len(checks),
    }


async def _fetched(who: Member, path: str) -> bytes:
    response = await who.session.http.get(path)
    response.raise_for_status()
    return response.content


def _require(what: str, checks: list[Check]) -> None:
    for check in checks:
        if not check.ok:
            raise PlayFailed(f"verify {what}: {check.name}: {check.fault}")
