"""Append a batch of commits in one transaction, each with its own verdict.

One unique violation would abort the whole transaction, so losers are found first, under the head row's lock:

1. lock the head row, in a statement of its own: in READ COMMITTED a statement's snapshot is taken before it
   waits for a lock, so a check that shares the statement would not see what the other writer committed;
2. look at the streams, the guards, the idempotency keys, the checkpoints;
3. decide, each commit seeing the ones before it (``storage.verdicts``);
4. append what stands. Never ON CONFLICT DO NOTHING on events: an append would succeed, the event be absent.

The function ``append_batch`` does this in one round trip when it is told what to expect: it locks, looks and
appends, or finds that something is different and does nothing. The lock is then never held while this process
thinks. What to expect, the batch itself tells, since nearly always every commit stands. If something is
different, or the commits contradict each other, a look without the lock tells; the function makes sure that it
is still so, for those that are refused too. Only if another process was quicker again, or for the sake of
checkpoints, the four steps are taken one by one with the lock held.

The head row's lock, held to commit, makes the order of positions the order of commits, and a rollback takes
the increment back with the events: neither gaps nor events that turn up behind a reader. A sequence has both.
feed_position counts the public events alone, under the same lock: a spectator who could see ``position`` jump
would learn how many secret events lie between (R-GEN-04, R-DOC-03).

Locks are taken in one order by everybody: tracking rows, then the head row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

import asyncpg

from storage.database import Connection
from storage.errors import StaleTracking
from storage.records import Appended, Commit
from storage.verdicts import Same, Stored, Verdict, Verdicts, expectations

CHANNEL = "bidding_events"  # named in append_batch too

_LOCK_TRACKING = "SELECT FROM tracking WHERE name = ANY($1::text[]) ORDER BY name FOR UPDATE"
_TRACKED = "SELECT name, position FROM tracking WHERE name = ANY($1::text[])"
_LOCK_HEAD = "SELECT FROM events_head FOR UPDATE"
# READ COMMITTED: anything higher fails with 40001 on the head row. One round trip for both.
_BEGIN_LOCKED = f"BEGIN ISOLATION LEVEL READ COMMITTED; {_LOCK_HEAD}"
# One probe of the index per stream and key. max() … GROUP BY would read every event of a stream; a plain join
# with idempotency was planned, on a young table, as a scan of the whole.
_LOOK = """
SELECT NULL, s, (SELECT version FROM events WHERE stream = s ORDER BY version DESC LIMIT 1),
       NULL::bytea, NULL::bytea, NULL::bigint[], NULL::timestamptz
FROM unnest($1::text[]) AS s
UNION ALL
SELECT asked.scope, asked.key, i.first_position, i.request_hash, i.answer,
       ARRAY(SELECT feed_position FROM events
             WHERE position >= i.first_position AND position < i.first_position + i.events ORDER BY position),
       i.recorded_at
FROM unnest($2::text[], $3::text[]) AS asked (scope, key), LATERAL (
    SELECT * FROM idempotency WHERE scope = asked.scope AND key = asked.key LIMIT 1
) AS i"""
_APPEND = "SELECT base, feed_base, at FROM append_batch($1, $2, $3, $4, $5)"
TRACK = """
INSERT INTO tracking AS t (name, position) VALUES ($1, $2)
ON CONFLICT (name) DO UPDATE SET position = excluded.position WHERE t.position < excluded.position
RETURNING true"""
_OWN = "SELECT event_id, position, feed_position, recorded_at FROM events WHERE event_id = ANY($1::uuid[])"

_LOST = (
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,
    asyncpg.InterfaceError,
    asyncpg.InternalClientError,
    OSError,
)


class Seen(NamedTuple):
    """What the database held under the head row's lock."""

    versions: dict[str, int]
    answers: dict[tuple[str, str], Stored]


class CommitUncertain(Exception):
    """The connection was lost while COMMIT was on its way: it may have been done."""


