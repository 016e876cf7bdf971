"""Who objected reads the own objection and its answer; nobody else learns whose it is (R-DOC-03)."""

from types import SimpleNamespace
from typing import Any, cast

import msgspec

from bidding.api.bids import objections
from bidding.api.desks import Desks
from bidding.domain.disclosure import SPECTATOR, view
from bidding.domain.notice.commands import AnswerObjection, Object
from bidding.domain.parties import Actor
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, Hall, bidder


async def own(house: House, actor: Actor) -> dict[str, Any]:
    desks = cast(Desks, SimpleNamespace(platform=house.platform))
    return cast(dict[str, Any], msgspec.json.decode((await objections(LOT, actor, desks)).body))


async def test_the_author_reads_its_objection_from_the_first_moment_and_others_do_not(house: House) -> None:
    await house.plant(Hall().log)
    house.clock.instant = Hall().now.replace(month=5, day=13)
    await house.give(Object(text="评分办法第三条请明确"), bidder("a"))
    (mine,) = (await own(house, bidder("a")))["document"]
    assert (mine["by"], mine["question"], mine["answer"]) == ("a", "评分办法第三条请明确", "")
    nothing: dict[str, list[Any]] = {"document": [], "opening": [], "result": [], "queries": []}
    nothing |= {"inquiries": [], "complaints": [], "prequalification": [], "help": []}
    assert await own(house, bidder("b")) == nothing
    await house.give(AnswerObjection(number=1, answer="以第四章为准"), HOST)
    assert (await own(house, bidder("a")))["document"][0]["answer"] == "以第四章为准"
    assert await own(house, bidder("b")) == nothing
    recorded = await house.platform.journal.load(f"lot-{LOT}")
    public = view(LOT, (one.event for one in recorded), SPECTATOR)
    assert [one.by for one in public.notice.objections] == [""]


async def test_opening_objections_are_among_them(house: House) -> None:
    hall = Hall()
    hall.announce("a", "b", "c")
    hall.object("a")
    await house.plant(hall.log)
    assert [one["bidder"] for one in (await own(house, bidder("a")))["opening"]] == ["a"]
    assert (await own(house, bidder("b")))["opening"] == []
