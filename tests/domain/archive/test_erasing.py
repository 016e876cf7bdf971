"""个人信息保护法 47; R-ARCH-01, R-GP-18: personal data in a lot's events go on an order, and nothing else does."""

from datetime import timedelta

import msgspec
import pytest

from bidding.domain.archive import commands as c
from bidding.domain.archive.erasable import ERASABLE, NAMED, WRITTEN, about, erasable, names, without
from bidding.domain.archive.events import LotDataErased, LotErasureDone, Place
from bidding.domain.errors import Conflicting, Forbidden, Invalid, TooEarly, Unknown
from bidding.domain.evaluation.events import CommitteeDrawn, MemberReplaced
from bidding.domain.evaluation.members import Member, MemberKind
from bidding.domain.event import TOPICS, Event, decode, encode
from bidding.domain.opening.commands import MakeAnnouncement
from bidding.domain.opening.events import AnnouncementMade
from bidding.domain.registration.events import ERASED, ErasureGround
from tests.domain.archive.test_keeping import OVER, failed
from tests.domain.opening.hall import CENTRE, HOST, OFFICER, Hall

NUMBER = "420902198001011234"
SEATED = CommitteeDrawn(
    members=(
        Member(seat=1, party="expert-1", name="王小明", kind=MemberKind.EXPERT),
        Member(seat=2, party="expert-2", name="李华", kind=MemberKind.EXPERT),
    ),
    picks=(),
    excluded=0,
    at=OVER,
)


def spoken() -> Hall:
    """A lot that has failed, in whose announcement somebody's identity number stands."""
    hall = Hall()
    hall.give(MakeAnnouncement(text=f"联系人身份证 {NUMBER}"), HOST)
    hall.close("a", "b")
    return hall


def number_of(hall: Hall, kind: type[Event]) -> int:
    return next(number for number, one in enumerate(hall.events, start=1) if isinstance(one, kind))


def order(hall: Hall, *places: tuple[int, str], persons: tuple[str, ...] = ()) -> list[Event]:
    command = c.OrderLotErasure(
        places=tuple(Place(number=number, field=field) for number, field in places),
        persons=persons,
        ground=ErasureGround.UNLAWFUL,
        reference="删9号",
    )
    return hall.give(command, OFFICER)


def erase(hall: Hall, number: int = 1) -> list[Event]:
    return hall.give(c.EraseLotData(order=number), CENTRE)


def test_what_somebody_wrote_goes_whole_with_the_statement_that_says_it() -> None:
    hall = spoken()
    (event,) = (one for one in hall.events if isinstance(one, AnnouncementMade))
    assert erasable(event) == {"/text": f"联系人身份证 {NUMBER}"}
    left = decode(event.TOPIC, without(encode(event), ["/text"]))
    assert isinstance(left, AnnouncementMade)
    assert (left.text, left.signed.statement, left.signed.signature) == (ERASED, "", "")
    assert (left.number, left.by, left.at) == (event.number, event.by, event.at)
    assert erasable(left) == {}


def test_an_order_says_where_and_never_what() -> None:
    hall = spoken()
    place = number_of(hall, AnnouncementMade)
    (ordered,) = order(hall, (place, "/text"))
    assert NUMBER not in encode(ordered).decode()
    assert hall.lot.archive.erasures[0].places == (Place(number=place, field="/text"),)
    (said,) = erase(hall)
    assert isinstance(said, LotDataErased)
    assert erase(hall) == [], "given again it is finished, not done twice"
    (done,) = hall.give(c.ConfirmErasure(order=1))
    assert isinstance(done, LotErasureDone)
    assert hall.give(c.ConfirmErasure(order=1)) == []


@pytest.mark.parametrize("place", [(0, "/text"), (99, "/text"), (1, "/budget_fen"), (1, "/title")])
def test_only_what_the_table_names_can_be_ordered(place: tuple[int, str]) -> None:
    hall = spoken()
    with pytest.raises(Unknown, match="erasure-place-unknown"):
        order(hall, place)
    with pytest.raises(Invalid, match="erasure-of-nothing"):
        order(hall)


def test_nothing_is_ordered_twice_nor_erased_without_an_order_or_by_who_ordered_it() -> None:
    hall = spoken()
    with pytest.raises(Unknown, match="no-lot-erasure"):
        erase(hall)
    place = (number_of(hall, AnnouncementMade), "/text")
    order(hall, place)
    with pytest.raises(Conflicting, match="lot-erasure-ordered"):
        order(hall, place)
    both = msgspec.structs.replace(CENTRE, party=OFFICER.party)
    with pytest.raises(Forbidden, match="lot-erasure-own-order"):
        hall.give(c.EraseLotData(order=1), both)


