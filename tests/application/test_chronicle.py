"""The record in words: no kind of event without a name, no name without its event, every clause known (R-GEN-05)."""

from datetime import UTC, datetime

from bidding.application.chronicle import told, words
from bidding.application.rulebook import rulebook
from bidding.domain.control.events import LotSuspended
from bidding.domain.event import TOPICS, SignedAct
from bidding.domain.lot import PARTS

AT = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)


def test_every_event_of_a_lot_has_words_and_no_other_has() -> None:
    of_lots = {
        topic for topic, kind in TOPICS.items() if kind.__module__ in PARTS and topic.startswith("lot.")
    }
    assert set(words()) == of_lots


def test_every_clause_named_is_in_the_rulebook() -> None:
    assert {one.rule for one in words().values() if one.rule} <= set(rulebook().rules)


def test_an_entry_has_the_events_own_instant_its_words_and_its_decision() -> None:
    event = LotSuspended(
        by="s", at=AT, reason="核查", order="监督〔2026〕7号", signed=SignedAct(statement="{}", signature="x")
    )
    (entry,) = told([(datetime(2026, 1, 1, tzinfo=UTC), event)])
    assert (entry.at, entry.zh, entry.en, entry.rule, entry.by) == (AT, "暂停", "Suspended", "R-PLAT-11", "s")
    assert entry.decisions[0].reasons == ("核查",)
    assert entry.article
