"""Appending: positions, conflicts, guards, keys, tracking; one commit's fate apart from another's."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import pytest
from eventsourcing.persistence import DatabaseError, DataError, IntegrityError

from storage import batch
from storage.database import Connection
from storage.errors import IdempotencyMismatch, StaleTracking, VersionConflict
from storage.events import Appended, Commit, EventLog, Tracking, connect
from storage.verdicts import Verdict, expectations
from tests.storage.samples import commit, event


async def appended(log: EventLog, *commits: Commit) -> list[Appended | BaseException]:
    """All at once: they wait together, so the writer takes them as one batch."""
    return await asyncio.gather(*(log.append(one) for one in commits), return_exceptions=True)


def kinds(results: Sequence[Appended | BaseException]) -> list[type]:
    return [type(result) for result in results]


async def test_positions_are_gapless_across_streams_and_in_the_commits_order(log: EventLog) -> None:
    first = await log.append(commit(event("a", 1), event("b", 1), event("a", 2)))
    second = await log.append(commit(event("b", 2)))
    assert (first.positions, second.positions) == ([1, 2, 3], [4])
    found = await log.select_notifications(1, 10)
    assert [(e.position, e.stream, e.version) for e in found] == [
        (1, "a", 1),
        (2, "b", 1),
        (3, "a", 2),
        (4, "b", 2),
    ]
    assert await log.max_position() == 4


async def test_what_is_read_is_what_was_written(log: EventLog) -> None:
    written = event("a", 1, state='{"名称":"道路"}'.encode(), public=True)
    done = await log.append(commit(written))
    [read] = await log.select_events("a")
    for name in written.__struct_fields__:
        assert getattr(read, name) == getattr(written, name), name
    assert (read.position, read.feed_position, read.recorded_at) == (1, 1, done.recorded_at)
    assert read.recorded_at.utcoffset() is not None


async def test_a_taken_version_is_refused_with_what_was_found(log: EventLog) -> None:
    await log.append(commit(event("a", 1), event("a", 2)))
    with pytest.raises(VersionConflict) as refused:
        await log.append(commit(event("a", 2)))
    assert (refused.value.stream, refused.value.expected, refused.value.found) == ("a", 1, 2)


async def test_a_version_that_skips_one_is_refused(log: EventLog) -> None:
    with pytest.raises(VersionConflict):
        await log.append(commit(event("a", 2)))
    with pytest.raises(VersionConflict):
        await log.append(commit(event("a", 1), event("a", 3)))
    assert await log.max_position() == 0


async def test_a_conflicting_commit_of_a_batch_fails_alone(log: EventLog) -> None:
    results = await appended(
        log, commit(event("a", 1)), commit(event("a", 1)), commit(event("b", 1), event("c", 1))
    )
    assert kinds(results) == [Appended, VersionConflict, Appended]
    assert [e.stream for e in await log.select_notifications(1, 10)] == ["a", "b", "c"]
    assert await log.max_position() == 3


async def test_later_commits_of_a_batch_build_on_earlier_ones(log: EventLog) -> None:
    results = await appended(log, *(commit(event("a", version)) for version in range(1, 51)))
    assert [r.positions for r in results if isinstance(r, Appended)] == [[n] for n in range(1, 51)]


async def test_a_value_the_database_refuses_does_not_harm_its_neighbours(log: EventLog) -> None:
    taken = event("taken", 1)
    await log.append(commit(taken))
    results = await appended(
        log,
        commit(event("a", 1)),
        commit(event("nul\x00byte", 1)),
        commit(event("b", 1)),
        commit(event("other", 1, event_id=taken.event_id)),
        commit(event("surrogate\ud800", 1)),
        commit(event("c", 1)),
    )
    assert [isinstance(r, Appended) for r in results] == [True, False, True, False, False, True]
    assert isinstance(results[1], DataError | DatabaseError)
    assert isinstance(results[3], IntegrityError)
    assert [e.stream for e in await log.select_notifications(1, 10)] == ["taken", "a", "b", "c"]


async def test_many_streams_and_many_events_in_one_commit(log: EventLog) -> None:
    done = await log.append(commit(*(event(f"s{n}", 1) for n in range(5000))))
    assert done.positions == list(range(1, 5001))


async def test_recorded_at_never_runs_against_position(log: EventLog) -> None:
    await asyncio.gather(*(log.append(commit(event(f"s{n}", 1))) for n in range(300)))
    times = [e.recorded_at for e in await log.select_notifications(1, 300)]
    assert times == sorted(times)


async def test_a_clock_set_back_does_not_take_recorded_at_back(log: EventLog) -> None:
    await log.database.execute("UPDATE events_head SET recorded_at = '2100-01-01 00:00:00+00'")
    done = await log.append(commit(event("a", 1)))
    assert done.recorded_at.year == 2100


async def test_a_batch_in_which_all_stand_is_put_to_the_server_in_one_statement(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So the head row is never locked while this process thinks; deciding here is for the others."""

    async def decide(*_: object) -> list[Verdict]:
        raise AssertionError("was decided here")

    await log.append(commit(event("lot", 1)))
    monkeypatch.setattr(batch, "decide_and_append", decide)
    results = await appended(
        log,
        Commit(events=[event("bid", 1, public=True), event("bid", 2)], guards={"lot": 1}),
        commit(event("bid", 3, public=True), event("other", 1), key="k"),
        commit(event("lot", 2)),
        commit(key="m"),
    )
    assert [r.positions for r in results if isinstance(r, Appended)] == [[2, 3], [4, 5], [6], []]
    assert [r.feed_positions for r in results if isinstance(r, Appended)] == [
        [1, None],
        [2, None],
        [None],
        [],
    ]


