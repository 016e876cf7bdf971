"""R-ARCH-01, R-GP-18 (采购法 42): each duty holder's package verifies, and rebuilds history alone (F-50)."""

import asyncio
import itertools
import shutil
from collections.abc import AsyncIterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import msgspec
import pytest
import pytest_asyncio

from bidding.application.bids import bid_stream
from bidding.application.pieces import Pieces
from bidding.application.platform import lot_stream
from bidding.application.ports import Meta, Recorded, Unavailable, Write
from bidding.application.record import ArchiveDuty, rebuild, verify_package, verify_record
from bidding.application.record.format import LotRecord
from bidding.application.record.package_format import (
    DOCUMENTS,
    ENVELOPES,
    EVENTS,
    MANIFEST,
    METADATA,
    RECORD,
    RECORDINGS,
    SIGNATURE,
    PackedEvent,
)
from bidding.application.record.steps import Check
from bidding.application.shelves import Shelf
from bidding.client.session import Problem
from bidding.crypto.canonical import parse_canonical
from bidding.domain.archive.commands import DisposeFiles
from bidding.domain.archive.events import FilesDisposed
from bidding.domain.bid.events import BidReceived
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import is_public, view, visible
from bidding.domain.errors import Forbidden
from bidding.domain.event import decode
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor
from bidding.domain.permissions import standings
from bidding.stage.play import Play
from tests import webm
from tests.domain.opening.hall import SIGNED
from tests.system.make_policies import hand_in_with_spare, spared, under
from tests.system.platforms import Stand
from tests.system.requests import problem
from tests.system.tenders import approach, closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


class Ended(msgspec.Struct, frozen=True):
    """A contracted lot, and who keeps its archive."""

    stand: Stand
    lot: Lot
    folder: Path
    holders: dict[ArchiveDuty, Actor]

    async def pack(self, duty: ArchiveDuty) -> Path:
        path = self.folder / f"{duty}-{next(NUMBERS)}.zip"
        await self.stand.service.archives.pack(self.lot.lot_id, duty, self.holders[duty], path)
        return path

    @property
    def key(self) -> bytes:
        return self.stand.service.keyring.receipt_key("test").public


NUMBERS = itertools.count()


@pytest_asyncio.fixture(loop_scope="session")
async def ended(performances: list[dict[str, Any]], stand: Stand, folder: Path) -> Ended:
    lot = await stand.service.platform.load(_lot_of(performances[0]))
    assert lot.phase is Phase.CONTRACTED
    parties = {
        ArchiveDuty.TENDERER: lot.admission.tenderer,
        ArchiveDuty.AGENCY: lot.admission.host,
        ArchiveDuty.BIDDER: lot.contract.winner,
        ArchiveDuty.PLATFORM: stand.operator.party,
    }
    holders = {duty: await actor_of(stand, party) for duty, party in parties.items()}
    return Ended(stand, lot, folder, holders)


async def actor_of(stand: Stand, party_id: str) -> Actor:
    party = await stand.service.identity.party(party_id)
    return party.actor(party.credentials[0].credential)


def _lot_of(performance: dict[str, Any]) -> str:
    return parse_canonical(Path(performance["record"]).read_bytes(), LotRecord).lot


# the package verifies


@pytest.mark.parametrize("duty", ArchiveDuty)
async def test_every_duty_holders_package_verifies(ended: Ended, duty: ArchiveDuty) -> None:
    path = await ended.pack(duty)
    checks = verify_package(path, ended.key)
    assert [one for one in checks if not one.ok] == []
    names = [one.name for one in checks]
    assert names[0].startswith(f"manifest: signed by the platform, for {duty}")
    assert "history: the same as in the public record" in names
    with ZipFile(path) as archive:
        assert {EVENTS, RECORD, METADATA, MANIFEST, SIGNATURE} <= set(archive.namelist())
        about = msgspec.json.decode(archive.read(METADATA))
    assert about["责任者"] == [ended.lot.notice.tenderer_name, ended.lot.notice.agency_name]
    assert about["保管期限"].startswith("15年")


