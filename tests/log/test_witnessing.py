"""Checkpoints under a quorum of witnesses: published when enough have seen them, and never two histories."""

import hashlib
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest
from starlette.applications import Starlette
from structlog.testing import capture_logs

from bidding.application.log.ports import Head
from bidding.application.log.reader import LogReader
from bidding.application.log.witnessing import Answer, Away, Witness, Witnessing
from bidding.compose.log import StorageLog
from bidding.compose.settings import Settings
from bidding.compose.witnesses import HttpWitness
from bidding.crypto.credentials import SigningKey
from bidding.crypto.errors import NoteError
from bidding.crypto.log.note import Kind, NoteKey
from bidding.crypto.log.policy import LogPolicy
from bidding.witness.ledger import Ledger
from bidding.witness.mailbox import Mailbox
from bidding.witness.service import witness_app
from tests.log.conftest import IDENTITY, LogHouse

NAMES = ("supervisor.example", "notary.example", "association.example")
KEYS = {name: SigningKey.from_private(hashlib.sha256(name.encode()).digest()) for name in NAMES}


def now() -> datetime:
    return datetime.now(UTC)


def key(name: str) -> NoteKey:
    return NoteKey(name, KEYS[name].public, Kind.COSIGNATURE)


def policy(quorum: int) -> LogPolicy:
    return LogPolicy(log=IDENTITY.key.vkey, witnesses=tuple(key(name).vkey for name in NAMES), quorum=quorum)


class Gone:
    """A witness that does not answer, or answers what it should not."""

    def __init__(self, name: str, answer: Answer | None = None) -> None:
        self.key, self._answer = key(name), answer

    async def ask(self, body: bytes) -> Answer:
        if self._answer is None:
            raise Away("ConnectError")
        return self._answer

    async def close(self) -> None:
        pass


def local(folder: Path, name: str, log: NoteKey) -> HttpWitness:
    """A witness of this log, in this process."""
    transport = httpx2.ASGITransport(app=app(folder, name, log))
    return HttpWitness(key(name), "http://witness", httpx2.AsyncClient(transport=transport))


def app(folder: Path, name: str, log: NoteKey) -> Starlette:
    own = KEYS[name].private
    ledger = Ledger(folder / name, name, own, [log], now)
    return witness_app(ledger, Mailbox(folder / f"{name}.mail", name, own, now), key(name))


@pytest.fixture
async def witnesses(tmp_path: Path) -> AsyncIterator[list[Witness]]:
    found: list[Witness] = [local(tmp_path, name, IDENTITY.key) for name in NAMES]
    yield found
    for one in found:
        await one.close()


def witnessing(house: LogHouse, witnesses: list[Witness], quorum: int) -> Witnessing:
    return Witnessing(house.store, house.gate, house.reader, IDENTITY.key, witnesses, quorum)


async def test_a_checkpoint_is_published_once_the_quorum_has_cosigned_it(
    house: LogHouse, witnesses: list[Witness]
) -> None:
    reader = LogReader(house.store, IDENTITY.key, policy(3))
    await house.happen(3)
    head = await house.sequencer.beat()
    assert await reader.checkpoint() is None, "nobody has seen it yet"
    note = await witnessing(house, witnesses, 3).round()
    assert note is not None
    assert await reader.checkpoint() == note
    assert policy(3).open(note).size == head.size
    (proof,) = await reader.proofs([0])
    assert policy(3).open(proof.checkpoint).size == head.size


async def test_a_growing_log_is_cosigned_round_by_round_and_after_a_restart(
    house: LogHouse, witnesses: list[Witness]
) -> None:
    running = witnessing(house, witnesses, 3)
    for count in (1, 20, 5):
        await house.happen(count)
        await house.sequencer.beat()
        assert await running.round()
    await house.sequencer.beat()
    assert await witnessing(house, witnesses, 3).round(), "who has just started is told where to go on from"


