"""Consortia and related bidders on a real platform: from the members' words to the findings of the roll."""

import msgspec
import pytest

from bidding.application.bids import bid_stream
from bidding.application.relationships import Relationships
from bidding.domain.bid.commands import Join, Submit
from bidding.domain.bid.events import BidRefused
from bidding.domain.bid.joint import Consortium, Partner, Share
from bidding.domain.conflict.findings import ConflictKind
from bidding.domain.errors import Invalid
from bidding.domain.lot import Lot
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening.commands import PublishRoll
from bidding.domain.parties import Role
from bidding.domain.registration.events import AffiliateListed, UsccClaimed
from bidding.domain.relations import Person, Relations, Superior, TieKind
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import NOTICED

AGREEMENT = "ab" * 32
SHARE = Share(trade="市政", grade=2, work="道路")


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin("a", "b", "c", "x")
    return made


def related(house: House, name: str, head: str, *superiors: Superior) -> None:
    said = Relations(head=Person(name=head, id_digest="ab" * 32), superiors=superiors)
    house.register.known[name] = msgspec.structs.replace(house.register.known[name], relations=said)


def admit_consortia(day: Day, monkeypatch: pytest.MonkeyPatch) -> None:
    """The lot's document as if it had admitted joint bids from the start."""
    load = day.house.platform.load

    async def loaded(lot_id: str) -> Lot:
        lot = await load(lot_id)
        assert lot.notice.terms is not None
        terms = msgspec.structs.replace(lot.notice.terms, consortia=True)
        return msgspec.structs.replace(lot, notice=msgspec.structs.replace(lot.notice, terms=terms))

    monkeypatch.setattr(day.house.platform, "load", loaded)


def joint(*members: str) -> Consortium:
    return Consortium(
        agreement_sha256=AGREEMENT, partners=tuple(Partner(party=name, shares=(SHARE,)) for name in members)
    )


async def hand_in(day: Day, name: str, consortium: Consortium | None = None) -> None:
    day.seal(name)
    command = day.command(name, await day.bring(name))
    changed: Submit = msgspec.structs.replace(command, consortium=consortium)
    await day.house.give(changed, day.actors[name])


async def refused(day: Day, name: str, consortium: Consortium | None = None) -> tuple[str, object]:
    with pytest.raises(Invalid) as raised:
        await hand_in(day, name, consortium)
    last = (await day.house.platform.journal.load(bid_stream(LOT, name)))[-1].event
    assert isinstance(last, BidRefused)  # with a signed receipt
    assert last.receipt
    return last.code, raised.value.found["units"]


async def test_a_joint_bid_waits_for_every_members_word_and_then_stands(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:  # F-64
    admit_consortia(day, monkeypatch)
    assert await refused(day, "a", joint("a", "x")) == ("CONSORTIUM_UNCONFIRMED", ("x",))
    await day.house.give(Join(lead="a", agreement_sha256=AGREEMENT, shares=(SHARE,)), day.actors["x"])
    await hand_in(day, "a", joint("a", "x"))
    bid = await day.house.bids.bid(LOT, "a")
    assert bid.effective is not None
    assert [one.party for one in bid.effective.agreed] == ["x"]
    for name in ("b", "c"):
        await hand_in(day, name)
    await day.close()
    await day.house.give(PublishRoll(), day.actors["agency"])
    lot = await day.house.platform.load(LOT)
    assert lot.opening.received == 3
    lines = {one.bidder: one for one in lot.opening.roll}
    assert [(one.party, one.name) for one in lines["a"].consortium] == [("a", "a公司"), ("x", "x公司")]
    assert [(one.bidder, one.trade, one.grade) for one in lot.conflicts.grades] == [("a", "市政", 2)]
    assert lot.conflicts.found == ()
    assert set(lot.conflicts.undeclared) == {"a", "b", "c", "x"}


async def test_a_member_that_also_bids_alone_is_found_with_the_roll(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:  # F-64, R-ENG-30
    admit_consortia(day, monkeypatch)
    await day.house.give(Join(lead="a", agreement_sha256=AGREEMENT, shares=(SHARE,)), day.actors["b"])
    await hand_in(day, "a", joint("a", "b"))
    for name in ("b", "c"):
        await hand_in(day, name)
    await day.close()
    await day.house.give(PublishRoll(), day.actors["agency"])
    (found,) = (await day.house.platform.load(LOT)).conflicts.found
    assert (found.kind, found.bids) == (ConflictKind.DOUBLE_PARTICIPATION, ("a", "b"))


async def test_related_bidders_are_received_and_found_with_the_roll(
    day: Day,
) -> None:  # F-63: nothing leaks before
    related(day.house, "a", "张三")
    related(day.house, "b", "张三")
    for name in ("a", "b", "c"):
        await hand_in(day, name)
    assert (await day.house.platform.load(LOT)).conflicts.checked_at is None
    await day.close()
    await day.house.give(PublishRoll(), day.actors["agency"])
    (found,) = (await day.house.platform.load(LOT)).conflicts.found
    assert (found.kind, found.bids, found.certain) == (ConflictKind.SAME_HEAD, ("a", "b"), True)


async def test_a_chain_of_holdings_is_followed_through_registered_units(day: Day) -> None:  # 招投条例 34
    house = day.house
    for name in ("m", "n"):
        day.enrol(name, Role.BIDDER)
        await house.plant([(f"uscc-USCC-{name}", UsccClaimed(uscc=f"USCC-{name}", party=name))])
    related(house, "a", "甲", Superior(name="m公司", uscc="USCC-m", tie=TieKind.HOLDING, share_bp=5001))
    related(house, "m", "乙", Superior(name="n公司", uscc="USCC-n", tie=TieKind.MANAGEMENT))
    # a circle ends, and a small holding is not followed
    related(house, "n", "丙", Superior(name="a公司", uscc="USCC-a", tie=TieKind.HOLDING, decisive=True))
    unit = await Relationships(house.platform.journal, house.register).unit(house.register.known["a"])
    assert [(one.name, one.via) for one in unit.above] == [("m公司", ()), ("n公司", ("m公司",))]
    related(house, "a", "甲", Superior(name="m公司", uscc="USCC-m", tie=TieKind.HOLDING, share_bp=5000))
    unit = await Relationships(house.platform.journal, house.register).unit(house.register.known["a"])
    assert unit.above == ()


async def test_a_unit_of_the_operators_group_is_refused_under_a_receipt(day: Day) -> None:  # R-PLAT-07
    listed = AffiliateListed(uscc="USCC-a", name="a公司", basis="股权", by="centre", at=NOTICED)
    await day.house.plant([("operator-group", listed)])
    assert await refused(day, "a") == ("OPERATOR_GROUP", ("a公司",))
    await hand_in(day, "b")


async def test_who_is_tied_to_the_agency_is_refused_under_a_receipt(day: Day) -> None:  # R-ENG-31
    related(day.house, "a", "王五")
    related(day.house, "agency", "王五")
    assert await refused(day, "a") == ("AGENCY_RELATED", ("a公司",))
    assert NoticePublished.TOPIC in await day.house.topics()