async def append_all(connection: Connection, commits: Sequence[Commit]) -> list[Verdict]:
    """Raises whatever aborted the transaction, nothing being committed; or CommitUncertain."""
    expected = expectations(commits)
    if (
        expected is not None
        and (appended := await _append_at_once(connection, commits, expected)) is not None
    ):
        return [*appended]
    if all(commit.tracking is None for commit in commits):
        seen = await _look(connection, commits)
        decided, standing = _decided(commits, seen, {})
        appended = await _append_at_once(connection, standing, seen.versions)
        if appended is not None:
            return _settled(decided, appended)
    try:
        verdicts = await decide_and_append(connection, commits)
    except BaseException:
        if not connection.is_closed():
            await connection.execute("ROLLBACK")
        raise
    try:
        await connection.execute("COMMIT")
    except _LOST as error:
        raise CommitUncertain from error
    return verdicts


async def _append_at_once(
    connection: Connection, commits: Sequence[Commit], expected: Mapping[str, int]
) -> list[Appended] | None:
    """As ``_append``, in a transaction of its own."""
    if not commits:
        return []
    try:
        return await _append(connection, commits, expected)
    except _LOST as error:  # it may have been done
        if isinstance(error, asyncpg.InterfaceError) and not connection.is_closed():
            raise  # a value that cannot be encoded: nothing was sent
        raise CommitUncertain from error


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
    decided, standing = _decided(commits, seen, tracked)
    return _settled(decided, await _append_standing(connection, standing))


def _decided(
    commits: Sequence[Commit], seen: Seen, tracked: Mapping[str, int]
) -> tuple[list[Verdict | Same | None], list[Commit]]:
    """A verdict for those that do not stand, and those that do."""
    verdicts = Verdicts(seen.versions, tracked, seen.answers)
    decided = [verdicts.decide(index, commit) for index, commit in enumerate(commits)]
    return decided, [commit for commit, refusal in zip(commits, decided, strict=True) if refusal is None]


def _settled(decided: Sequence[Verdict | Same | None], appended: Sequence[Appended]) -> list[Verdict]:
    places = iter(appended)
    settled: list[Verdict] = []
    for verdict in decided:
        match verdict:
            case None:
                settled.append(next(places))
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
    versions: dict[str, int] = {}
    answers: dict[tuple[str, str], Stored] = {}
    for row in await connection.fetch(_LOOK, streams, [k.scope for k in keys], [k.key for k in keys]):
        if row[0] is None:
            versions[row[1]] = row[2] or 0
        else:
            positions = list(range(row[2], row[2] + len(row[5])))
            answers[row[0], row[1]] = Stored(row[3], row[4], positions, row[5], row[6])
    return Seen(versions, answers)


async def _append_standing(connection: Connection, commits: Sequence[Commit]) -> list[Appended]:
    """Under the head row's lock, after a look: nothing is left to expect."""
    if not commits:
        return []
    appended = await _append(connection, commits, {})
    if appended is None:  # a key was read as free under the lock
        raise RuntimeError("the head row's lock did not hold")
    for commit in commits:
        if (tracking := commit.tracking) is not None:
            name, processed = tracking.application_name, tracking.notification_id
            if not await connection.fetchval(TRACK, name, processed):
                raise StaleTracking(name, processed)  # a first row, inserted while we were looking
    return appended


async def _append(
    connection: Connection, commits: Sequence[Commit], expected: Mapping[str, int]
) -> list[Appended] | None:
    """None: a stream is not at the version that is expected of it, or a key is taken."""
    events: list[tuple[object, ...]] = []
    answers: list[tuple[object, ...]] = []
    feed: list[int | None] = []  # numbers of the public events
    shown = n = 0
    for commit in commits:
        first = n + 1
        for event in commit.events:
            n += 1
            shown += event.public
            feed_n = shown if event.public else None
            feed.append(feed_n)
            identity = (event.event_id, event.stream, event.version, event.topic)
            events.append((n, feed_n, *identity, event.state, event.metadata, event.salt))
        if (key := commit.idempotency) is not None:
            answers.append((key.scope, key.key, key.request_hash, key.answer, first, n + 1 - first))
    [(base, feed_base, at)] = await connection.fetch(
        _APPEND, list(expected), list(expected.values()), events, shown, answers
    )
    if base is None:
        return None
    appended = []
    begin = 0
    for commit in commits:
        end = begin + len(commit.events)
        positions = list(range(base + begin + 1, base + end + 1))
        feed_positions = [None if number is None else feed_base + number for number in feed[begin:end]]
        appended.append(_placed(commit, positions, feed_positions, at))
        begin = end
    return appended


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
