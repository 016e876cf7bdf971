"""One function decides what is public: every outlet shows a spectator exactly the same events (R-GEN-04).

An auction system's socket once showed what its REST interface hid. One lot goes through a whole opening and
then through an event of every other kind that a lot has; lot page, event list, feed, record and socket are compared.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import httpx2
import msgspec
import pytest
from fastapi import FastAPI

from bidding.api.app import create_app
from bidding.api.desks import Desks
from bidding.api.readers import HANDED_OVER, READERS
from bidding.api.services import Services
from bidding.application.demonstration import Demonstration
from bidding.application.figures import StatisticsDesk
from bidding.application.identity import Identity
from bidding.application.record import Records
from bidding.compose.keyring import load_keyring
from bidding.compose.outside import StorageObjects
from bidding.domain.admission import events as admission
from bidding.domain.control.events import TestClockSet
from bidding.domain.disclosure import SPECTATOR, is_public, view
from bidding.domain.event import TOPICS, Event, SignedAct
from bidding.domain.opening import events as opening
from bidding.domain.testclock import TestClock
from storage.objects.directory import DirectoryStore
from tests.domain.opening.hall import HOST, OFFICER, Hall
from tests.domain.sampling import sample
from tests.live.conftest import NOW, Stage, heard

NAMES = ("a", "b", "c", "d", "e")
#: Texts of signed acts are awkward in samples; the record reads who signed from them.
SIGNED = SignedAct(statement='{"by":"agency"}', signature="c2ln")

Shown = list[dict[str, Any]]


def story() -> list[tuple[str, Event]]:
    """The lot's and the bids' events: an opening by the domain's own decisions, the rest sampled."""
    hall = Hall()
    hall.announce(*NAMES)
    hall.confirm(*NAMES)
    hall.close_confirmation()
    hall.sign(HOST)
    hall.sign(OFFICER)
    lot = [event for topic, event in _samples().items() if topic.startswith("lot.")]
    before = [event for event in lot if type(event).__module__ == admission.__name__]
    after = [event for event in lot if type(event).__module__ not in (admission.__name__, opening.__name__)]
    told = [("lot-lot-1", event) for event in before] + hall.log + [("lot-lot-1", event) for event in after]
    return [(stream, _signed(event)) for stream, event in told]


def _samples() -> dict[str, Event]:
    """The clock's sampled rate would leave the calendar at once."""
    clock = TestClockSet(clock=TestClock(real=NOW, virtual=NOW))
    return {topic: sample(event) for topic, event in sorted(TOPICS.items())} | {clock.TOPIC: clock}


def _signed(event: Event) -> Event:
    changes = {
        name: SIGNED for name in event.__struct_fields__ if isinstance(getattr(event, name), SignedAct)
    }
    return msgspec.structs.replace(event, **changes)


@asynccontextmanager
async def web(stage: Stage, folder: Path) -> AsyncIterator[httpx2.AsyncClient]:
    """The reading routes over the gateway's own platform."""
    keyring = load_keyring(folder / "keys", NOW, stage.platform.random)
    store = DirectoryStore(folder / "objects")
    platform = stage.platform
    platform.objects = StorageObjects(store)
    identity = Identity(
        journal=platform.journal,
        clock=platform.clock,
        authority=keyring.authority,
        trial_secret=keyring.trial_secret,
    )
    absent = cast(Any, None)  # nobody logs in, and no desk decides anything
    services = Services(platform=platform, identity=identity, login=absent, scans=absent)
    app: FastAPI = create_app(services, routers=READERS, excluded=HANDED_OVER)
    app.state.desks = Desks(
        platform=platform,
        admission=absent,
        booking=absent,
        notice=absent,
        prequalification=absent,
        bids=absent,
        opening=absent,
        broadcasts=absent,
        trial=absent,
        escrow=absent,
        evaluation=absent,
        experts=absent,
        credit=absent,
        lists=absent,
        commitments=absent,
        erasures=absent,
        lot_erasures=absent,
        records=Records(platform, identity, keyring),
        bundles=absent,
        papers=absent,
        keyring=keyring,
        statistics=StatisticsDesk(platform, None),
        outbox=absent,
        archives=absent,
        log=absent,
        log_receipts=absent,
        demonstration=Demonstration(),
        scratch=absent,
    )
    for name in NAMES:
        await platform.objects.put(f"sealed/{name}/1/form", b"sealed")
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://test") as http:
        yield http
    await store.close()


