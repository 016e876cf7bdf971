"""R-BID-04, R-TIME-08 (20号令 26, 27): receipts become proofs for who may have them; nothing handed in disappears."""

import hashlib

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.deliveries import reader_stream
from bidding.application.log.check import DELIVERY, check_leaves
from bidding.application.log.export import TileExport
from bidding.application.log.reader import LogReader
from bidding.application.log.receipts import LogReceipts
from bidding.application.log.sequencer import LogIdentity, Sequencer
from bidding.application.record import Check
from bidding.compose.log import StorageLog
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.checkpoint import Checkpoint, sign_checkpoint
from bidding.crypto.log.disclosed import Disclosed, DisclosedLeaves, prove
from bidding.crypto.log.leaf import LoggedEvent, event_entry
from bidding.crypto.log.note import parse_vkey
from bidding.crypto.log.proof import LogProof
from bidding.crypto.parts import inclusion_proof, root
from bidding.domain.bid.commands import Withdraw
from bidding.domain.errors import Invalid, Unknown
from bidding.domain.notice.commands import Clarify, Download, Object
from bidding.domain.opening.commands import Close
from bidding.domain.parties import PLATFORM, Actor
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, OFFICER, T0

KEY = SigningKey.from_private(hashlib.sha256(b"log").digest())
IDENTITY = LogIdentity("log.example/100fw", KEY.public, KEY.private, b"s" * 32)


class Proofs:
    """The log over a day's house."""

    def __init__(self, house: House) -> None:
        self.store = StorageLog(house.log)
        self.reader = LogReader(self.store, IDENTITY.key)
        platform = house.platform
        export = TileExport(self.store, self.reader, platform.objects)
        self.sequencer = Sequencer(self.store, platform.gate, platform.clock, IDENTITY, export, pace=8)
        self.receipts = LogReceipts(
            platform,
            self.store,
            self.reader,
            IDENTITY,
            lambda lot, party: reader_stream(house.keyring, lot, party),
        )

    async def of(self, actor: Actor | None, *topics: str) -> DisclosedLeaves:
        await self.sequencer.beat()
        return await self.receipts.of_lot(LOT, actor, topics)

    async def topics(self, actor: Actor | None) -> list[str]:
        return [event_of(one).topic for one in (await self.of(actor)).leaves]


def event_of(one: Disclosed) -> LoggedEvent:
    return parse_canonical(one.event.encode(), LoggedEvent)


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin("a", "b")
    return made


@pytest.fixture
async def proofs(day: Day) -> Proofs:
    made = Proofs(day.house)
    await made.sequencer.load()
    return made


async def test_a_bid_is_proved_to_its_bidder_and_to_nobody_else(day: Day, proofs: Proofs) -> None:
    """R-GEN-04: not to another bidder, the agency, the supervisor, the operator or the public."""
    before = await proofs.topics(None)
    await day.submit("a")
    assert [one for one in await proofs.topics(day.actors["a"]) if one.startswith("bid.")] == [
        "bid.received.v1"
    ]
    for other in (day.actors["b"], HOST, OFFICER):
        seen = await proofs.of(other)
        assert not any(event_of(one).topic.startswith("bid.") for one in seen.leaves)
        assert "bid-lot-1-a" not in canonical(seen).decode()
    assert await proofs.topics(None) == before != []


async def test_a_proof_holds_offline_and_carries_the_receipt(day: Day, proofs: Proofs) -> None:
    await day.submit("a")
    leaves = await proofs.of(day.actors["a"])
    [bid] = [one for one in leaves.leaves if event_of(one).topic == "bid.received.v1"]
    proved = prove(bid, parse_vkey(leaves.vkey))
    assert proved.event.stream == f"bid-{LOT}-a"
    assert proved.checkpoint.size > proved.index
    checks = check_leaves(
        canonical(leaves),
        IDENTITY.key,
        day.house.keyring.receipt_key("live").public,
        kept(day, "a", proved.event),
    )
    assert [one for one in checks if not one.ok] == []
    assert any("1 in the log, signed by the platform" in one.name for one in checks)
    assert any(one.name.endswith("receipt.json: in the log") for one in checks)


def kept(day: Day, name: str, event: LoggedEvent) -> dict[str, str]:
    return {"receipt.json": str(msgspec.json.decode(event.state)["receipt"])}


