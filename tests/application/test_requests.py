"""A bidder reads what the committee asks of it on its own pages, and nobody else does (R-EVAL-10)."""

from functools import partial
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import pytest
from starlette.requests import Request

from bidding.api.desks import Desks
from bidding.api.evaluation import requests, result
from bidding.api.lots import lot
from bidding.api.timeline import lot_timeline
from bidding.domain.errors import Forbidden, OutOfOrder
from bidding.domain.evaluation.commands import ReplyClarification
from bidding.domain.parties import Actor
from tests.application.house import LOT, House
from tests.domain.evaluation.sitting import QUESTION, sitting
from tests.domain.opening.hall import bidder


async def read(house: House, route: Any, actor: Actor | None) -> dict[str, Any]:
    desks = cast(Desks, SimpleNamespace(platform=house.platform))
    if route is lot:  # its answers to spectators are packed as the request allows
        route = partial(route, Request({"type": "http", "headers": []}))
    return cast(dict[str, Any], msgspec.json.decode((await route(LOT, actor, desks)).body))


@pytest.fixture
async def asked(house: House) -> House:
    """The committee has asked bidder b, and nobody else."""
    events, now = sitting()
    await house.plant(events)
    house.clock.instant = now
    return house


async def test_it_is_on_the_bidders_own_pages_and_on_no_other(asked: House) -> None:
    (mine,) = (await read(asked, requests, bidder("b")))["requests"]
    assert (mine["number"], mine["bidder"], mine["voices"]) == (1, "b", [])
    assert (await read(asked, requests, bidder("a")))["requests"] == []
    for route, mark in ((lot, QUESTION), (lot_timeline, "bid-clarification")):
        assert mark in str(await read(asked, route, bidder("b")))
        assert mark not in str(await read(asked, route, bidder("a")))
        assert mark not in str(await read(asked, route, None))


async def test_the_reply_is_taken_from_the_one_who_was_asked(asked: House) -> None:
    with pytest.raises(OutOfOrder):
        await asked.give(ReplyClarification(number=1, text="我方也说明"), bidder("a"))
    await asked.give(ReplyClarification(number=1, text="以文字为准"), bidder("b"))
    (mine,) = (await read(asked, requests, bidder("b")))["requests"]
    assert mine["reply"] == "以文字为准"


async def test_results_are_a_participants_own_and_wait_for_the_award(asked: House) -> None:
    with pytest.raises(OutOfOrder) as refused:
        await read(asked, result, bidder("a"))
    assert refused.value.code == "result-not-issued"
    with pytest.raises(Forbidden):
        await read(asked, result, bidder("stranger"))
