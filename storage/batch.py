"""Append a batch of commits in one transaction, each with its own verdict.

One unique violation would abort the whole transaction, so losers are found first, under the head row's lock:

1. lock the head row, in a statement of its own: in READ COMMITTED a statement's snapshot is taken before it
   waits for a lock, so a check that shares the statement would not see what the other writer committed;
2. read the versions of all streams and guards, the idempotency keys, the checkpoints;
3. decide here, each commit seeing the ones before it (``storage.verdicts``);
4. append what stands. Never ON CONFLICT DO NOTHING on events: an append would succeed, the event be absent.

Locks are taken in one order by everybody: tracking rows, then the head row.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from storage.database import Connection
from storage.errors import StaleTracking
from storage.records import Appended, Commit
from storage.verdicts import Same, Stored, Verdict, Verdicts

CHANNEL = "bidding_events"

_LOCK_TRACKING = "SELECT FROM tracking WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE"
_TRACKED = "SELECT name, position FROM tracking WHERE name = ANY($1::text[])"
_LOCK_HEAD = "SELECT FROM events_head FOR UPDATE"
# READ COMMITTED: anything higher fails with 40001 on the head row. One round trip for both.
_BEGIN_LOCKED = f"BEGIN ISOLATION LEVEL READ COMMITTED; {_LOCK_HEAD}"
# recorded_at is the clock under the lock; a clock that was set back does not take it back.
_HEAD = "SELECT position, feed_position, greatest(clock_timestamp(), recorded_at) FROM events_head"
# One probe of the index per stream and key. max() … GROUP BY would read every event of a stream; a plain join
# with idempotency was planned, on a young table, as a scan of the whole.
_LOOK = f"""
SELECT NULL, NULL, position, NULL::bytea, NULL::bytea, NULL::bigint[], ARRAY[feed_position], at
FROM ({_HEAD}) AS head (position, feed_position, at)
UNION ALL
SELECT NULL, s, (SELECT version FROM events WHERE stream = s ORDER BY version DESC LIMIT 1),
       NULL, NULL, NULL, NULL, NULL
FROM unnest($1::text[]) AS s
UNION ALL
SELECT asked.scope, asked.key, NULL, i.request_hash, i.answer, i.positions, i.feed_positions, i.recorded_at
FROM unnest($2::text[], $3::text[]) AS asked (scope, key), LATERAL (
    SELECT * FROM idempotency WHERE scope = asked.scope AND key = asked.key LIMIT 1
) AS i"""  # noqa: S608  constants

# The head row's lock, held from (1) to commit, makes the order of positions the order of commits, and a
# rollback takes the increment back with the events: neither gaps nor events that turn up behind a reader.
# A sequence has both. feed_position counts the public events alone, under the same lock: a spectator who
# could see `position` jump would learn how many secret events lie between (R-GEN-04, R-DOC-03).
# pg_notify wakes subscriptions at commit; what they then read is the table.
_APPEND = f"""
WITH batch AS (
    SELECT n, event_id, stream, version, topic, state, metadata, salt, public,
           count(*) FILTER (WHERE public) OVER (ORDER BY n) AS feed_n
    FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::text[], $5::bytea[], $6::bytea[], $7::bytea[],
                $8::boolean[]) WITH ORDINALITY
         AS e (event_id, stream, version, topic, state, metadata, salt, public, n)
), head AS (
    UPDATE events_head SET position = position + cardinality($1),
                           feed_position = feed_position + cardinality(array_positions($8, true)),
                           recorded_at = $9::timestamptz
    RETURNING position - cardinality($1) AS base,
              feed_position - cardinality(array_positions($8, true)) AS feed_base
), appended AS (
    INSERT INTO events
        (position, feed_position, event_id, stream, version, topic, state, metadata, recorded_at, salt)
    SELECT base + n, CASE WHEN public THEN feed_base + feed_n END,
           event_id, stream, version, topic, state, metadata, $9, salt
    FROM head, batch
), answered AS (
    INSERT INTO idempotency (scope, key, request_hash, answer, positions, feed_positions, recorded_at)
    SELECT scope, key, request_hash, answer, positions::bigint[], feed_positions::bigint[], $9
    FROM unnest($10::text[], $11::text[], $12::bytea[], $13::bytea[], $14::text[], $15::text[])
         AS k (scope, key, request_hash, answer, positions, feed_positions)
)
SELECT CASE WHEN cardinality($1) > 0 THEN pg_notify('{CHANNEL}', '') END"""  # noqa: S608  constants
TRACK = """
INSERT INTO tracking AS t (name, position) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE t.position < excluded.position
RETURNING true"""
_OWN = "SELECT event_id, position, feed_position, recorded_at FROM events WHERE event_id = ANY($1::uuid[])"


class Seen(NamedTuple):
    """What the database held under the head row's lock, and where it stood."""

    position: int
    feed_position: int
    at: datetime
    versions: dict[str, int]
    answers: dict[tuple[str, str], Stored]


class CommitUncertain(Exception):
    """The connection was lost while COMMIT was on its way: it may have been done."""


async def append_all(connection: Connection, commits: Sequence[Commit]) -> list[Verdict]:
    """Raises whatever aborted the transaction, nothing being committed; or CommitUncertain."""
    try:
        verdicts = await decide_and_append(connection, commits)
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    try:
        await connection.execute("COMMIT")
    except (
        asyncpg.PostgresConnectionError,
        asyncpg.exceptions.OperatorInterventionError,
        asyncpg.InterfaceError,
        OSError,
    ) as error:
        raise CommitUncertain from error
    return verdicts