async def test_refusals_and_withdrawals_are_proved_too(day: Day, proofs: Proofs) -> None:
    day.seal("a")
    with pytest.raises(Invalid):
        await day.house.give(day.command("a", await day.bring("a"), signer="b"), day.actors["a"])
    await day.submit("a")
    version = (await day.house.bids.bid(LOT, "a")).effective
    assert version is not None
    await day.house.give(Withdraw(manifest_hash=version.manifest_hash), day.actors["a"])
    mine = await proofs.topics(day.actors["a"])
    assert {"bid.refused.v1", "bid.received.v1", "bid.withdrawn.v1"} <= set(mine)


async def test_an_objection_is_proved_to_its_author_and_the_offices(day: Day, proofs: Proofs) -> None:
    """R-DOC-03: not to those who are not to know who asked."""
    day.house.clock.instant = day.house.clock.instant.replace(month=5, day=13)
    await day.house.give(Object(text="评分办法第三条请明确"), day.actors["a"])
    topic = "lot.document-objection-raised.v1"
    for reader, told in ((day.actors["a"], 1), (HOST, 1), (day.actors["b"], 0), (None, 0)):
        assert len((await proofs.of(reader, topic)).leaves) == told


async def test_what_was_taken_and_delivered_is_proved_to_its_reader_alone(day: Day, proofs: Proofs) -> None:
    """R-DOC-04: its own stream, under a name that leads nowhere; each clarification came once, and none is missing."""
    await day.house.keep_documents()
    await day.house.give(Download(), day.actors["a"])
    await day.house.give(Clarify(text="第三条更正", affects_bids=False), HOST)
    before = await proofs.of(day.actors["a"])
    assert [one for one in checked(before) if not one.ok] == [], "it may still be under way"
    await day.house.notice.deliver(LOT)
    leaves = await proofs.of(day.actors["a"])
    topics = [event_of(one).topic for one in leaves.leaves if event_of(one).stream.startswith("reader-")]
    assert topics == ["reader.downloaded.v1", "reader.clarification-delivered.v1"]
    said = [one.name for one in checked(leaves)]
    assert any(one.startswith("deliveries 送达: clarification 1, issued at leaf") for one in said)
    for other in (day.actors["b"], HOST, OFFICER, None):
        assert not any(one.startswith("reader.") for one in await proofs.topics(other))


async def test_a_delivery_that_never_came_is_exposed_once_it_had_time(
    day: Day, proofs: Proofs, monkeypatch: pytest.MonkeyPatch
) -> None:
    await day.house.keep_documents()
    await day.house.give(Download(), day.actors["a"])
    await day.house.give(Clarify(text="第三条更正", affects_bids=False), HOST)
    leaves = await proofs.of(day.actors["a"])
    monkeypatch.setattr("bidding.application.log.check.DELIVERY", DELIVERY * 0)
    last = checked(leaves)[-1]
    assert (last.name, last.fault) == ("deliveries 送达", "clarification 1 was never delivered")


def checked(leaves: DisclosedLeaves) -> list[Check]:
    return check_leaves(canonical(leaves), IDENTITY.key)


async def test_what_is_asked_for_is_what_is_given(day: Day, proofs: Proofs) -> None:
    [notice] = (await proofs.of(None, "lot.noticed.v1")).leaves
    assert event_of(notice).topic == "lot.noticed.v1"
    with pytest.raises(Unknown):
        await proofs.receipts.of_lot("lot-unknown", None)


async def test_an_event_without_a_checkpoint_is_not_there_yet(day: Day, proofs: Proofs) -> None:
    await proofs.sequencer.beat()
    await day.submit("a")
    early = await proofs.receipts.of_lot(LOT, day.actors["a"])
    assert not any(event_of(one).topic.startswith("bid.") for one in early.leaves)
    assert any(one.startswith("bid.") for one in await proofs.topics(day.actors["a"]))


@pytest.fixture
async def closed(day: Day, proofs: Proofs) -> DisclosedLeaves:
    """A's proofs after the close of a lot with one bid."""
    await day.submit("a")
    day.house.clock.instant = T0
    await day.house.platform.execute(LOT, Close(), day.house.call(PLATFORM))
    return await proofs.of(day.actors["a"])


async def test_in_time_is_before_the_closing_leaf(closed: DisclosedLeaves) -> None:
    checks = check_leaves(canonical(closed), IDENTITY.key)
    assert [one for one in checks if not one.ok] == []
    assert any("in time" in one.name and "closed at leaf" in one.name for one in checks)