def test_who_had_a_part_by_name_stays_as_long_as_the_record_is_kept() -> None:
    """R-ARCH-01: until then it is stored, and nothing else done with it (个人信息保护法 47 II)."""
    hall = failed()
    hall.store(SEATED)
    with pytest.raises(TooEarly, match="archive-term-running"):
        order(hall, persons=("expert-1",))
    hall.now = OVER - timedelta(milliseconds=1)
    with pytest.raises(TooEarly, match="archive-term-running"):
        order(hall, persons=("expert-1",))
    hall.now = OVER
    order(hall, persons=("expert-1",))
    place = number_of(hall, CommitteeDrawn)
    assert hall.lot.archive.erasures[0].places == (Place(number=place, field="/members/0/name"),)
    left = decode(SEATED.TOPIC, without(encode(SEATED), ["/members/0/name"]))
    assert isinstance(left, CommitteeDrawn)
    assert [one.name for one in left.members] == [ERASED, "李华"], "nobody else's"
    assert [one.party for one in left.members] == ["expert-1", "expert-2"], "who decided stays known by id"
    assert without(encode(SEATED), ["/members/0/name"]) == encode(left), "canonical, as every event is"


def test_a_name_waits_and_nothing_beside_it() -> None:
    assert names(SEATED, "/members/1/name")
    assert not names(SEATED, "/members/2/name")
    assert not names(SEATED, "/members/1/party")


def test_a_person_is_found_wherever_it_sits() -> None:
    replaced = MemberReplaced(left="expert-2", member=SEATED.members[0], pick=None, at=OVER)
    assert about(SEATED, "expert-2") == ["/members/1/name"]
    assert about(replaced, "expert-1") == ["/member/name"]
    assert about(replaced, "expert-2") == []


def test_what_is_computed_from_or_signed_as_the_record_is_in_no_table() -> None:
    for topic in (
        "lot.roll-published.v1",
        "lot.prices-announced.v1",
        "lot.opening-ended.v1",
        "lot.noticed.v1",
    ):
        assert topic in TOPICS
        assert topic not in ERASABLE
    for kind in NAMED.keys() & WRITTEN.keys():
        assert not {*NAMED[kind]} & {*WRITTEN[kind]}, "a text waits or it does not"


#: What people write to each other, wherever an event of a lot says it.
WORDS = {"text", "question", "answer", "request", "facts", "law", "matters", "interest", "papers"}
KEPT = {
    **dict.fromkeys(
        (
            "lot.noticed.v1",
            "lot.clarified.v1",
            "lot.prequalification-noticed.v1",
            "lot.prequalification-clarified.v1",
        ),
        "the tender document, hashed and printed elsewhere",
    ),
    **dict.fromkeys(
        ("lot.opening-objection-raised.v1", "lot.opening-objection-answered.v1", "lot.window-extended.v1"),
        "the opening record, which is signed, says it",
    ),
    **dict.fromkeys(
        (
            "lot.bid-clarification-proposed.v1",
            "lot.bid-clarification-replied.v1",
            "lot.bid-clarification-asked.v1",
        ),
        "the report is computed from it",
    ),
    **dict.fromkeys(
        ("lot.contract-drafted.v1", "lot.contract-renamed.v1", "lot.contract-noted.v1"),
        "the contract, which both sides signed",
    ),
    **dict.fromkeys(
        (
            "lot.supervisor-report-filed.v1",
            "lot.supervision-order-issued.v1",
            "lot.order-fulfilled.v1",
            "lot.escrow-reported.v1",
            "lot.key-withheld-reported.v1",
            "lot.remedy-decided.v1",
        ),
        "an office's own act",
    ),
}


def test_whatever_people_wrote_can_be_erased_wherever_it_is_said_again() -> None:
    """A 质疑 stands in its answer too, a complaint's matters in the published decision: one of them is not enough."""
    left = {
        f"{topic} {field}"
        for topic, kind in TOPICS.items()
        if topic.startswith("lot.") and topic not in KEPT
        for field in WORDS.intersection(kind.__struct_fields__)
        if not any(f"{one}/".startswith(f"/{field}/") for one in WRITTEN.get(kind, ()))
    }
    assert left == {"lot.complaint-decided.v1 law"}, "the supervisor's own ground"
    assert KEPT.keys() <= TOPICS.keys()
