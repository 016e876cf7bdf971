"""Whether a commit stands, decided from what the database held under the head row's lock."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from storage.errors import IdempotencyMismatch, PersistenceError, StaleTracking, VersionConflict
from storage.records import Appended, Commit


class Stored(NamedTuple):
    """A request that was answered before."""

    request_hash: bytes
    answer: bytes
    positions: list[int]
    feed_positions: list[int | None]
    recorded_at: datetime

    def replay(self) -> Appended:
        return Appended(
            positions=list(self.positions),
            feed_positions=list(self.feed_positions),
            recorded_at=self.recorded_at,
            answer=self.answer,
            replayed=True,
        )


class Same(NamedTuple):
    """The same request as commit ``place`` of the same batch."""

    place: int


Verdict: TypeAlias = Appended | PersistenceError


def expectations(commits: Sequence[Commit]) -> dict[str, int] | None:
    """The versions that streams must have for every commit to stand; their keys have to be free, too.

    None if there is no such state, or if it takes more than that: commits that contradict each other, use one
    key, or keep a checkpoint.
    """
    expected: dict[str, int] = {}
    versions: dict[str, int] = {}
    keys: set[tuple[str, str]] = set()
    for commit in commits:
        for stream, version in commit.guards.items():
            if versions.setdefault(stream, version) != version:
                return None
            expected.setdefault(stream, version)
        for event in commit.events:
            stream, version = event.stream, event.version - 1
            if versions.setdefault(stream, version) != version:
                return None
            expected.setdefault(stream, version)
            versions[stream] = event.version
        if commit.tracking is not None:
            return None
        if (key := commit.idempotency) is not None:
            if (place := (key.scope, key.key)) in keys:
                return None
            keys.add(place)
    return expected


class Verdicts:
    """Decides the commits of one batch in turn; each sees what the ones before it will have written."""

    def __init__(
        self,
        versions: Mapping[str, int],
        tracked: Mapping[str, int],
        answers: Mapping[tuple[str, str], Stored],
    ) -> None:
        self._versions, self._tracked, self._answers = dict(versions), dict(tracked), answers
        self._keys: dict[tuple[str, str], tuple[int, bytes]] = {}

    def decide(self, index: int, commit: Commit) -> Verdict | Same | None:
        """None: it stands and counts from now on."""
        known = self._known(commit)
        if known is not None:
            return known
        for stream, expected in commit.guards.items():
            found = self._versions.get(stream, 0)
            if found != expected:
                return VersionConflict(stream, expected, found)
        versions: dict[str, int] = {}
        for event in commit.events:
            found = versions.get(event.stream, self._versions.get(event.stream, 0))
            if event.version != found + 1:
                return VersionConflict(event.stream, event.version - 1, found)
            versions[event.stream] = event.version
        if commit.tracking is not None:
            name, position = commit.tracking.application_name, commit.tracking.notification_id
            if name in self._tracked and self._tracked[name] >= position:
                return StaleTracking(name, position)
            self._tracked[name] = position
        self._versions.update(versions)
        if (key := commit.idempotency) is not None:
            self._keys[key.scope, key.key] = index, key.request_hash
        return None

    def _known(self, commit: Commit) -> Verdict | Same | None:
        """Replays come before all else: a retry must not fail because its first try moved the stream."""
        key = commit.idempotency
        if key is None:
            return None
        stored = self._answers.get((key.scope, key.key))
        if stored is not None:
            same = stored.request_hash == key.request_hash
            return stored.replay() if same else IdempotencyMismatch(key.scope, key.key)
        earlier = self._keys.get((key.scope, key.key))
        if earlier is not None:
            index, request_hash = earlier
            same = request_hash == key.request_hash
            return Same(index) if same else IdempotencyMismatch(key.scope, key.key)
        return None
