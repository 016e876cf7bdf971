"""Commits for tests."""

from __future__ import annotations

from uuid import UUID, uuid4

from storage.events import Commit, Idempotency, NewEvent

SALT = bytes(16)

#: How many wait for a lock in this test's database (``pg_locks`` shows the whole server's).
WAITING = """
SELECT count(*) FROM pg_locks JOIN pg_stat_activity USING (pid)
WHERE NOT granted AND datname = current_database()"""


def event(
    stream: str,
    version: int,
    *,
    public: bool = False,
    topic: str = "tested.v1",
    state: bytes = b"{}",
    event_id: UUID | None = None,
) -> NewEvent:
    return NewEvent(
        stream=stream,
        version=version,
        topic=topic,
        state=state,
        metadata=b'{"actor":"test"}',
        event_id=event_id or uuid4(),
        salt=SALT,
        public=public,
    )


def commit(*events: NewEvent, key: str | None = None, request_hash: bytes = b"hash") -> Commit:
    idempotency = None
    if key is not None:
        idempotency = Idempotency(
            scope="test", key=key, request_hash=request_hash, answer=f"answer {key}".encode()
        )
    return Commit(events=events, idempotency=idempotency)
