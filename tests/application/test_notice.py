"""Blind delivery of clarifications: to everybody who took the document, exactly once (R-DOC-01…04)."""

import asyncio
import hashlib

import msgspec
import pytest

from bidding.application.notice import reader_stream
from bidding.domain.errors import Forbidden, Invalid
from bidding.domain.notice.commands import Clarify, Download
from bidding.domain.notice.terms import DocumentRef
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, Hall, bidder

READERS = ("a", "b", "c")


async def clarify(house: House, text: str = "澄清") -> None:
    await house.give(Clarify(text=text, affects_bids=False), HOST)


async def delivered(house: House, name: str) -> list[int]:
    return list((await house.notice.reader(LOT, name)).delivered)


async def test_a_clarification_reaches_every_reader_once(house: House) -> None:
    await house.plant(Hall().log)
    for name in READERS:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await clarify(house, "再澄清")
    await house.notice.deliver(LOT)
    await house.notice.deliver(LOT)
    assert [await delivered(house, name) for name in READERS] == [[1, 2]] * 3


async def test_who_comes_later_gets_it_with_the_document_and_not_again(house: House) -> None:
    await house.plant(Hall().log)
    await clarify(house)
    await house.give(Download(), bidder("late"))
    await house.notice.deliver(LOT)
    assert await delivered(house, "late") == [1]


async def test_deliveries_at_once_with_downloads_and_each_other_stay_exact(house: House) -> None:
    await house.plant(Hall().log)
    for name in READERS:
        await house.give(Download(), bidder(name))
    await clarify(house)
    await asyncio.gather(
        *(house.notice.deliver(LOT) for _ in range(4)),
        *(house.give(Download(), bidder(name)) for name in (*READERS, "d", "e")),
    )
    assert [await delivered(house, name) for name in (*READERS, "d", "e")] == [[1]] * 5


async def test_downloads_and_deliveries_are_no_event_of_the_lot_nor_of_the_feed(house: House) -> None:
    await house.plant(Hall().log)
    before, end = await house.topics(), await house.platform.journal.feed_end()
    outcome = await house.give(Download(), bidder("a"))
    await house.notice.deliver(LOT)
    assert await house.topics() == before
    assert await house.platform.journal.feed_end() == end
    assert outcome.version == len(before)
    assert msgspec.json.decode(outcome.answer)["document"]["version"] == 1
    assert await house.topics(reader_stream(LOT, "a")) == ["reader.downloaded.v1"]


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
