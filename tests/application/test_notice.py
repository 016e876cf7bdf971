"""Blind delivery of clarifications: to everybody who took the document, exactly once (R-DOC-01…04)."""

import asyncio
import hashlib

import msgspec
import pytest

from bidding.application.deliveries import reader_stream, supervisors
from bidding.application.messages import text
from bidding.application.ports import Missing, Unavailable
from bidding.client.deliveries import readers
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.errors import DeliveryProofError
from bidding.domain.command import Facts
from bidding.domain.control.commands import IssueOrder, Produce
from bidding.domain.control.events import Addressee, OrderKind
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder
from bidding.domain.notice.commands import Clarify, Download
from bidding.domain.notice.reader import seal_deliveries
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import Role
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, MINUTE, NOTICED, OFFICER, Hall, bidder

READERS = ("a", "b", "c")


async def clarify(house: House, text: str = "澄清") -> None:
    await house.give(Clarify(text=text, affects_bids=False), HOST)


async def delivered(house: House, name: str) -> list[int]:
    return list((await house.notice.reader(LOT, name)).delivered)


async def test_a_clarification_reaches_every_reader_once(house: House) -> None:
    await house.plant(Hall().log)
    await house.keep_documents()
    for name in READERS:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await clarify(house, "再澄清")
    await house.notice.deliver(LOT)
    await house.notice.deliver(LOT)
    assert [await delivered(house, name) for name in READERS] == [[1, 2]] * 3


async def test_who_comes_later_gets_it_with_the_document_and_not_again(house: House) -> None:
    await house.plant(Hall().log)
    await house.keep_documents()
    await clarify(house)
    await house.give(Download(), bidder("late"))
    await house.notice.deliver(LOT)
    assert await delivered(house, "late") == [1]


async def test_deliveries_at_once_with_downloads_and_each_other_stay_exact(house: House) -> None:
    await house.plant(Hall().log)
    await house.keep_documents()
    for name in READERS:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await asyncio.gather(
        *(house.notice.deliver(LOT) for _ in range(4)),
        *(house.give(Download(), bidder(name)) for name in (*READERS, "d", "e")),
    )
    assert [await delivered(house, name) for name in (*READERS, "d", "e")] == [[1]] * 5


async def test_a_document_that_the_store_does_not_give_is_not_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else the reader's clock for a query would run (R-GP-23)."""
    await house.plant(Hall().log)
    with pytest.raises(Missing):
        await house.give(Download(), bidder("a"))
    await house.keep_documents()
    with monkeypatch.context() as down:

        async def silent(key: str) -> int | None:
            raise Unavailable("object store")

        down.setattr(house.platform.objects, "size", silent)
        with pytest.raises(Unavailable):
            await house.give(Download(), bidder("a"))
    assert (await house.notice.reader(LOT, "a")).received_at is None
    await house.give(Download(), bidder("a"))
    assert (await house.notice.reader(LOT, "a")).received_at is not None


async def test_downloads_and_deliveries_are_no_event_of_the_lot_nor_of_the_feed(house: House) -> None:
    await house.plant(Hall().log)
    await house.keep_documents()
    before, end = await house.topics(), await house.platform.journal.feed_end()
    outcome = await house.give(Download(), bidder("a"))
    await house.notice.deliver(LOT)
    assert await house.topics() == before
    assert await house.platform.journal.feed_end() == end
    assert outcome.version == len(before)
    assert msgspec.json.decode(outcome.answer)["document"]["version"] == 1
    stream = reader_stream(house.keyring, LOT, "a")
    assert await house.topics(stream) == ["reader.downloaded.v1"]


# R-PRIV-01


SUPERVISOR = DeviceCredential.generate()
TABLES = (
    "SELECT tablename FROM pg_tables WHERE schemaname = current_schema()"
    " AND has_table_privilege(format('%I.%I', schemaname, tablename), 'SELECT')"
)
#: Long enough to occur nowhere by chance.
NAMES = ("taker-one-of-this-test", "taker-two-of-this-test")


def said(row: str, *words: str) -> bool:
    """``bytea`` is shown in hex."""
    return any(word in row or word.encode().hex() in row for word in words)


async def sealed_to_the_supervisor(house: House) -> Hall:
    hall = Hall()
    house.register.enrol("officer", SUPERVISOR, Role.SUPERVISOR)
    hall.store(*seal_deliveries(await supervisors(house.register), Facts(now=NOTICED, actor=HOST)))
    await house.plant(hall.log)
    await house.keep_documents()
    return hall