async def pages(http: httpx2.AsyncClient, path: str) -> Shown:
    found: Shown = []
    while True:
        after = found[-1]["position"] if found else 0
        page = (await http.get(path, params={"after": after, "limit": 7})).json()["events"]
        if not page:
            return found
        found += page


def contents(shown: Shown) -> Shown:
    return [one["event"] for one in shown]


@pytest.fixture
async def told(stage: Stage) -> tuple[Stage, Shown]:
    """The lot, told to its end, and what a spectator saw meanwhile from the notice on."""
    events = story()
    noticed = next(n for n, (_, event) in enumerate(events, start=1) if is_public(event))
    await stage.tell_all(events[:noticed])
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
        assert state["position"] == 1
        telling = asyncio.create_task(stage.tell_all(events[noticed:]))
        shown: Shown = []
        while len(shown) < sum(is_public(event) for _, event in events[noticed:]):
            shown += [one for one in await heard(socket, 1) if one["type"] == "event"]
        await telling
    return stage, shown


async def test_every_outlet_shows_a_spectator_the_same_events(
    told: tuple[Stage, Shown], tmp_path: Path
) -> None:
    stage, live = told
    expected = [
        {"type": event.TOPIC, **json.loads(msgspec.json.encode(event))}
        for _, event in story()
        if is_public(event)
    ]
    assert contents(live) == expected[1:], "live, as it happened"
    async with stage.listen(query="?after=0") as socket:
        resumed = [one for one in await heard(socket, len(expected)) if one["type"] == "event"]
    assert contents(resumed) == expected, "live, resumed"
    async with web(stage, tmp_path) as http:
        listed = await pages(http, "/lots/lot-1/events")
        feed = [one for one in await pages(http, "/feed") if one["lot"] == "lot-1"]
        record = (await http.get("/lots/lot-1/record")).json()
    assert contents(listed) == expected, "GET /lots/{lot}/events"
    assert contents(feed) == expected, "GET /feed"
    recorded = [{"type": one["topic"], **json.loads(one["state"])} for one in record["events"]]
    assert recorded == expected, "the record"
    places = [[one["position"] for one in shown] for shown in (resumed, listed, feed, record["events"])]
    assert places == [list(range(1, len(expected) + 1))] * 4


async def test_the_lots_page_and_the_sockets_state_are_one_fold_of_those_events(
    told: tuple[Stage, Shown], tmp_path: Path
) -> None:
    stage, _ = told
    public = [event for _, event in story() if is_public(event)]
    folded = json.loads(msgspec.json.encode(view("lot-1", public, SPECTATOR)))
    async with stage.listen() as socket:
        (state,) = await heard(socket, 1)
    async with web(stage, tmp_path) as http:
        page = (await http.get("/lots/lot-1")).json()
    assert state["lot"] == folded
    added = {"version", "now", "standings"}
    assert {name: page[name] for name in page if name not in added} == {
        name: folded[name] for name in folded if name != "version"
    }


def test_the_story_has_every_kind_of_lot_event_and_secrets_among_them() -> None:
    events = [event for stream, event in story() if stream == "lot-lot-1"]
    kinds = {type(event) for event in events}
    missing = {
        event for topic, event in TOPICS.items() if topic.startswith("lot.") and event not in kinds
    } - {event for event in TOPICS.values() if event.__module__ == opening.__name__}
    assert missing == set()
    assert sum(not is_public(event) for event in events) > 20
    assert sum(is_public(event) for event in events) > 30