async def test_any_changed_file_and_any_added_one_is_found(ended: Ended) -> None:
    path = await ended.pack(ArchiveDuty.BIDDER)
    with ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    for name in members:
        changed = bytearray(members[name])
        changed[len(changed) // 2] ^= 1
        assert _fault(ended, {**members, name: bytes(changed)}) in {"files", "manifest", "package"}, name
    assert _fault(ended, {**members, "another": b"x"}) == "files"
    assert _fault(ended, {name: data for name, data in members.items() if name != EVENTS}) == "files"
    assert _fault(ended, members) == ""


async def test_a_package_of_another_platform_is_not_taken(ended: Ended) -> None:
    path = await ended.pack(ArchiveDuty.PLATFORM)
    checks = verify_package(path, ended.stand.service.keyring.receipt_key("live").public)
    assert [one.name for one in checks] == ["manifest"]


async def test_what_happens_while_it_is_made_is_in_all_of_it_or_in_none(
    ended: Ended, monkeypatch: pytest.MonkeyPatch
) -> None:
    platform = ended.stand.service.platform
    load, seen = platform.recorded, list[int]()

    async def growing(lot_id: str, actor: Actor | None) -> tuple[list[Recorded], Lot]:
        """The first look comes before the lot's last public event, every later one after it."""
        recorded, lot = await load(lot_id, actor)
        last = max(at for at, one in enumerate(recorded) if is_public(one.event))
        recorded = recorded if seen else recorded[:last]
        seen.append(len(recorded))
        return recorded, lot

    monkeypatch.setattr(platform, "recorded", growing)
    path = await ended.pack(ArchiveDuty.AGENCY)
    assert [one for one in verify_package(path, ended.key) if not one.ok] == []


def _fault(ended: Ended, members: dict[str, bytes]) -> str:
    path = ended.folder / f"altered-{next(NUMBERS)}.zip"
    with ZipFile(path, "x") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return next((one.name for one in verify_package(path, ended.key) if not one.ok), "")


# it rebuilds history without the database


@pytest.mark.parametrize("duty", ArchiveDuty)
async def test_the_package_alone_gives_the_state_that_the_live_log_gives(
    ended: Ended, duty: ArchiveDuty
) -> None:
    path = await ended.pack(duty)
    away = ended.folder / f"away-{next(NUMBERS)}.zip"
    shutil.copy(path, away)
    platform = ended.stand.service.platform
    recorded, lot = await platform.recorded(ended.lot.lot_id, ended.holders[duty])
    mine = standings(ended.holders[duty], lot)
    rebuilt = rebuild(away)
    assert rebuilt.lot == view(lot.lot_id, (one.event for one in recorded), mine)
    assert rebuilt.lot.phase is Phase.CONTRACTED


async def test_a_bidders_package_has_its_own_bid_and_receipt_and_no_other(ended: Ended) -> None:
    path = await ended.pack(ArchiveDuty.BIDDER)
    party = ended.holders[ArchiveDuty.BIDDER].party
    stored = await ended.stand.service.platform.journal.load(bid_stream(ended.lot.lot_id, party))
    live = replay_bid((one.event for one in stored), lot=ended.lot.lot_id, bidder=party)
    rebuilt = rebuild(path)
    assert rebuilt.bid == live
    assert rebuilt.bid.effective is not None
    assert rebuilt.bid.effective.receipt
    assert rebuilt.reader.downloads, "what it took itself"
    with ZipFile(path) as archive:
        sealed = {name for name in archive.namelist() if name.startswith(ENVELOPES)}
    assert sealed == {f"{ENVELOPES}{one.envelope}.sealed" for one in rebuilt.bid.effective.objects}


# what goes in is what the holder may see


@pytest.mark.parametrize("duty", ArchiveDuty)
async def test_only_events_disclosed_to_the_holder_go_in(ended: Ended, duty: ArchiveDuty) -> None:
    path = await ended.pack(duty)
    mine = standings(ended.holders[duty], ended.lot)
    with ZipFile(path) as archive:
        packed = parse_canonical(archive.read(EVENTS), tuple[PackedEvent, ...])
    for one in packed:
        if one.stream == "lot":
            assert visible(decode(one.topic, one.state.encode()), mine), one.topic
    others = {"bid", "reader"} if duty is ArchiveDuty.BIDDER else set()
    assert {one.stream for one in packed} == {"lot"} | others


async def test_documents_go_to_all_and_opened_envelopes_to_who_must_keep_them(ended: Ended) -> None:
    """采购法 42: tenderer and agency keep the bids."""
    for duty in ArchiveDuty:
        with ZipFile(await ended.pack(duty)) as archive:
            names = archive.namelist()
        assert sum(name.startswith(DOCUMENTS) for name in names) == len(ended.lot.notice.documents), duty
        opened = [name for name in names if name.startswith(ENVELOPES) and name.endswith(".zip")]
        assert bool(opened) == (duty in (ArchiveDuty.TENDERER, ArchiveDuty.AGENCY)), duty


async def test_nobody_takes_anothers_package(ended: Ended) -> None:
    for duty, other in itertools.permutations(ArchiveDuty, 2):
        with pytest.raises(Forbidden) as refused:
            await ended.stand.service.archives.pack(
                ended.lot.lot_id, duty, ended.holders[other], ended.folder / f"no-{next(NUMBERS)}.zip"
            )
        assert refused.value.code == "archive-not-yours"


async def test_it_is_served_to_its_holder_over_http(ended: Ended) -> None:
    http = ended.stand.operator.session.http
    answer = await http.get(f"/lots/{ended.lot.lot_id}/archive", params={"for": "platform"})
    assert answer.status_code == 200
    path = ended.folder / f"served-{next(NUMBERS)}.zip"
    path.write_bytes(answer.content)
    assert all(one.ok for one in verify_package(path, ended.key))
    refused = await http.get(f"/lots/{ended.lot.lot_id}/archive", params={"for": "tenderer"})
    assert refused.json()["code"] == "archive-not-yours"


# what was on the air

PIECES = (webm.head(), webm.cluster(0, key=True), webm.cluster(900))
CAMERA = {"source": "camera", "notice": "recording-is-public"}


class Shown(msgspec.Struct, frozen=True):
    """A lot that failed at its deadline: one broadcast before it with picture, and one of which nothing came."""

    stand: Stand
    play: Play
    folder: Path

    @property
    def pieces(self) -> Pieces:
        return Pieces(self.stand.service.platform.objects, "test", self.play.lot, "broadcasts", 1)

    async def pack(self, duty: ArchiveDuty, party_id: str) -> Path:
        path = self.folder / f"{duty}-{next(NUMBERS)}.zip"
        actor = await actor_of(self.stand, party_id)
        await self.stand.service.archives.pack(self.play.lot, duty, actor, path)
        return path

    def checks(self, path: Path) -> list[Check]:
        return verify_package(path, self.stand.service.keyring.receipt_key("test").public)


@pytest_asyncio.fixture(loop_scope="session")
async def shown(stand: Stand, folder: Path) -> AsyncIterator[Shown]:
    async with tender(stand, folder / "play", bidders=0) as play:
        await approach(play, timedelta(minutes=20))
        host = play.agency.session
        actor = await actor_of(stand, (await stand.service.platform.load(play.lot)).admission.host)
        for number, sent in ((1, PIECES), (2, ())):
            await host.command(play.lot, "opening/start-broadcast", CAMERA)
            for at, data in enumerate(sent):
                await stand.service.broadcasts.take(play.lot, actor, "broadcasts", number, at, data)
            await host.command(play.lot, "opening/end-broadcast", {})
        await play.wait_for(
            "recordings are kept", lambda view: all(one["recording"] for one in view["opening"]["broadcasts"])
        )
        await closed(play)
        yield Shown(stand, play, folder)


async def test_the_recording_goes_to_who_keeps_the_papers_and_is_what_the_log_names(shown: Shown) -> None:
    """87号令 39: picture and sound are kept with the papers. R-ROOM-01."""
    lot = await shown.stand.service.platform.load(shown.play.lot)
    path = await shown.pack(ArchiveDuty.AGENCY, lot.admission.host)
    with ZipFile(path) as archive:
        recorded = [name for name in archive.namelist() if name.startswith(RECORDINGS)]
        assert recorded == [f"{RECORDINGS}broadcasts-1.webm"]
        assert archive.read(recorded[0]) == b"".join(PIECES)
    checks = shown.checks(path)
    assert [one for one in checks if not one.ok] == []
    assert checks[-1].name == "recordings: 1 of 1, as they were kept"
    with ZipFile(await shown.pack(ArchiveDuty.PLATFORM, shown.stand.operator.party)) as archive:
        assert not [name for name in archive.namelist() if name.startswith(RECORDINGS)]


async def test_a_recording_that_was_cut_or_lost_is_found(shown: Shown) -> None:
    lot = await shown.stand.service.platform.load(shown.play.lot)
    store = shown.stand.service.platform.objects
    await store.delete(f"test/onair/{lot.lot_id}/broadcasts/1/000002")
    cut = shown.checks(await shown.pack(ArchiveDuty.TENDERER, lot.admission.tenderer))[-1]
    assert (cut.name, cut.fault) == (
        "recordings",
        f"{RECORDINGS}broadcasts-1.webm: not what was kept when it had ended",
    )
    async for key in store.keys(Shelf.ON_AIR.of(lot)):
        await store.delete(key)
    lost = shown.checks(await shown.pack(ArchiveDuty.TENDERER, lot.admission.tenderer))[-1]
    assert (lost.name, lost.ok) == ("recordings: 0 of 1, as they were kept", True)


# when the term is over


@pytest_asyncio.fixture(loop_scope="session")
async def opened(stand: Stand, folder: Path) -> AsyncIterator[Play]:
    """Three bids, the third from its spare file, and a broadcast."""
    async with tender(stand, folder / "opened", bidders=3, script=under(spare="OTHER_FAULT")) as play:
        await hand_in_with_spare(play)
        await approach(play, timedelta(minutes=20))
        actor = await actor_of(stand, play.agency.party)
        await play.agency.session.command(play.lot, "opening/start-broadcast", CAMERA)
        for at, data in enumerate(PIECES):
            await stand.service.broadcasts.take(play.lot, actor, "broadcasts", 1, at, data)
        await play.agency.session.command(play.lot, "opening/end-broadcast", {})
        await closed(play)
        await spared(play)
        yield play


async def kept_of(stand: Stand, lot: Lot) -> set[str]:
    """What the store has of the lot: on its shelves, and the sealed bodies of its bids."""
    objects = stand.service.platform.objects
    found = {key for shelf in Shelf async for key in objects.keys(shelf.of(lot))}
    for one in await stand.service.platform.journal.load_prefix(bid_stream(lot.lot_id, "")):
        for sealed in one.event.objects if isinstance(one.event, BidReceived) else ():
            if await objects.size(sealed.key) is not None:
                found.add(sealed.key)
    return found


async def test_the_files_go_once_the_log_says_so_and_the_record_can_still_be_checked(
    stand: Stand, opened: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    """采购法 42. The store does not answer at first, and goes down once more half-way."""
    platform = stand.service.platform
    lot = await platform.load(opened.lot)
    forms = set((await stand.service.records.form_keys(lot)).values())
    before = await kept_of(stand, lot)
    assert {key.split("/")[1] for key in before} >= {"documents", "spare", "onair"}
    assert forms < before
    delete, asked = platform.objects.delete, list[str]()

    async def failing(key: str) -> None:
        asked.append(key)
        if len(asked) in (1, 4):
            raise Unavailable("object store", 0)
        await delete(key)

    monkeypatch.setattr(platform.objects, "delete", failing)
    disposed = FilesDisposed(
        kept_until=date(2041, 1, 1), reason="保管期限已满", at=platform.lot_now(lot), signed=SIGNED
    )
    write = Write(stream=lot_stream(lot.lot_id), expected=lot.version, events=[disposed])
    await platform.journal.append([write], meta=Meta(actor=stand.operator.party))
    for _ in range(600):
        if await kept_of(stand, lot) == forms:
            break
        await asyncio.sleep(0.1)
    assert await kept_of(stand, lot) == forms
    assert len(asked) == len(before - forms) + 2

    key = stand.service.keyring.receipt_key("test").public
    assert [
        one for one in verify_record(await stand.service.records.export(lot.lot_id), key) if not one.ok
    ] == []
    session = opened.bidders[0].member.session
    assert problem(await session.http.get(f"/lots/{lot.lot_id}/documents/0")) == (410, "file-not-kept")
    recording = await session.http.get(f"/lots/{lot.lot_id}/broadcasts/1/recording.webm")
    assert problem(recording) == (404, "no-such-piece")


# deletion before the term is refused


async def test_files_cannot_be_disposed_of_before_their_term(ended: Ended) -> None:
    command = ended.stand.operator.session.command(
        ended.lot.lot_id, DisposeFiles.NAME, {"reason": "腾出空间"}
    )
    with pytest.raises(Problem) as refused:
        await command
    assert refused.value.code == "archive-term-running"
    document = ended.lot.notice.documents[0]
    with ZipFile(await ended.pack(ArchiveDuty.AGENCY)) as archive:
        assert f"{DOCUMENTS}v1-{document.sha256}" in archive.namelist()
