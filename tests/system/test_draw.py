"""F-20: a third party recomputes K from the record of the private works, and every forged draw is found (R-DRAW-02)."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.keyring import Keyring
from bidding.application.record.format import LotRecord, RecordedEvent
from bidding.application.record.verify import verify_record
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.provider import PlatformKey
from bidding.domain.evaluation import ticketing as t
from bidding.domain.evaluation.events import CommitteeDisclosed
from bidding.domain.event import Event, decode, encode
from bidding.domain.opening import events as e
from bidding.domain.opening.entries import DrawnCoefficient
from tests.system.platforms import Stand
from tests.system.test_record import fault, resealed

PAGE = Path(__file__).parents[2] / "docs" / "draws.md"
#: Thirty lines, the imports and blank lines left out.
LINES = 30


@pytest.fixture(scope="module")
def path(performances: list[dict[str, Any]]) -> Path:
    """The exported record of scenario 5, whose base floats by a drawn K."""
    return Path(performances[4]["record"])


@pytest.fixture(scope="module")
def record(path: Path) -> LotRecord:
    return parse_canonical(path.read_bytes(), LotRecord)


@pytest.fixture(scope="module")
def key(stand: Stand) -> PlatformKey:
    keyring: Keyring = stand.service.keyring
    return keyring.receipt_key("test")


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What docs/draws.md tells a third party to run."""
    return programs(tmp_path_factory.mktemp("draw"))[0]


@pytest.fixture(scope="module")
def experts(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same for the experts."""
    return programs(tmp_path_factory.mktemp("experts"))[1]


def programs(folder: Path) -> list[Path]:
    found = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    files = [folder / f"{number}.py" for number, _ in enumerate(found)]
    for file, text in zip(files, found, strict=True):
        file.write_text(text, encoding="utf-8")
    return files


def recompute(program: Path, record: Path) -> subprocess.CompletedProcess[str]:
    """In an interpreter without anything installed."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(program), str(record)], capture_output=True, text=True, check=False
    )


def coefficients(record: LotRecord) -> tuple[DrawnCoefficient, ...]:
    states = {one.topic: one.state for one in record.events}
    found = decode(e.CoefficientsDrawn.TOPIC, states[e.CoefficientsDrawn.TOPIC].encode())
    assert isinstance(found, e.CoefficientsDrawn)
    return found.drawn


def forged(record: LotRecord, kind: type[Event], change: Callable[[Any], Event], place: int = 0) -> LotRecord:
    """The record with its ``place``-th event of this kind altered."""
    at = [number for number, one in enumerate(record.events) if one.topic == kind.TOPIC][place]
    events = list(record.events)
    state = encode(change(decode(kind.TOPIC, events[at].state.encode()))).decode()
    events[at] = msgspec.structs.replace(events[at], state=state)
    return msgspec.structs.replace(record, events=tuple(events))