async def test_the_database_does_not_say_who_took_the_document_nor_what_was_delivered(house: House) -> None:
    """F-04: every table, every column, before T0; the lot is not named beside its readers either."""
    await sealed_to_the_supervisor(house)
    for name in NAMES:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await house.notice.deliver(LOT)
    assert [await delivered(house, name) for name in NAMES] == [[1], [1]]
    tables = [one[0] for one in await house.database.fetch(TABLES)]
    assert {"events", "idempotency"} <= set(tables)
    rows = [
        str(row[0]) for name in tables for row in await house.database.fetch(f"SELECT x::text FROM {name} x")
    ]
    assert [row for row in rows if said(row, *NAMES)] == []
    of_readers = [row for row in rows if "reader-" in row]
    assert len(of_readers) == 4
    assert [row for row in of_readers if said(row, LOT)] == []


async def test_the_supervisor_alone_reads_every_readers_proof_after_the_roll(house: House) -> None:
    hall = await sealed_to_the_supervisor(house)
    before = len(hall.log)
    for name in NAMES:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await house.notice.deliver(LOT)
    order = IssueOrder(
        kind=OrderKind.PRODUCE,
        addressee=Addressee.PLATFORM,
        text="调取送达证明",
        wanted=("reader.downloaded.v1", "reader.clarification-delivered.v1"),
    )
    await house.give(order, OFFICER)
    with pytest.raises(Forbidden, match="order-asks-for-sealed"):
        await house.give(Produce(number=1), OFFICER)
    hall.close("a", "b", "c")
    hall.now += MINUTE
    hall.give(PublishRoll(), HOST)
    await house.plant(hall.log[before:])
    house.clock.instant = hall.now
    answer = (await house.give(Produce(number=1), OFFICER)).answer
    found = {one.party: one for one in readers(answer, SUPERVISOR)}
    assert set(found) == set(NAMES)
    assert [number for one in found.values() for number, _ in one.delivered] == [1, 1]
    with pytest.raises(DeliveryProofError):
        readers(answer, DeviceCredential.generate())


def test_without_a_supervisor_there_is_nobody_to_seal_to() -> None:
    facts = Facts(now=NOTICED, actor=HOST)
    with pytest.raises(OutOfOrder, match="no-supervisor-for-proofs"):
        seal_deliveries((), facts)


# Documents


async def test_a_document_is_kept_under_its_hash_and_apart_for_test_lots(house: House) -> None:
    await house.plant(Hall().log)
    ref = await house.notice.store_document(LOT, HOST, "答疑.pdf", b"%PDF-1.7")
    assert (ref.sha256, ref.length) == (hashlib.sha256(b"%PDF-1.7").hexdigest(), 8)
    lot = await house.platform.load(LOT)
    assert b"".join([chunk async for chunk in house.notice.read_document(lot, ref.sha256)]) == b"%PDF-1.7"


async def test_only_the_host_keeps_documents(house: House) -> None:
    await house.plant(Hall().log)
    with pytest.raises(Forbidden):
        await house.notice.store_document(LOT, bidder("a"), "x.pdf", b"x")


@pytest.mark.parametrize("length", [8, 9])
async def test_a_clarification_names_a_document_that_is_there_whole(house: House, length: int) -> None:
    await house.plant(Hall().log)
    ref = await house.notice.store_document(LOT, HOST, "答疑.pdf", b"%PDF-1.7")
    named = DocumentRef(sha256=ref.sha256, name=ref.name, length=length)
    command = Clarify(text="更正", affects_bids=True, document=named)
    if length == ref.length:
        await house.give(command, HOST)
        assert (await house.platform.load(LOT)).notice.document_version == 2
    else:
        with pytest.raises(Invalid, match="document-not-uploaded"):
            await house.give(command, HOST)


def test_a_suite_that_is_not_installed_is_refused_with_what_to_do(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-CRYP-01: `gm-1` is an optional extra; the notice's key is the first thing that needs it."""
    assert house.notice.platform_key(LOT, "gm-1") != house.notice.platform_key(LOT)
    monkeypatch.setattr("bidding.crypto.suite.installed", lambda: False)
    with pytest.raises(Invalid, match="suite-not-installed") as refused:
        house.notice.platform_key(LOT, "gm-1")
    assert refused.value.found == {"suite": "gm-1"}
    assert "bidding[gm]" in text(refused.value.code, "en", refused.value.found).next