async def decide_and_append(connection: Connection, commits: Sequence[Commit]) -> list[Verdict]:
    """Begins the transaction and leaves it open."""
    names = sorted({c.tracking.application_name for c in commits if c.tracking is not None})
    if names:
        await connection.execute("BEGIN ISOLATION LEVEL READ COMMITTED")
        await connection.execute(_LOCK_TRACKING, names)
        await connection.execute(_LOCK_HEAD)
    else:
        await connection.execute(_BEGIN_LOCKED)
    seen = await _look(connection, commits)
    tracked = {row[0]: row[1] for row in (await connection.fetch(_TRACKED, names) if names else [])}
    verdicts = Verdicts(seen.versions, tracked, seen.answers)
    decided = [verdicts.decide(index, commit) for index, commit in enumerate(commits)]
    standing = [commit for commit, refusal in zip(commits, decided, strict=True) if refusal is None]
    appended = iter(await _append(connection, standing, seen))
    settled: list[Verdict] = []
    for verdict in decided:
        match verdict:
            case None:
                settled.append(next(appended))
            case Same(place):  # of this batch: the earlier commit stands, and its verdict is an Appended
                settled.append(_replayed(settled[place]))
            case _:
                settled.append(verdict)
    return settled


def _replayed(verdict: Verdict) -> Verdict:
    if not isinstance(verdict, Appended):
        return verdict
    return Appended(
        positions=verdict.positions,
        feed_positions=verdict.feed_positions,
        recorded_at=verdict.recorded_at,
        answer=verdict.answer,
        replayed=True,
    )


async def _look(connection: Connection, commits: Sequence[Commit]) -> Seen:
    streams = list({s for c in commits for s in (*(e.stream for e in c.events), *c.guards)})
    keys = [c.idempotency for c in commits if c.idempotency is not None]
    head, *rows = await connection.fetch(_LOOK, streams, [k.scope for k in keys], [k.key for k in keys])
    versions: dict[str, int] = {}
    answers: dict[tuple[str, str], Stored] = {}
    for row in rows:
        if row[0] is None:
            versions[row[1]] = row[2] or 0
        else:
            answers[row[0], row[1]] = Stored(row[3], row[4], row[5], row[6], row[7])
    return Seen(head[2], head[6][0], head[7], versions, answers)


async def _append(connection: Connection, commits: Sequence[Commit], seen: Seen) -> list[Appended]:
    """Places are counted here too, to be stored with the answers; the statement counts from the same row."""
    events = [event for commit in commits for event in commit.events]
    position, feed_position = seen.position, seen.feed_position
    appended = []
    for commit in commits:
        feed: list[int | None] = []
        for event in commit.events:
            feed_position += event.public
            feed.append(feed_position if event.public else None)
        positions = list(range(position + 1, position + 1 + len(feed)))
        position += len(feed)
        appended.append(_placed(commit, positions, feed, seen.at))
    answered = [
        (
            key.scope,
            key.key,
            key.request_hash,
            key.answer,
            _array(done.positions),
            _array(done.feed_positions),
        )
        for commit, done in zip(commits, appended, strict=True)
        if (key := commit.idempotency) is not None
    ]
    if events or answered:
        await connection.fetchval(
            _APPEND,
            [e.event_id for e in events],
            [e.stream for e in events],
            [e.version for e in events],
            [e.topic for e in events],
            [e.state for e in events],
            [e.metadata for e in events],
            [e.salt for e in events],
            [e.public for e in events],
            seen.at,
            *([row[n] for row in answered] for n in range(6)),
        )
    for commit in commits:
        if (tracking := commit.tracking) is not None:
            name, processed = tracking.application_name, tracking.notification_id
            if not await connection.fetchval(TRACK, name, processed):
                raise StaleTracking(name, processed)  # a first row, inserted while we were looking
    return appended


def _array(numbers: Sequence[int | None]) -> str:
    """PostgreSQL's text form: unnest() takes no arrays of arrays of different lengths."""
    return "{" + ",".join("NULL" if n is None else str(n) for n in numbers) + "}"


def _placed(commit: Commit, positions: list[int], feed: list[int | None], at: datetime) -> Appended:
    answer = commit.idempotency.answer if commit.idempotency is not None else None
    return Appended(positions=positions, feed_positions=feed, recorded_at=at, answer=answer, replayed=False)


async def found_again(connection: Connection, commits: Sequence[Commit]) -> list[Appended | None]:
    """After CommitUncertain, on a new connection: what each commit wrote, None if nothing.

    Asked under the head row's lock, so a COMMIT that the old connection's server process is still working on
    has by then ended one way or the other. Events are known by their ids, a commit without any by its key.
    """
    async with connection.transaction():
        await connection.execute(_LOCK_HEAD)
        ids: list[UUID] = [event.event_id for commit in commits for event in commit.events]
        own = {row[0]: row for row in await connection.fetch(_OWN, ids)}
        answers = (await _look(connection, commits)).answers
    results: list[Appended | None] = []
    for commit in commits:
        rows = [own[e.event_id] for e in commit.events if e.event_id in own]
        key = commit.idempotency
        stored = answers.get((key.scope, key.key)) if key is not None else None
        if rows:
            results.append(_placed(commit, [r[1] for r in rows], [r[2] for r in rows], rows[0][3]))
        elif key is not None and stored is not None and stored.request_hash == key.request_hash:
            results.append(stored.replay())
        else:
            results.append(None)
    return results
