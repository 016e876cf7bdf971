"""The envelopes opened for the committee: each bid's results stand, whatever fails beside it (R-EVAL-01)."""

from typing import Any

import pytest

from bidding.crypto.canonical import b64
from bidding.crypto.errors import WorkerDiedError
from bidding.crypto.session import seal_to_platform, transfer_info
from bidding.domain.evaluation.events import CollusionExamined
from bidding.domain.evaluation.outcome import EnvelopeResult
from bidding.domain.event import Event
from bidding.domain.opening.commands import Announce, Import
from bidding.domain.opening.events import EvaluationKeysDisclosed, OpeningEnded
from tests.application.bidding_day import SESSION, Day
from tests.application.house import LOT, House
from tests.application.test_opening import NAMES, day, ordered, released
from tests.domain.opening.hall import SIGNED

__all__ = ["day", "ordered", "released"]


@pytest.fixture
async def opened(released: Day) -> Day:
    """The opening has ended and both offices have disclosed their evaluation keys."""
    for office in ("agency", "supervisor"):
        await released.house.give(released.form_key(office), released.actors[office])
    await released.house.platform.act(LOT, Import())
    await released.house.give(Announce(), released.actors["agency"])
    now = released.house.clock.now()
    lot = await released.house.platform.load(LOT)
    events: list[Event] = [OpeningEnded(at=now, record="记录", record_hash="ab" * 32)]
    for office in ("agency", "supervisor"):
        keys = released.sessions[office]
        public = keys.public(LOT, SESSION, "agency" if office == "agency" else "supervisor")
        platform = released.house.keyring.evaluation_key(LOT).public
        sealed = b64(seal_to_platform(keys.evaluation.private, platform, transfer_info(public)))
        assert released.house.opening.evaluation_key_of(lot, office, sealed) == keys.evaluation.private
        events.append(
            EvaluationKeysDisclosed(office=office, sealed_key=sealed, by=office, at=now, signed=SIGNED)
        )
    await released.house.plant([("lot-lot-1", event) for event in events])
    return released


async def results(house: House) -> dict[str, EnvelopeResult]:
    return {one.bidder: one for one in (await house.platform.load(LOT)).evaluation.envelopes}


async def key_of(house: House, name: str) -> str:
    bid = await house.bids.bid(LOT, name)
    assert bid.effective is not None
    return next(one.key for one in bid.effective.objects if one.envelope == "technical")


async def test_every_envelope_but_the_form_is_opened_and_stored(opened: Day) -> None:
    await opened.house.evaluation.open_envelopes(LOT)
    found = await results(opened.house)
    assert {name: (one.envelope, one.status) for name, one in found.items()} == dict.fromkeys(
        NAMES, ("technical", "OPENED")
    )
    for one in found.values():
        assert await opened.house.platform.objects.size(one.object_key) == one.length
    assert list(opened.house.scratch.iterdir()) == []


async def test_missing_and_damaged_objects_are_recorded_by_the_layer_that_failed(opened: Day) -> None:
    await opened.house.platform.objects.delete(await key_of(opened.house, "a"))
    body = bytearray(opened.sealed("b", "technical"))
    body[len(body) // 2] ^= 1
    await opened.house.platform.objects.put(await key_of(opened.house, "b"), bytes(body))
    await opened.house.evaluation.open_envelopes(LOT)
    assert {name: one.status for name, one in (await results(opened.house)).items()} == {
        "a": "ROOT",
        "b": "ROOT",
        "c": "OPENED",
    }
    assert list(opened.house.scratch.iterdir()) == []


async def test_a_worker_killed_costs_one_bid_and_the_next_run_makes_it_good(
    opened: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    honest, jobs = opened.house.workers.run, list[object]()

    async def killed_at_first(job: Any, **more: Any) -> Any:
        jobs.append(job)
        if len(jobs) == 1:
            raise WorkerDiedError(job="open_documents", exit_code=-9)
        return await honest(job, **more)

    monkeypatch.setattr(opened.house.workers, "run", killed_at_first)
    with pytest.raises(WorkerDiedError):
        await opened.house.evaluation.open_envelopes(LOT)
    first = await results(opened.house)
    assert len(first) == len(NAMES) - 1
    await opened.house.evaluation.open_envelopes(LOT)
    assert (await results(opened.house)).keys() == set(NAMES)
    assert len(jobs) == len(NAMES) + 1  # what was recorded is not opened again


async def test_running_again_when_all_is_done_changes_nothing(opened: Day) -> None:
    await opened.house.evaluation.open_envelopes(LOT)
    before = await opened.house.topics()
    await opened.house.evaluation.open_envelopes(LOT)
    assert await opened.house.topics() == before


async def test_a_sealed_key_of_another_office_is_not_taken(opened: Day) -> None:
    lot = await opened.house.platform.load(LOT)
    supervisors = next(one.key for one in lot.opening.evaluation_keys if one.office == "supervisor")
    assert opened.house.opening.evaluation_key_of(lot, "agency", supervisors) is None
    assert opened.house.opening.evaluation_key_of(lot, "agency", "not base64url!") is None
    assert opened.house.opening.evaluation_key_of(lot, "nobody", supervisors) is None


# R-EVAL-04: what the files of each bid have in common, compared when all are open


async def test_the_files_of_every_bid_are_read_once_and_the_findings_recorded(opened: Day) -> None:
    await opened.house.evaluation.open_envelopes(LOT)
    await opened.house.platform.objects.delete((await results(opened.house))["a"].object_key)
    await opened.house.evaluation.examine(LOT)
    recorded = await opened.house.platform.journal.load(f"lot-{LOT}")
    (event,) = [one.event for one in recorded if isinstance(one.event, CollusionExamined)]
    # what the samples call a PDF is none: it is named, as the envelope is that was gone
    assert {one.bidder: one.unread for one in event.bids} == {
        "a": ("technical",),
        "b": ("technical/施工组织设计.pdf",),
        "c": ("technical/施工组织设计.pdf",),
    }
    await opened.house.evaluation.examine(LOT)
    assert len(await opened.house.platform.journal.load(f"lot-{LOT}")) == len(recorded)
    assert list(opened.house.scratch.iterdir()) == []


async def test_a_reader_that_dies_or_hangs_leaves_the_bid_unread_and_the_others_read(
    opened: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opened.house.evaluation.open_envelopes(LOT)
    honest, jobs = opened.house.workers.run, list[object]()

    async def failing(job: Any, **more: Any) -> Any:
        jobs.append(job)
        if len(jobs) == 1:
            raise WorkerDiedError(job="read_traces", exit_code=-9)
        if len(jobs) == 2:
            raise TimeoutError
        return await honest(job, **more)

    monkeypatch.setattr(opened.house.workers, "run", failing)
    await opened.house.evaluation.examine(LOT)
    lot = await opened.house.platform.load(LOT)
    assert [name.partition(" ")[2] for name in sorted(lot.evaluation.unread, key=len)] == [
        "technical",
        "technical",
        "technical/施工组织设计.pdf",
    ]
    assert lot.evaluation.examined_at is not None
