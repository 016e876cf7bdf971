"""The party's fold, and what its stream shows to whom."""

import msgspec
import pytest

from bidding.domain.disclosure import is_public, visible
from bidding.domain.event import TOPICS, Event, decode, encode
from bidding.domain.parties import Standing
from bidding.domain.registration import events as events_module
from bidding.domain.registration.events import CredentialRevoked
from bidding.domain.registration.state import Party, evolve, replay
from tests.domain.registration.test_decide import NOW, SIGNED, enrol

EVENTS: list[type[Event]] = [kind for kind in TOPICS.values() if kind.__module__ == events_module.__name__]


@pytest.mark.parametrize("kind", EVENTS, ids=lambda kind: kind.TOPIC)
def test_no_event_of_the_register_is_shown_to_anybody_by_the_log(kind: type[Event]) -> None:
    assert not kind.AUDIENCE


def test_not_even_all_standings_together_see_one() -> None:
    for event in enrol():
        assert not is_public(event)
        assert not visible(event, frozenset(Standing))


def test_events_survive_storage() -> None:
    for event in enrol(first=True):
        assert decode(event.TOPIC, encode(event)) == event


def test_versions_count_events_and_an_empty_stream_is_no_party() -> None:
    assert replay([]).version == 0
    assert replay(enrol()).version == len(enrol())


def test_a_revocation_of_an_unknown_device_changes_the_version_only() -> None:
    party = replay(enrol())
    stray = CredentialRevoked(party="p", credential="nobody's", reason="x", signed=SIGNED, at=NOW)
    assert evolve(party, stray) == msgspec.structs.replace(party, version=party.version + 1)


def test_a_party_encodes_as_json() -> None:
    party = replay(enrol())
    assert msgspec.json.decode(msgspec.json.encode(party), type=Party) == party