# -- attacks -----------------------------------------------------------------------------------------------


def tree(events: list[tuple[LoggedEvent, bytes]], key: SigningKey = KEY) -> DisclosedLeaves:
    """What a platform that lies would hand out: any history, signed with its key."""
    entries = [event_entry(event, salt) for event, salt in events]
    note = sign_checkpoint(Checkpoint(IDENTITY.origin, len(entries), root(entries)), key.private).encoded
    return DisclosedLeaves(
        lot=LOT,
        vkey=IDENTITY.key.vkey,
        leaves=tuple(
            Disclosed(
                event=canonical(event).decode(),
                salt=b64(salt),
                proof=LogProof(at, tuple(inclusion_proof(entries, at)), note).text,
            )
            for at, (event, salt) in enumerate(events)
        ),
    )


def history(closed: DisclosedLeaves) -> list[tuple[LoggedEvent, bytes]]:
    return [(event_of(one), bytes([at]) * 32) for at, one in enumerate(closed.leaves)]


def fault(leaves: DisclosedLeaves, kept: dict[str, str] | None = None) -> Check:
    checks = check_leaves(canonical(leaves), IDENTITY.key, None, kept)
    assert not checks[-1].ok, "it passes"
    assert all(one.ok for one in checks[:-1])
    return checks[-1]


async def test_a_bid_moved_behind_the_close_is_exposed(closed: DisclosedLeaves) -> None:
    found = history(closed)
    [bid] = [one for one in found if one[0].topic == "bid.received.v1"]
    found.remove(bid)
    late = (replace(bid[0], recorded_at=found[-1][0].recorded_at), bid[1])
    assert "not before the closing leaf" in fault(tree([*found, late])).fault


async def test_a_back_dated_event_is_exposed(closed: DisclosedLeaves) -> None:
    found = history(closed)
    found[-1] = (replace(found[-1][0], recorded_at="2020-01-01T00:00:00.000000Z"), found[-1][1])
    assert "back-dated" in fault(tree(found)).fault


async def test_a_receipt_that_the_platform_dropped_is_exposed(closed: DisclosedLeaves) -> None:
    found = history(closed)
    [bid] = [one for one in found if one[0].topic == "bid.received.v1"]
    found.remove(bid)
    receipt = str(msgspec.json.decode(bid[0].state)["receipt"])
    assert "has dropped it" in fault(tree(found), {"receipt.json": receipt}).fault


async def test_two_histories_in_one_file_are_exposed(closed: DisclosedLeaves) -> None:
    found = history(closed)
    other = [*found[:-1], (found[-1][0], b"x" * 32)]
    mixed = replace(tree(found), leaves=(*tree(found).leaves[:-1], tree(other).leaves[-1]))
    assert "two histories" in fault(mixed).fault


async def test_a_proof_from_another_log_is_refused(closed: DisclosedLeaves) -> None:
    stranger = SigningKey.from_private(b"o" * 32)
    assert fault(tree(history(closed), stranger)).name.startswith("proofs")
    foreign = replace(closed, vkey="PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert "another log" in fault(foreign).fault


async def test_the_salt_of_another_leaf_is_refused(closed: DisclosedLeaves) -> None:
    first, second = closed.leaves[:2]
    swapped = replace(closed, leaves=(replace(first, salt=second.salt), *closed.leaves[1:]))
    assert "this is not leaf" in fault(swapped).fault


async def test_another_lots_leaf_is_refused(closed: DisclosedLeaves) -> None:
    assert "of another lot" in fault(replace(closed, lot="lot-2")).fault


async def test_a_receipt_of_another_platform_is_refused(closed: DisclosedLeaves) -> None:
    checks = check_leaves(canonical(closed), IDENTITY.key, KEY.public)
    assert checks[-1].name == "receipts 回执"
    assert not checks[-1].ok


async def test_every_byte_of_the_file_counts(closed: DisclosedLeaves) -> None:
    """One leaf and the closing one: each byte flipped, one bit by place."""
    small = canonical(replace(closed, leaves=closed.leaves[-2:]))
    assert all(one.ok for one in check_leaves(small, IDENTITY.key))
    altered, passing = bytearray(small), []
    for at in range(len(small)):
        altered[at] ^= 1 << at % 8
        if all(one.ok for one in check_leaves(bytes(altered), IDENTITY.key)):
            passing.append(at)
        altered[at] = small[at]
    assert passing == []