async def test_what_another_process_did_meanwhile_is_found_and_told(pg_dsn: str, log: EventLog) -> None:
    """Expectations that do not hold append nothing; then each commit is judged by what is there."""
    async with connect(pg_dsn) as other:
        await other.append(commit(event("a", 1), event("a", 2)))
        await other.append(commit(event("b", 1, public=True), event("b", 2), key="k"))
    results = await appended(
        log,
        commit(event("a", 2)),
        Commit(events=[event("c", 1)], guards={"a": 1}),
        commit(event("d", 1)),
        commit(event("e", 1), key="k"),
    )
    assert kinds(results) == [VersionConflict, VersionConflict, Appended, Appended]
    done, again = results[2:]
    assert isinstance(done, Appended)
    assert isinstance(again, Appended)
    assert done.positions == [5]
    assert (again.replayed, again.positions, again.feed_positions) == (True, [3, 4], [1, None])
    assert await log.max_position() == 5


async def test_what_changes_after_the_look_is_found_under_the_lock(
    pg_dsn: str, log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = batch._look
    async with connect(pg_dsn) as other:

        async def overtaken(connection: Connection, commits: Sequence[Commit]) -> batch.Seen:
            monkeypatch.undo()
            seen = await look(connection, commits)
            await other.append(commit(event("a", 1)))
            return seen

        monkeypatch.setattr(batch, "_look", overtaken)
        results = await appended(log, commit(event("a", 1)), commit(event("b", 2)), commit(event("c", 1)))
    assert kinds(results) == [VersionConflict, VersionConflict, Appended]
    assert [(e.stream, e.version) for e in await log.select_notifications(1, 10)] == [("a", 1), ("c", 1)]


@pytest.mark.parametrize(
    ("commits", "expected"),
    [
        ([commit(event("a", 1)), commit(event("a", 2)), commit(event("b", 7))], {"a": 0, "b": 6}),
        ([Commit(events=[event("a", 3)], guards={"lot": 4, "a": 2})], {"lot": 4, "a": 2}),
        ([commit(event("a", 1)), Commit(events=[event("b", 1)], guards={"a": 1})], {"a": 0, "b": 0}),
        ([commit(event("a", 1)), commit(event("a", 1))], None),
        ([commit(event("a", 1), event("a", 3))], None),
        ([Commit(guards={"lot": 4}), Commit(guards={"lot": 5})], None),
        ([commit(event("lot", 5)), Commit(guards={"lot": 4})], None),
        ([commit(key="k"), commit(key="k")], None),
        ([commit(key="k"), commit(key="m")], {}),
        ([Commit(tracking=Tracking("p", 1))], None),
    ],
)
def test_what_a_batch_expects_of_the_log(commits: list[Commit], expected: dict[str, int] | None) -> None:
    assert expectations(commits) == expected


# Guards


async def test_a_guard_holds_while_its_stream_is_unchanged(log: EventLog) -> None:
    await log.append(commit(event("lot", 1)))
    await log.append(Commit(events=[event("bid", 1)], guards={"lot": 1, "closing": 0}))
    with pytest.raises(VersionConflict) as refused:
        await log.append(Commit(events=[event("bid", 2)], guards={"lot": 0}))
    assert (refused.value.stream, refused.value.expected, refused.value.found) == ("lot", 0, 1)
    assert len(await log.select_events("bid")) == 1


async def test_a_guard_sees_earlier_commits_of_its_own_batch(log: EventLog) -> None:
    results = await appended(
        log,
        Commit(events=[event("bid-1", 1)], guards={"closing": 0}),
        Commit(events=[event("closing", 1)]),
        Commit(events=[event("bid-2", 1)], guards={"closing": 0}),
    )
    assert kinds(results) == [Appended, Appended, VersionConflict]


async def test_of_two_processes_that_guard_each_others_stream_only_one_wins(
    pg_dsn: str, log: EventLog
) -> None:
    """Write skew: each checks what the other writes. So look after the lock, not in its statement."""
    async with connect(pg_dsn) as other:
        for n in range(30):
            x, y = f"x{n}", f"y{n}"
            results = await asyncio.gather(
                log.append(Commit(events=[event(x, 1)], guards={y: 0})),
                other.append(Commit(events=[event(y, 1)], guards={x: 0})),
                return_exceptions=True,
            )
            assert sorted(kinds(results), key=str) == sorted([Appended, VersionConflict], key=str)


# Idempotency keys


async def test_a_replay_returns_the_first_answer_and_appends_nothing(log: EventLog) -> None:
    first = await log.append(commit(event("a", 1, public=True), event("a", 2), key="k"))
    again = await log.append(commit(event("a", 1), key="k"))  # its version is stale by now: no matter
    assert (first.replayed, again.replayed) == (False, True)
    assert first.answer == again.answer == b"answer k"
    assert (again.positions, again.feed_positions, again.recorded_at) == (
        [1, 2],
        [1, None],
        first.recorded_at,
    )
    assert await log.max_position() == 2
    assert await log.answer("test", "k") == (b"hash", b"answer k")
    assert await log.answer("other", "k") is None


async def test_another_request_under_the_same_key_is_refused(log: EventLog) -> None:
    await log.append(commit(event("a", 1), key="k"))
    with pytest.raises(IdempotencyMismatch) as refused:
        await log.append(commit(event("b", 1), key="k", request_hash=b"other"))
    assert refused.value.key == "k"
    assert await log.select_events("b") == []


async def test_keys_are_told_apart_within_one_batch(log: EventLog) -> None:
    results = await appended(
        log,
        commit(event("a", 1), key="k"),
        commit(event("a", 1), key="k"),
        commit(event("a", 1), key="k", request_hash=b"other"),
        commit(event("b", 1), key="m"),
    )
    assert kinds(results) == [Appended, Appended, IdempotencyMismatch, Appended]
    first, again, _, other = results
    assert isinstance(first, Appended)
    assert isinstance(again, Appended)
    assert isinstance(other, Appended)
    assert (again.replayed, again.positions, again.answer) == (True, first.positions, first.answer)
    assert other.positions == [2]


async def test_a_refused_commit_leaves_its_key_free(log: EventLog) -> None:
    with pytest.raises(VersionConflict):
        await log.append(commit(event("a", 5), key="k"))
    done = await log.append(commit(event("a", 1), key="k", request_hash=b"corrected"))
    assert done.replayed is False


async def test_an_answer_may_be_kept_without_events(log: EventLog) -> None:
    done = await log.append(commit(key="k"))
    assert (done.positions, done.answer) == ([], b"answer k")
    assert (await log.append(commit(key="k"))).replayed is True


# Tracking


async def test_tracking_and_events_stand_or_fall_together(log: EventLog) -> None:
    await log.append(Commit(events=[event("a", 1)], tracking=Tracking("projection", 7)))
    for position in (7, 6):
        with pytest.raises(StaleTracking):
            await log.append(Commit(events=[event("b", 1)], tracking=Tracking("projection", position)))
    assert await log.select_events("b") == []
    assert await log.max_tracking_id("projection") == 7
    assert await log.max_tracking_id("unknown") is None


async def test_tracking_is_checked_within_one_batch(log: EventLog) -> None:
    results = await appended(
        log,
        Commit(events=[event("a", 1)], tracking=Tracking("p", 1)),
        Commit(events=[event("b", 1)], tracking=Tracking("p", 1)),
        Commit(events=[event("c", 1)], tracking=Tracking("p", 2)),
    )
    assert kinds(results) == [Appended, StaleTracking, Appended]
    assert await log.max_tracking_id("p") == 2


async def test_two_processes_that_track_the_same_position_first_do_it_once(
    pg_dsn: str, log: EventLog
) -> None:
    async with connect(pg_dsn) as other:
        for n in range(20):
            results = await asyncio.gather(
                log.append(Commit(events=[event(f"a{n}", 1)], tracking=Tracking(f"p{n}", 1))),
                other.append(Commit(events=[event(f"b{n}", 1)], tracking=Tracking(f"p{n}", 1))),
                return_exceptions=True,
            )
            assert sorted(kinds(results), key=str) == sorted([Appended, StaleTracking], key=str)
