"""The expert pool: who may be in it, and what is kept of whom (R-EVAL-07; 26号令)."""

import pytest
from msgspec.structs import replace

from bidding.domain.errors import Invalid, Unknown
from bidding.domain.event import Event
from bidding.domain.experts.commands import DelistExpert, ListExpert
from bidding.domain.experts.decide import delist_expert, list_expert
from bidding.domain.experts.state import Pool, evolve, replay
from bidding.domain.parties import Role
from bidding.domain.registration.events import Kind
from bidding.domain.registration.state import Party
from tests.domain.lots import NOW, OPERATOR, facts

LI = Party(party="li", version=2, kind=Kind.PERSON, name="李工", granted=(Role.EXPERT,), verified_by="centre")
COMMAND = ListExpert(party="li", trade="市政", units=("设计院",))


def listed(party: Party = LI, **changes: object) -> list[Event]:
    return list_expert(Pool(), party, replace(COMMAND, **changes), facts(OPERATOR))


def test_a_verified_expert_is_listed_with_trade_and_units_for_the_draw() -> None:
    pool = replay(listed())
    assert pool.version == 1
    one = pool.member("li")
    assert one is not None
    assert (one.party, one.name, one.trade, one.units) == ("li", "李工", "市政", ("设计院",))
    (event,) = listed()
    assert (getattr(event, "by", ""), getattr(event, "at", None)) == ("centre", facts().now)
    assert facts().now == NOW


def test_listed_again_the_last_listing_counts() -> None:
    pool = replay([*listed(), *listed(replace(LI, party="wang", name="王工")), *listed(trade="水利")])
    assert pool.version == 3
    assert {one.party: one.trade for one in pool.members} == {"li": "水利", "wang": "市政"}


def test_who_has_not_the_role_is_none() -> None:
    with pytest.raises(Invalid) as refused:
        listed(replace(LI, granted=()))
    found = (refused.value.code, refused.value.rule, refused.value.found)
    assert found == ("not-an-expert", "R-EVAL-07", {"party": "li"})


def test_who_is_taken_out_is_drawn_no_more_and_not_taken_out_twice() -> None:
    pool = replay([*listed(), *listed(replace(LI, party="wang"))])
    command = DelistExpert(party="li", reason="退休")
    (event,) = delist_expert(pool, command, facts(OPERATOR))
    said = tuple(getattr(event, name) for name in ("party", "reason", "by", "at"))
    assert said == ("li", "退休", "centre", facts().now)
    left = evolve(pool, event)
    assert left.version == 3
    assert [one.party for one in left.members] == ["wang"]
    with pytest.raises(Unknown) as refused:
        delist_expert(left, command, facts(OPERATOR))
    found = (refused.value.code, refused.value.rule, refused.value.found)
    assert found == ("not-in-the-pool", "R-EVAL-07", {"party": "li"})
