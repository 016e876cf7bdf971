"""R-GEN-05 (20号令 48): a lot's history is stated once its opening has ended; what a record then shows of it."""

import msgspec
import pytest

from bidding.application.log.audit import audit
from bidding.application.log.history import Historian, committed, erased_commitments
from bidding.application.loterasure import LotErasures
from bidding.application.platform import lot_stream
from bidding.application.ports import Recorded
from bidding.application.record.format import RecordedEvent
from bidding.application.record.logged import record_log
from bidding.compose.outside import StorageEraser
from bidding.crypto.instant import instant
from bidding.crypto.parts import root
from bidding.domain.archive.commands import EraseLotData, OrderLotErasure
from bidding.domain.archive.events import Place
from bidding.domain.disclosure import is_public
from bidding.domain.event import encode
from bidding.domain.opening.commands import RequestHelp
from bidding.domain.opening.events import HelpRequested, OpeningEnded
from bidding.domain.registration.events import ErasureGround
from bidding.domain.timestamp.events import HistoryStated
from storage.erasure import Eraser
from tests.application.house import LOT, House
from tests.application.test_log_receipts import IDENTITY, Proofs, event_of
from tests.domain.opening.hall import CENTRE, HOST, OFFICER, Hall, bidder


def ended() -> Hall:
    """An opening with a bidder who asked for help, which only offices see, and one who withdrew in time."""
    hall = Hall()
    hall.submit("d")
    hall.withdraw("d")
    hall.announce("a", "b", "c")
    hall.give(RequestHelp(text="无法签名"), bidder("a"))
    hall.confirm("a", "b", "c")
    hall.close_confirmation()
    hall.sign(HOST)
    hall.sign(OFFICER)
    assert isinstance(hall.log[-1][1], OpeningEnded)
    return hall


async def events(house: House) -> list[Recorded]:
    return await house.platform.journal.load(lot_stream(LOT))


@pytest.fixture
async def proofs(house: House) -> Proofs:
    made = Proofs(house)
    await made.sequencer.load()
    return made


@pytest.fixture
def historian(house: House, proofs: Proofs) -> Historian:
    return Historian(house.platform, proofs.store, IDENTITY)


async def test_the_history_up_to_the_end_of_the_opening_is_stated_once(
    house: House, historian: Historian
) -> None:
    await house.plant(ended().log)
    before = await events(house)
    assert [one.event.TOPIC for one in before if await historian.take(one)] == [OpeningEnded.TOPIC]
    last = (await events(house))[-1].event
    assert isinstance(last, HistoryStated)
    assert last.events == before[-1].version
    assert await historian.take(before[-1]), "taken again after a crash"
    assert len(await events(house)) == len(before) + 1


async def test_what_is_withheld_is_shown_as_hashes_and_the_bids_of_the_roll_whole(
    house: House, historian: Historian, proofs: Proofs
) -> None:
    """R-OPEN-23: of the bids only those on the roll; one that was withdrawn stays its bidder's own (R-GEN-04)."""
    await house.plant(ended().log)
    for one in await events(house):
        await historian.take(one)
    await proofs.sequencer.beat()
    found = await proofs.receipts.of_record(LOT)
    streams = [event_of(one).stream for one in found.shown.leaves]
    assert [one for one in streams if one.startswith("bid-")] == [f"bid-{LOT}-{name}" for name in "abc"]
    secret = [one for one in await events(house) if not is_public(one.event)]
    assert len(found.withheld) == len(secret) > 0
    said = msgspec.json.encode(found.shown).decode()
    assert "无法签名" not in said


async def test_a_statement_that_comes_while_a_record_is_made_is_not_in_it_nor_is_what_it_counts(
    house: House, historian: Historian, proofs: Proofs
) -> None:
    """Else the record would hold leaves that no statement in it counts, and fail by no lie."""
    await house.plant(ended().log)
    for one in await events(house):
        await historian.take(one)
    await proofs.sequencer.beat()
    found = await proofs.receipts.of_record(LOT)
    recorded = [
        (
            str(one.event_id),
            RecordedEvent(
                position=one.feed_position or 0,
                recorded_at=instant(one.recorded_at),
                topic=one.event.TOPIC,
                state=encode(one.event).decode(),
            ),
        )
        for one in await events(house)
        if is_public(one.event)
    ]
    whole, early = record_log(found, recorded), record_log(found, recorded[:-1])
    assert whole is not None
    assert early is not None
    assert recorded[-1][1].topic == HistoryStated.TOPIC
    assert len(whole.withheld) == len(found.withheld) > 0
    assert early.withheld == ()


async def test_before_the_roll_no_bid_and_before_the_opening_has_ended_no_event_is_counted(
    house: House, historian: Historian, proofs: Proofs
) -> None:
    """R-GEN-04, R-DOC-03: not even as a hash."""
    hall = ended()
    for number, (stream, event) in enumerate(hall.log):
        await house.plant([(stream, event)])
        if number % 5 and event.TOPIC not in ("lot.submission-closed.v1", "lot.opening-ended.v1"):
            continue
        await proofs.sequencer.beat()
        if not any(topic == "lot.noticed.v1" for topic in await house.topics()):
            continue
        found = await proofs.receipts.of_record(LOT)
        public = any(topic == "lot.roll-published.v1" for topic in await house.topics())
        assert public or not any(event_of(one).stream.startswith("bid-") for one in found.shown.leaves)
        assert not found.withheld


async def test_a_lot_that_failed_at_its_deadline_is_stated_too(house: House, historian: Historian) -> None:
    hall = Hall()
    hall.submit("a")
    hall.close()
    await house.plant(hall.log)
    taken = [one.event.TOPIC for one in await events(house) if await historian.take(one)]
    assert taken == ["lot.failed.v1"]
    assert isinstance((await events(house))[-1].event, HistoryStated)


async def test_a_history_of_which_a_text_was_erased_comes_to_the_same_root(
    house: House, historian: Historian, proofs: Proofs
) -> None:
    """个人信息保护法 47: who makes a statement, or a record, after it counts the leaf that there was."""
    await house.plant(ended().log)
    for one in await events(house):
        await historian.take(one)
    await proofs.sequencer.beat()
    stated = (await events(house))[-1].event
    assert isinstance(stated, HistoryStated)
    eraser = StorageEraser(Eraser(house.database))
    house.platform.handlers.update(LotErasures(house.platform, eraser, proofs.store, IDENTITY).handlers)
    number = next(one.version for one in await events(house) if isinstance(one.event, HelpRequested))
    order = OrderLotErasure(
        places=(Place(number=number, field="/text"),), ground=ErasureGround.UNLAWFUL, reference="删9号"
    )
    await house.give(order, OFFICER)
    await house.give(EraseLotData(order=1), CENTRE)
    await proofs.sequencer.beat()
    raw = await proofs.store.events_of(lot_stream(LOT))
    assert [one.version for one in raw if not one.salt] == [number]
    assert "无法签名".encode() not in raw[number - 1].state
    assert [one.event.TOPIC for one in await events(house)][-1] == "lot.erasure-done.v1"
    kept = await erased_commitments(proofs.store, raw)
    hashes = [committed(IDENTITY, one, kept) for one in raw[: stated.events]]
    assert root(hashes).hex() == stated.root
    assert [one async for one in audit(proofs.store, IDENTITY)] == []
    found = await proofs.receipts.of_record(LOT)
    withheld = {one.commitment for one in found.withheld}
    assert kept[raw[number - 1].position] in withheld
