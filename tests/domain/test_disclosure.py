"""Who sees what: one function, and views that are folds of nothing else (R-GEN-04, R-DOC-03; F-03)."""

import pytest

from bidding.domain import registry
from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import Admit
from bidding.domain.booking import decide as booking
from bidding.domain.booking.commands import Book
from bidding.domain.booking.events import Purpose
from bidding.domain.disclosure import SPECTATOR, is_public, view, visible
from bidding.domain.event import EVERYONE, NOBODY, TOPICS, Event
from bidding.domain.lot import Lot, Phase, evolve
from bidding.domain.notice import decide as notice
from bidding.domain.notice.commands import AnswerObjection, Clarify, Object
from bidding.domain.notice.events import DocumentObjectionRaised
from bidding.domain.notice.objections import answer_objection, object_to_document
from bidding.domain.parties import Standing
from bidding.domain.permissions import standings
from tests.domain.lots import (
    AGENCY,
    OPENING_ROOM,
    OPERATOR,
    READER,
    TENDERER,
    at,
    eng_filing,
    facts,
    fold,
    publication,
)
from tests.domain.sampling import sample

SAMPLES = {topic: sample(event) for topic, event in sorted(TOPICS.items())}
SLOT = Book(room=OPENING_ROOM.room, start=at(31, 9), end=at(31, 12), purpose=Purpose.OPENING)
HOST = frozenset({Standing.ANYONE, Standing.MEMBER, Standing.HOST})


def story() -> list[Event]:
    """Admission to notice, a clarification that moves the deadline, an objection and its answer."""
    told: list[Event] = []
    lot = Lot(lot_id="lot-1")

    def tell(events: list[Event]) -> None:
        nonlocal lot
        told.extend(events)
        lot = fold(lot, events)

    tell(admission.submit(lot, eng_filing(), facts(), tenderer=TENDERER))
    tell(admission.admit(lot, Admit(), facts(OPERATOR)))
    tell(booking.book(lot, SLOT, facts(), room=OPENING_ROOM).lot)
    tell(notice.publish(lot, publication(), facts()))
    tell(object_to_document(lot, Object(text="工期不足"), facts(READER, at(10))))
    tell(notice.clarify(lot, Clarify(text="更正", affects_bids=True), facts(now=at(18))))
    tell(answer_objection(lot, AnswerObjection(number=1, answer="已更正"), facts(now=at(18))))
    return told


@pytest.mark.parametrize("topic", SAMPLES)
def test_an_event_is_seen_by_its_audience_and_by_nobody_else(topic: str) -> None:
    event = SAMPLES[topic]
    seen_by = {standing for standing in Standing if visible(event, frozenset({standing}))}
    assert seen_by == (set(Standing) if event.AUDIENCE == EVERYONE else event.AUDIENCE)


def test_public_means_visible_without_any_standing() -> None:
    for event in SAMPLES.values():
        assert is_public(event) is visible(event, SPECTATOR) is visible(event, frozenset())


def test_an_audience_is_everyone_or_names_real_standings() -> None:
    mixed = [topic for topic, event in SAMPLES.items() if EVERYONE < event.AUDIENCE]
    assert mixed == [], "an event for everyone needs no further names"


def test_what_stands_on_secret_streams_is_shown_to_nobody() -> None:
    """A bidder's and a reader's own events reach them by their own API, never through the lot."""
    secret = [topic for topic in SAMPLES if topic.split(".")[0] in {"reader", "bid", "party"}]
    assert {"reader.downloaded.v1", "reader.clarification-delivered.v1"} <= set(secret)
    assert [topic for topic in secret if SAMPLES[topic].AUDIENCE != NOBODY] == []


def test_before_the_notice_the_public_knows_nothing() -> None:
    early = [TOPICS[topic] for topic in TOPICS if TOPICS[topic].__module__.endswith("admission.events")]
    early += [TOPICS[topic] for topic in TOPICS if TOPICS[topic].__module__.endswith("booking.events")]
    assert [event.TOPIC for event in early if EVERYONE <= event.AUDIENCE] == []


def test_a_spectators_view_is_the_whole_notice_and_nothing_of_the_file() -> None:
    told = story()
    full = fold(Lot(lot_id="lot-1"), told)
    seen = view("lot-1", told, SPECTATOR)
    assert seen.phase is full.phase is Phase.NOTICED
    assert seen.admission == Lot().admission
    for field in full.notice.__struct_fields__:
        if field != "objections":
            assert getattr(seen.notice, field) == getattr(full.notice, field), field
    assert len(full.notice.deadline_changes) == 1


def test_the_answer_is_public_and_the_objector_is_not() -> None:
    told = story()
    (public,) = view("lot-1", told, SPECTATOR).notice.objections
    (known,) = view("lot-1", told, HOST).notice.objections
    assert (public.question, public.answer, public.by) == ("工期不足", "已更正", "")
    assert known.by == READER.party
    unanswered = [event for event in told if not event.TOPIC.endswith("objection-answered.v1")]
    assert view("lot-1", unanswered, SPECTATOR).notice.objections == ()
    assert not is_public(SAMPLES[DocumentObjectionRaised.TOPIC])


def test_a_view_counts_only_what_it_may_see() -> None:
    told = story()
    seen = view("lot-1", told, SPECTATOR)
    assert seen.version == sum(map(is_public, told)) < len(told)


def test_the_hosts_view_of_its_own_lot_is_complete_up_to_here() -> None:
    told = story()
    assert view("lot-1", told, HOST) == fold(Lot(lot_id="lot-1"), told)


def test_standings_come_from_the_full_state() -> None:
    lot = Lot(lot_id="lot-1")
    for event in story():
        lot = evolve(lot, event)
    assert standings(AGENCY, lot) >= HOST
    assert Standing.HOST not in standings(READER, lot)
    assert standings(None, lot) == SPECTATOR


def test_every_audience_is_a_set_of_standings_that_somebody_can_have() -> None:
    assert registry.TOPICS is TOPICS
    for event in SAMPLES.values():
        assert frozenset(Standing) - {Standing.PLATFORM, Standing.BIDDER} >= event.AUDIENCE, event.TOPIC
