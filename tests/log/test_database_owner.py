"""What the owner of the database alters is exposed, by an audit and by whoever kept a checkpoint or a proof."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from bidding.crypto.canonical import canonical
from bidding.crypto.errors import LogError
from bidding.crypto.log.checkpoint import Checkpoint, open_checkpoint, require_consistent, sign_checkpoint
from bidding.crypto.log.leaf import commitment, event_entry
from bidding.crypto.log.note import NoteKey
from bidding.crypto.log.proof import check_proof
from storage.database import Connection
from storage.errors import ProgrammingError
from tests.log.conftest import IDENTITY, LogHouse

TABLES = ("log_commitments", "log_runs", "log_places", "log_checkpoints")


@pytest.fixture
async def owner(pg_dsn: str) -> AsyncIterator[Connection]:
    """With every trigger out of the way: they are his."""
    connection = await asyncpg.connect(pg_dsn)
    for table in ("events", "log_head", *TABLES):
        await connection.execute(f"ALTER TABLE {table} DISABLE TRIGGER ALL")
    yield connection
    await connection.close()


@pytest.fixture
async def filled(house: LogHouse) -> LogHouse:
    for _ in range(3):
        await house.happen(4, stream="lot-1")
        await house.sequencer.beat()
    assert await house.findings() == []
    return house


#: What the owner does → what the audit says of it, and of which event.
ALTERED = {
    "changed": ("UPDATE events SET state = '{}' WHERE position = 6", ("not the event", 6)),
    "another author": (
        'UPDATE events SET metadata = \'{"actor":"other"}\' WHERE position = 6',
        ("not the event", 6),
    ),
    "another place in its stream": (
        "UPDATE events SET version = 99 WHERE position = 6",
        ("not the event", 6),
    ),
    "back-dated": (
        "UPDATE events SET recorded_at = recorded_at - interval '1 microsecond' WHERE position = 6",
        ("not the event", 6),
    ),
    "back-dated before others": (
        "UPDATE events SET recorded_at = recorded_at - interval '1 hour' WHERE position = 6",
        ("earlier than", 6),
    ),
    "salted anew": (
        "UPDATE events SET salt = decode(repeat('00', 32), 'hex') WHERE position = 6",
        ("not the event", 6),
    ),
    "salt cut": ("UPDATE events SET salt = '' WHERE position = 6", ("not the event", 6)),
    "removed": ("DELETE FROM events WHERE position = 6", ("is missing", 6)),
    "reordered": (
        "UPDATE events SET position = CASE position WHEN 6 THEN 1007 WHEN 7 THEN 1006 END"
        " WHERE position IN (6, 7); UPDATE events SET position = position - 1000 WHERE position > 1000",
        ("not the event", 6),
    ),
    "removed with its leaf": (
        "DELETE FROM events WHERE position = 6; UPDATE log_places SET leaves[2] = NULL WHERE first = 5",
        ("no event's and no cover", 0),
    ),
    "inserted before the last": (
        "UPDATE events SET position = 13 WHERE position = 12;"
        "INSERT INTO events SELECT 12, NULL, gen_random_uuid(), 'lot-1', 99, topic, state, metadata, recorded_at,"
        " salt FROM events WHERE position = 11",
        ("not the event", 12),
    ),
    "a leaf given to no event": (
        "UPDATE log_places SET leaves[4] = NULL WHERE first = 9",
        ("without a leaf", 12),
    ),
    "a commitment altered": (
        "UPDATE log_commitments SET hashes = decode(repeat('00', 256), 'hex') WHERE first = 8",
        ("the tree of", 0),
    ),
    "leaves removed": ("DELETE FROM log_commitments WHERE first = 16", ("leaves are missing", 0)),
    "the checkpoint of another tree": (
        "UPDATE log_head SET note = (SELECT note FROM log_checkpoints WHERE size = 16)",
        ("the tree of", 0),
    ),
}


@pytest.mark.parametrize("deed", ALTERED)
async def test_what_the_owner_alters_is_found(filled: LogHouse, owner: Connection, deed: str) -> None:
    statement, (fault, position) = ALTERED[deed]
    await owner.execute(statement)
    if deed == "the checkpoint of another tree":
        await owner.execute(
            "UPDATE log_commitments SET hashes = decode(repeat('00', 256), 'hex') WHERE first = 8"
        )
    found = await filled.findings()
    assert any(fault in one.fault and one.position == position for one in found), found


async def test_an_event_added_with_an_instant_of_the_past_is_found(
    filled: LogHouse, owner: Connection
) -> None:
    await owner.execute(
        "INSERT INTO events SELECT 13, NULL, gen_random_uuid(), 'lot-1', 99, topic, state, metadata,"
        " recorded_at - interval '1 hour', salt FROM events WHERE position = 12"
    )
    await filled.sequencer.beat()
    assert [(one.fault, one.position) for one in await filled.findings()] == [
        ("earlier than the event before it", 13)
    ]


async def test_an_altered_tile_is_found(house: LogHouse, owner: Connection) -> None:
    await house.happen(600)
    await house.sequencer.beat()
    await owner.execute("UPDATE log_runs SET hashes = decode(repeat('00', 64), 'hex')")
    assert [one.fault for one in await house.findings()] == ["tile 0 of level 1 is not that of its leaves"]


async def test_who_rewrites_events_and_leaves_has_no_checkpoint_for_them(
    filled: LogHouse, owner: Connection
) -> None:
    """Even with the secret that makes leaves: the log's signing key is not in the database."""
    await owner.execute("UPDATE events SET state = '{}' WHERE position = 6")
    events = await filled.store.events(0, 20)
    [(_, leaf)] = [one for one in await filled.store.leaves_between(0, 24) if one[0] == 6]
    forged = commitment(canonical(IDENTITY.logged(events[5])), events[5].salt)
    await owner.execute(
        "UPDATE log_commitments SET hashes = overlay(hashes PLACING $1 FROM $2) WHERE first = $3",
        *(forged, leaf % 8 * 32 + 1, leaf // 8 * 8),
    )
    assert [one.fault for one in await filled.findings()] == [
        "the tree of 24 leaves is not the one of a signed checkpoint"
    ]
    with pytest.raises(LogError, match="not the one that its checkpoint"):
        await filled.another().load()


async def test_whoever_kept_a_checkpoint_exposes_a_platform_that_signs_another_history(
    filled: LogHouse, owner: Connection
) -> None:
    """The platform itself conspires: it signs the altered tree."""
    kept = await filled.note()
    await owner.execute("TRUNCATE log_commitments, log_runs, log_places, log_checkpoints")
    await owner.execute("UPDATE log_head SET size = 0, position = 0, note = NULL, beat_at = NULL")
    await owner.execute("UPDATE events SET state = '{}' WHERE position = 6")
    second = filled.another()
    await second.load()
    for _ in range(4):
        await second.beat()
    assert await filled.findings() == []
    assert any("not the one of a signed checkpoint" in one.fault for one in await filled.findings((kept,)))
    old, new = (open_checkpoint(note, IDENTITY.key)[0] for note in (kept, await filled.note()))
    with pytest.raises(LogError, match=r"two histories|rolled back"):
        require_consistent(old, new, await filled.reader.consistency(min(old.size, new.size), new.size))


async def test_a_checkpoint_rolled_back_is_exposed(filled: LogHouse) -> None:
    kept = await filled.note()
    earlier = await filled.store.checkpoint(16)
    assert earlier is not None
    old, new = (open_checkpoint(note, IDENTITY.key)[0] for note in (kept, earlier))
    with pytest.raises(LogError, match="rolled back"):
        require_consistent(old, new, [])
    grown = sign_checkpoint(Checkpoint(IDENTITY.origin, 999, bytes(32)), IDENTITY.private).encoded
    assert any("of which there are 24" in one.fault for one in await filled.findings((grown,)))


async def test_a_proof_from_another_log_and_another_salt_are_refused(filled: LogHouse) -> None:
    events = await filled.store.events(0, 20)
    [(_, leaf)] = [one for one in await filled.store.leaves_between(0, 24) if one[0] == 6]
    [proof] = await filled.reader.proofs([leaf])
    entry = event_entry(IDENTITY.logged(events[5]), events[5].salt)
    assert check_proof(proof, entry, IDENTITY.key).size == 24
    with pytest.raises(LogError):
        check_proof(proof, event_entry(IDENTITY.logged(events[5]), events[6].salt), IDENTITY.key)
    with pytest.raises(LogError):
        check_proof(proof, entry, NoteKey(IDENTITY.origin, bytes(31) + b"\1"))


@pytest.mark.parametrize("table", TABLES)
async def test_the_program_may_not_change_the_tree(filled: LogHouse, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}"):
        with pytest.raises(ProgrammingError):
            await filled.log.database.execute(statement)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE log_head SET size = size - 1",
        "UPDATE log_head SET size = size",
        "UPDATE log_head SET size = size + 1, position = 0",
        "DELETE FROM log_head",
    ],
)
async def test_nor_take_its_head_back(filled: LogHouse, statement: str) -> None:
    with pytest.raises(ProgrammingError):
        await filled.log.database.execute(statement)