def test_thirty_lines_of_anybodys_python_compute_the_coefficient(
    program: Path, path: Path, record: LotRecord
) -> None:
    done = recompute(program, path)
    assert done.returncode == 0, done.stderr
    assert done.stdout == f"k = {coefficients(record)[0].value}\n"
    lines = [line for line in program.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= LINES


def test_the_verifier_computes_it_too(path: Path, key: PlatformKey, record: LotRecord) -> None:
    checks = verify_record(path.read_bytes(), key.public)
    assert all(one.ok for one in checks)
    names = [one.name for one in checks if one.name.startswith("draw:")]
    assert f"k = {coefficients(record)[0].value} follows" in names[-1]


def test_another_coefficient_is_found(
    record: LotRecord, key: PlatformKey, program: Path, tmp_path: Path
) -> None:
    def other(event: e.CoefficientsDrawn) -> Event:
        (one,) = event.drawn
        value = "0.01" if one.value != "0.01" else "0.02"
        return msgspec.structs.replace(event, drawn=(msgspec.structs.replace(one, value=value),))

    lie = forged(record, e.CoefficientsDrawn, other)
    assert fault(resealed(lie, key), key.public).name == "draw"
    file = tmp_path / "record.json"
    file.write_bytes(canonical(lie))
    assert recompute(program, file).returncode != 0


@pytest.mark.parametrize("place", [0, 1, 2])
def test_another_nonce_and_another_beacon_are_found(record: LotRecord, key: PlatformKey, place: int) -> None:
    lie = forged(
        record, e.DrawRevealed, lambda event: msgspec.structs.replace(event, value=b64(bytes(32))), place
    )
    found = fault(resealed(lie, key), key.public)
    assert (found.name, "not what it committed to" in found.fault) == ("draw", True)


def test_a_bid_left_out_of_the_frozen_set_is_found(record: LotRecord, key: PlatformKey) -> None:
    lie = forged(record, e.DrawOpened, lambda event: msgspec.structs.replace(event, bids=event.bids[1:]))
    assert "other bids or nonces" in fault(resealed(lie, key), key.public).fault


def test_a_reveal_said_to_be_missed_is_found(record: LotRecord, key: PlatformKey) -> None:
    """The platform drops the last reveal and puts its absence in its place: the coefficient no longer follows."""

    def missed(one: RecordedEvent) -> RecordedEvent:
        event = decode(one.topic, one.state.encode())
        assert isinstance(event, e.DrawRevealed)
        lie = e.DrawRevealMissed(source=event.source, at=event.at, until=event.until)
        return msgspec.structs.replace(one, topic=lie.TOPIC, state=encode(lie).decode())

    last = max(n for n, one in enumerate(record.events) if one.topic == e.DrawRevealed.TOPIC)
    events = tuple(missed(one) if n == last else one for n, one in enumerate(record.events))
    assert fault(resealed(msgspec.structs.replace(record, events=events), key), key.public).name == "draw"


def test_a_commitment_after_the_deadline_is_found(record: LotRecord, key: PlatformKey) -> None:
    """Moved behind the close, as somebody would who wants to commit when the bids are known."""
    events = list(record.events)
    at = next(n for n, one in enumerate(events) if one.topic == e.DrawCommitted.TOPIC)
    closed = next(n for n, one in enumerate(events) if one.topic == e.SubmissionClosed.TOPIC)
    moved = events.pop(at)
    events.insert(closed, moved)
    positions = [one.position for one in record.events]
    ordered = tuple(
        msgspec.structs.replace(one, position=position)
        for one, position in zip(events, positions, strict=True)
    )
    found = fault(resealed(msgspec.structs.replace(record, events=ordered), key), key.public)
    assert "committed after the deadline" in found.fault


@pytest.mark.asyncio(loop_scope="session")
async def test_the_price_score_uses_it(stand: Stand, record: LotRecord) -> None:
    """R-SCORE-12: the derivation that a bidder reads names the drawn K."""
    lot = await stand.service.platform.load(record.lot)
    drawn = coefficients(record)[0].value
    assert any(f"抽取的K = {drawn}" in step.text for step in lot.evaluation.base_derivation)


# The experts (R-EVAL-07, F-24)


def tickets(record: LotRecord) -> tuple[str, ...]:
    states = {one.topic: one.state for one in record.events}
    found = decode(t.ExpertsDrawn.TOPIC, states[t.ExpertsDrawn.TOPIC].encode())
    assert isinstance(found, t.ExpertsDrawn)
    return found.drawn


def test_thirty_lines_of_anybodys_python_compute_who_sits(
    experts: Path, path: Path, record: LotRecord
) -> None:
    done = recompute(experts, path)
    assert done.returncode == 0, done.stderr
    assert tuple(done.stdout.split()) == tickets(record)
    lines = [line for line in experts.read_text(encoding="utf-8").splitlines() if line.strip()]
    assert len(lines) <= LINES


def test_the_verifier_computes_who_sits_too(path: Path, key: PlatformKey) -> None:
    names = [one.name for one in verify_record(path.read_bytes(), key.public) if one.ok]
    assert any(name.startswith("experts: the 4 tickets that sit follow") for name in names)


@pytest.mark.asyncio(loop_scope="session")
async def test_the_members_told_at_the_award_are_those_of_the_drawn_tickets(
    stand: Stand, record: LotRecord
) -> None:
    recorded = await stand.service.platform.journal.load(f"lot-{record.lot}")
    (told,) = (one.event for one in recorded if isinstance(one.event, CommitteeDisclosed))
    named = [one for one in told.members if one.ticket]
    assert tuple(one.ticket for one in named) == tickets(record)
    for one in named:
        assert t.ticket_of(record.lot, one.party, bytes.fromhex(one.salt)) == one.ticket


def _other_seats(event: t.ExpertsDrawn) -> Event:
    unseated = next(one for one in event.order if one not in event.drawn)
    return msgspec.structs.replace(event, drawn=(unseated, *event.drawn[1:]))


def _other_order(event: t.ExpertsDrawn) -> Event:
    return msgspec.structs.replace(event, order=event.order[::-1])


def _other_pool(event: t.ExpertDrawOpened) -> Event:
    return msgspec.structs.replace(event, pool=event.pool[1:])


def _other_value(event: t.ExpertDrawRevealed) -> Event:
    return msgspec.structs.replace(event, value=b64(bytes(32)))


@pytest.mark.parametrize(
    ("kind", "change", "place"),
    [
        (t.ExpertsDrawn, _other_seats, 0),
        (t.ExpertsDrawn, _other_order, 0),
        (t.ExpertDrawOpened, _other_pool, 0),
        *((t.ExpertDrawRevealed, _other_value, place) for place in range(3)),
    ],
)
def test_a_forged_draw_of_the_experts_is_found(
    record: LotRecord, key: PlatformKey, kind: type[Event], change: Callable[[Any], Event], place: int
) -> None:
    assert fault(resealed(forged(record, kind, change, place), key), key.public).name == "experts"
