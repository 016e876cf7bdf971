"""The ``eventsourcing`` package's own recorder test cases, run on our log behind a facade."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import uuid4

import pytest
from eventsourcing.persistence import StoredEvent
from eventsourcing.tests import persistence as peer

from tests.storage.facade import Recorder


class OnOurLog:
    """Each test has a database of its own; what it opened is closed after it."""

    dsn: str

    @pytest.fixture(autouse=True)
    def _database(self, pg_dsn: str) -> Iterator[None]:
        self.dsn = pg_dsn
        self.opened: list[Recorder] = []
        yield
        for recorder in self.opened:
            recorder.close()

    def create_recorder(self) -> Any:
        self.opened.append(Recorder(self.dsn))
        return self.opened[-1]

    def new_originator_id(self) -> str:
        return str(uuid4())


class ForAggregates(Recorder):
    """The library's aggregate recorder keeps positions to itself."""

    def insert_events(self, stored_events: Sequence[StoredEvent], **kwargs: Any) -> None:
        super().insert_events(stored_events, **kwargs)


class TestAggregateRecorder(OnOurLog, peer.AggregateRecorderTestCase):
    def create_recorder(self) -> Any:
        self.opened.append(ForAggregates(self.dsn))
        return self.opened[-1]


class TestApplicationRecorder(OnOurLog, peer.ApplicationRecorderTestCase):
    def test_insert_subscribe(self) -> None:
        self.optional_test_insert_subscribe()


class TestTrackingRecorder(OnOurLog, peer.TrackingRecorderTestCase):
    pass


class TestProcessRecorder(OnOurLog, peer.ProcessRecorderTestCase):
    pass


class TestNonInterleavingNotificationIDs(OnOurLog, peer.NonInterleavingNotificationIDsBaseCase):
    pass