async def test_witnesses_that_are_away_hold_up_what_is_published_and_not_the_log(
    house: LogHouse, witnesses: list[Witness]
) -> None:
    reader = LogReader(house.store, IDENTITY.key, policy(2))
    await house.sequencer.beat()
    first = await witnessing(house, witnesses, 2).round()
    head = await house.sequencer.beat()
    assert await witnessing(house, [witnesses[0], Gone(NAMES[1]), Gone(NAMES[2])], 2).round() is None
    assert await reader.checkpoint() == first
    assert (await house.store.head()).size == head.size
    back = await witnessing(house, [*witnesses[:2], Gone(NAMES[2])], 2).round()
    assert back is not None
    assert policy(2).open(back).size == head.size


@pytest.mark.parametrize(
    "answer",
    [
        Answer(200, b""),
        Answer(200, b"yes\n"),
        Answer(500, b""),
        Answer(409, b"many"),
        Answer(409, b"999999"),
        Answer(302, b""),
    ],
)
async def test_an_answer_that_is_no_cosignature_counts_for_nothing(
    house: LogHouse, witnesses: list[Witness], answer: Answer
) -> None:
    await house.sequencer.beat()
    with capture_logs() as logs:
        running = witnessing(house, [*witnesses[:2], Gone(NAMES[2], answer)], 3)
        assert await running.round() is None
        await running.round()
    alarms = [one for one in logs if one["event"] == "witness.refuses"]
    assert [one["witness"] for one in alarms] == [NAMES[2]], "one alarm, not one a second"


async def test_another_witness_signature_is_not_this_one_s(house: LogHouse, witnesses: list[Witness]) -> None:
    class Borrowed(Gone):
        async def ask(self, body: bytes) -> Answer:
            return await witnesses[0].ask(body)

    await house.sequencer.beat()
    assert await witnessing(house, [witnesses[0], Borrowed(NAMES[1])], 2).round() is None


async def test_a_database_set_back_is_not_cosigned_again(
    house: LogHouse, witnesses: list[Witness], tmp_path: Path
) -> None:
    """A checkpoint rolled back: the platform restored an old backup, and the witnesses remember more than it does."""
    ahead = LogHouse(house.log, house.store, house.objects, house.gate, pace=64)
    await ahead.sequencer.beat()
    old = (await house.store.head()).note
    assert old is not None
    await ahead.sequencer.beat()
    assert await witnessing(house, witnesses, 3).round()

    class Restored(StorageLog):
        """The store, as it was a beat ago."""

        async def head(self) -> Head:
            found = await super().head()
            return Head(size=64, position=0, beat_at=found.beat_at, note=old)

    restored = Restored(house.log)
    with capture_logs() as logs:
        running = Witnessing(restored, house.gate, house.reader, IDENTITY.key, witnesses, 1)
        assert await running.round() is None
    assert {one["witness"] for one in logs if one["event"] == "witness.refuses"} == set(NAMES)


# the policy, as its keeper checks it


async def test_a_policy_takes_no_checkpoint_with_fewer_cosignatures(
    house: LogHouse, witnesses: list[Witness]
) -> None:
    await house.sequencer.beat()
    note = await witnessing(house, witnesses[:2], 2).round()
    assert note is not None
    assert policy(2).open(note).size
    with pytest.raises(NoteError, match="cosigned by 2 witnesses, 3 are wanted"):
        policy(3).open(note)
    twice = LogPolicy(log=IDENTITY.key.vkey, witnesses=(key(NAMES[0]).vkey,) * 2, quorum=2)
    with pytest.raises(NoteError, match="no checkpoint can fulfil"):
        twice.open(note)
    wrong = LogPolicy(log=IDENTITY.key.vkey, witnesses=(IDENTITY.key.vkey,), quorum=1)
    with pytest.raises(NoteError, match="no checkpoint can fulfil"):
        wrong.open(note)


def test_settings_take_verifier_keys_of_witnesses_and_a_quorum_of_them() -> None:
    named = {key(name).vkey: "http://127.0.0.1:9" for name in NAMES}
    assert Settings(witnesses=named).log_policy("log").quorum == 2
    assert Settings(witnesses=named, witness_quorum=3).log_policy("log").quorum == 3
    assert Settings().log_policy("log") == LogPolicy(log="log")
    for wrong in (
        {"witnesses": {"nobody": "x"}},
        {"witnesses": {IDENTITY.key.vkey: "x"}},
        {"witness_quorum": 1},
    ):
        with pytest.raises(ValueError, match=r"verifier key|more than there are"):
            Settings(**wrong)
