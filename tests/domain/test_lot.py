"""The lot: its phase table, its fold, and the canonical form of every event (R-STATE-01, R-GEN-04, R-GEN-05)."""

from typing import Any

import msgspec
import pytest
import rfc8785
from hypothesis import given, settings
from hypothesis import strategies as st

from bidding.domain import registry
from bidding.domain.admission.events import CorrectionRequested
from bidding.domain.booking.events import RoomCreated
from bidding.domain.command import COMMANDS, Command
from bidding.domain.event import TOPICS, Event, decode, encode
from bidding.domain.lot import PARTS, PHASE_AFTER, Lot, Phase, evolve, replay
from bidding.domain.notice.events import DocumentDownloaded, NoticePublished
from bidding.domain.parties import Standing
from tests.domain.lots import admitted, noticed, submitted
from tests.domain.sampling import AWKWARD, sample
from tests.soaking import SOAK

ALL = [TOPICS[topic] for topic in sorted(TOPICS)]
OF_LOTS = [event for event in ALL if event.__module__ in PARTS]
SAMPLES = {event: sample(event) for event in OF_LOTS}
#: Phases whose events stand on streams of their own.
OWN_STREAMS = {"bid", "registration", "experts"}


def names(events: list[type[Event]]) -> list[str]:
    return [event.TOPIC for event in events]


def test_every_event_belongs_to_a_part_of_the_lot_or_to_a_stream_of_its_own() -> None:
    elsewhere = {event.__module__.split(".")[2] for event in ALL if event.__module__ not in PARTS}
    assert elsewhere <= OWN_STREAMS
    assert {module.split(".")[2] for module in PARTS} == set(registry.PHASES) - OWN_STREAMS


@pytest.mark.parametrize("event", ALL, ids=names(ALL))
def test_stored_bytes_are_canonical_json_and_read_back_equal(event: type[Event]) -> None:
    written = sample(event)
    stored = encode(written)
    assert stored == rfc8785.dumps(msgspec.to_builtins(written))
    assert decode(event.TOPIC, stored) == written


def test_the_sample_texts_would_show_a_wrong_encoder() -> None:
    event = CorrectionRequested(defects=(), by=AWKWARD)
    assert msgspec.json.encode(event, order="sorted") == rfc8785.dumps({"by": AWKWARD, "defects": []})
    ascii_only = b'{"by":"\\u9879"}'
    assert rfc8785.dumps({"by": "项"}) != ascii_only


@pytest.mark.parametrize("event", ALL, ids=names(ALL))
def test_an_unknown_field_in_a_stored_event_is_an_error(event: type[Event]) -> None:
    plain: dict[str, Any] = msgspec.to_builtins(sample(event))
    with pytest.raises(msgspec.ValidationError):
        decode(event.TOPIC, msgspec.json.encode({**plain, "no_such_field": 1}))


def test_topics_are_named_and_versioned_alike() -> None:
    assert [topic for topic in TOPICS if not topic.rsplit(".", 1)[-1].startswith("v")] == []
    assert len(TOPICS) == len(set(TOPICS.values()))


def test_the_phase_table_is_this_one() -> None:
    assert {event.__name__: phase.value for event, phase in PHASE_AFTER.items()} == {
        "LotSubmitted": "submitted",
        "CorrectionRequested": "draft",
        "LotAdmitted": "admitted",
        "PrequalificationNoticed": "prequalifying",
        "PrequalificationFailed": "failed",
        "NoticePublished": "noticed",
        "SubmissionClosed": "closed",
        "LotFailed": "failed",
        "RollPublished": "opening",
        "OpeningEnded": "opened",
        "CommitteeUnsealed": "evaluating",
        "EvaluationReported": "evaluated",
        "EvaluationVoided": "failed",
        "EvaluationReopened": "evaluating",
        "CommitteeDismissed": "opened",
        "CandidatesPublicised": "publicised",
        "WinnerDetermined": "determined",
        "AwardNoticeIssued": "awarded",
        "ResultSetAside": "evaluated",
        "ResultVoided": "failed",
        "ContractFiled": "contracted",
        "LotTerminated": "terminated",
    }


@pytest.mark.parametrize("event", OF_LOTS, ids=names(OF_LOTS))
def test_each_event_leads_to_its_phase_or_leaves_it(event: type[Event]) -> None:
    before = Lot(lot_id="lot-1", phase=Phase.NOTICED, version=7)
    after = evolve(before, SAMPLES[event])
    assert after.phase is PHASE_AFTER.get(event, Phase.NOTICED)
    assert (after.lot_id, after.version) == ("lot-1", 8)


@pytest.mark.parametrize("event", OF_LOTS, ids=names(OF_LOTS))
def test_an_event_changes_its_own_part_only(event: type[Event]) -> None:
    before = Lot(lot_id="lot-1")
    after = evolve(before, SAMPLES[event])
    part, _ = PARTS[event.__module__]
    for name, _ in PARTS.values():
        if name != part:
            assert getattr(after, name) == getattr(before, name), name


@given(st.permutations(OF_LOTS), st.integers(min_value=0, max_value=len(OF_LOTS)))
@settings(max_examples=SOAK or 60)
def test_a_fold_needs_no_hidden_event(order: list[type[Event]], taken: int) -> None:
    """A view lacks whatever its audience may not see: any part of the story, in any order, must fold."""
    lot = replay("lot-1", [SAMPLES[event] for event in order[:taken]])
    assert lot.version == taken
    assert msgspec.json.decode(msgspec.json.encode(lot))["lot_id"] == "lot-1"


def test_events_of_rooms_and_readers_change_nothing_of_a_lot() -> None:
    before = Lot(lot_id="lot-1")
    for event in (RoomCreated, DocumentDownloaded):
        after = evolve(before, SAMPLES[event])
        assert msgspec.structs.replace(after, version=0) == before


def test_the_first_phases_follow_one_another() -> None:
    assert [lot.phase for lot in (submitted(), admitted(), noticed())] == [
        Phase.SUBMITTED,
        Phase.ADMITTED,
        Phase.NOTICED,
    ]


def test_replay_is_the_fold_of_evolve() -> None:
    story = [SAMPLES[NoticePublished], SAMPLES[CorrectionRequested]]
    assert replay("lot-1", story) == evolve(evolve(Lot(lot_id="lot-1"), story[0]), story[1])


# the registry


def lot_commands() -> dict[str, type[Command]]:
    """Those that act on a lot or a bid; parties and expert pools have applications of their own."""
    return {
        name: one for name, one in COMMANDS.items() if name.split("/")[0] not in {"registration", "experts"}
    }


def test_every_command_has_a_decision_or_says_what_it_needs() -> None:
    decided = set(registry.DECIDERS) | set(registry.NEEDS_MORE)
    assert [name for name, command in lot_commands().items() if command not in decided] == []
    assert set(registry.DECIDERS).isdisjoint(registry.NEEDS_MORE)


def test_every_command_is_given_by_somebody_and_none_by_a_spectator() -> None:
    assert [name for name, command in lot_commands().items() if not command.BY] == []
    assert [name for name, command in lot_commands().items() if Standing.ANYONE in command.BY] == []


def test_waits_name_platform_commands_and_come_soonest_first() -> None:
    waits = registry.due(noticed())
    assert waits == sorted(waits, key=lambda wait: wait[1])
    assert all(Standing.PLATFORM in COMMANDS[kind].BY for kind, _ in waits)
    assert ("opening/close", noticed().notice.deadline) in waits
