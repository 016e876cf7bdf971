"""The exported record: holds as it is, fails with any byte changed, fails in the right check if its maker lies."""

import hashlib
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.keyring import Keyring
from bidding.application.record import Check, verify_record
from bidding.application.record.format import (
    SEAL_LABEL,
    LotRecord,
    RecordedEvent,
    Seal,
    SealBody,
    entries_root,
)
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.log.note import NoteKey
from bidding.crypto.padding import FORM
from bidding.crypto.provider import PlatformKey
from bidding.crypto.signing import sign
from tests.system.make_policies import hand_in_with_spare, imported, spare_taken, under
from tests.system.platforms import Stand
from tests.system.tenders import all_hand_in, closed, tender
from tests.system.test_escrow import released

#: Bytes changed at regular distances, beside all of the seal's.
SAMPLES = 8000


class Exported(msgspec.Struct, frozen=True):
    """A concluded lot's file, its content, and the key that sealed it."""

    data: bytes
    record: LotRecord
    key: PlatformKey

    @property
    def public(self) -> bytes:
        return self.key.public


@pytest.fixture(scope="module")
def exported(performances: list[dict[str, Any]], stand: Stand) -> Exported:
    """Scenario 1: a bid replaced, one withdrawn, one whose keys never came; awarded and contracted."""
    data = Path(performances[0]["record"]).read_bytes()
    keyring: Keyring = stand.service.keyring
    return Exported(data, parse_canonical(data, LotRecord), keyring.receipt_key("test"))


def fault(data: bytes, key: bytes | None) -> Check:
    """The check that fails; the test fails if none does."""
    checks = verify_record(data, key)
    assert not checks[-1].ok, "the record passes"
    assert all(one.ok for one in checks[:-1])
    return checks[-1]


def resealed(record: LotRecord, key: PlatformKey) -> bytes:
    """The record sealed anew, as somebody who holds ``key`` would."""
    record = msgspec.structs.replace(record, platform_key=b64(key.public))
    count, root = entries_root(
        record.authority,
        record.platform_key,
        record.events,
        record.certificates,
        record.receipts,
        record.forms,
        record.log,
    )
    body = SealBody(format=record.format, lot=record.lot, mode=record.mode, entries=count, root=root)
    seal = Seal(body=body, signature=b64(sign(SEAL_LABEL, body, key).signature))
    return canonical(msgspec.structs.replace(record, seal=seal))


def test_the_record_as_exported_holds(exported: Exported) -> None:
    checks = verify_record(exported.data, exported.public)
    assert [one for one in checks if not one.ok] == []
    names = " ".join(one.name for one in checks)
    assert all(
        word in names
        for word in (
            "seal",
            "acts",
            "manifests",
            "receipts",
            "session keys",
            "key releases",
            "forms",
            "table",
        )
    )
    assert all(word in names for word in ("opening record", "candidates", "award notice", "contract"))


def test_the_record_is_proved_in_the_log(exported: Exported, stand: Stand) -> None:
    """R-GEN-05: each event at its place, under a checkpoint that the log's own key has signed."""
    key = stand.service.log.identity.key
    checks = verify_record(exported.data, exported.public, log_key=key)
    assert [one for one in checks if not one.ok] == []
    count = len(exported.record.events)
    assert any(one.name.startswith(f"log: {count} of {count} events proved") for one in checks)
    stranger = NoteKey(key.name, SigningKey.generate().public)
    assert verify_record(exported.data, exported.public, log_key=stranger)[-1].name == "log"


def test_resealing_what_was_not_altered_gives_the_same_file(exported: Exported) -> None:
    assert resealed(exported.record, exported.key) == exported.data


def test_any_one_byte_changed_is_found(exported: Exported) -> None:
    data, step = exported.data, max(1, len(exported.data) // SAMPLES)
    begins = data.rindex(b'"seal":')
    positions = sorted({*range(0, len(data), step), *range(begins, len(data)), 0, len(data) - 1})
    assert len(data) - begins > 200
    missed = _passing(data, positions, exported.public)
    assert missed == []


def _passing(data: bytes, positions: list[int], key: bytes) -> list[int]:
    """Positions at which a changed byte is not noticed: at each, one bit flipped, a different one by place."""
    altered, found = bytearray(data), []
    for position in positions:
        altered[position] ^= 1 << (position % 8)
        if all(one.ok for one in verify_record(bytes(altered), key)):
            found.append(position)
        altered[position] = data[position]
    return found


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data[:-1],
        lambda data: data[: len(data) // 2],
        lambda data: b"",
        lambda data: data + b"\n",
        lambda data: b" " + data,
        lambda data: data + data,
        lambda data: data.replace(b'","', b'", "', 1),
        lambda data: b"\xef\xbb\xbf" + data,
        lambda data: data.replace(b'"format":', b'"format":"x","format":', 1),
        lambda data: data[:-1] + b',"more":1}',
        lambda data: b"[" * 100_000,
        lambda data: b"null",
    ],
)
def test_nothing_can_be_cut_off_or_added(exported: Exported, change: Callable[[bytes], bytes]) -> None:
    assert fault(change(exported.data), exported.public).name == "file"


def test_another_platforms_seal_is_refused(exported: Exported) -> None:
    foreign = resealed(exported.record, SigningKey.generate())
    assert fault(foreign, exported.public).name == "seal"


def test_live_records_are_not_sealed_by_the_test_key(exported: Exported, stand: Stand) -> None:
    assert fault(exported.data, stand.service.keyring.receipt_key("live").public).name == "seal"


# What the platform itself could try, with its own key: the parties' signatures and the released keys stand
# against it.


def altered(record: LotRecord, topic: str, change: Callable[[Any], None]) -> LotRecord:
    """The record with the last event of this topic changed, in canonical form."""
    events = list(record.events)
    index = max(i for i, one in enumerate(events) if one.topic == topic)
    state = msgspec.json.decode(events[index].state)
    change(state)
    events[index] = msgspec.structs.replace(
        events[index], state=msgspec.json.encode(state, order="sorted").decode()
    )
    return msgspec.structs.replace(record, events=tuple(events))


def without(record: LotRecord, topic: str) -> LotRecord:
    return msgspec.structs.replace(record, events=tuple(one for one in record.events if one.topic != topic))


def cheaper(state: Any) -> None:
    opened = next(one for one in state["results"] if one["opened"])
    opened["form"]["price_fen"] -= 100


def announced_cheaper(state: Any) -> None:
    next(row for row in state["table"] if row["form"])["form"]["price_fen"] -= 100


def announced_cheaper_throughout(state: Any) -> None:
    announced_cheaper(state)
    state["table_hash"] = hashlib.sha256(canonical(state["table"])).hexdigest()


def off_the_roll(state: Any) -> None:
    gone = state["roll"].pop()
    state["manifests"] = [one for one in state["manifests"] if one["bidder"] != gone["bidder"]]


def manifest_of_another(state: Any) -> None:
    state["manifests"][0]["manifest"] = state["manifests"][1]["manifest"]
    state["manifests"][0]["signature"] = state["manifests"][1]["signature"]


def later(state: Any) -> None:
    state["received"] += 1


def other_release(state: Any) -> None:
    release = msgspec.json.decode(state["release"])
    release["envelopes"] = list(reversed(release["envelopes"])) if "envelopes" in release else []
    state["release"] = canonical(release).decode()


def other_key(state: Any) -> None:
    state["private_key"] = b64(bytes(range(32)))


def other_reason(state: Any) -> None:
    state["signed"]["statement"] = state["signed"]["statement"].replace('"v":1', '"v":1 ')


def other_record(state: Any) -> None:
    state["record"] += "\n又及"


def other_winner_price(state: Any) -> None:
    state["price_fen"] += 1


LIES: list[tuple[str, str, Callable[[Any], None]]] = [
    ("lot.bids-imported.v1", "forms", cheaper),
    ("lot.prices-announced.v1", "table", announced_cheaper),
    ("lot.prices-announced.v1", "table", announced_cheaper_throughout),
    ("lot.roll-published.v1", "manifests", manifest_of_another),
    ("lot.roll-published.v1", "receipts", off_the_roll),
    ("lot.submission-closed.v1", "receipts", later),
    ("lot.key-released.v1", "key releases", other_release),
    ("lot.form-keys-published.v1", "session keys", other_key),
    ("lot.prices-announced.v1", "acts", other_reason),
    ("lot.opening-ended.v1", "opening record", other_record),
    ("lot.award-notice-issued.v1", "award notice", other_winner_price),
    ("lot.contract-filed.v1", "contract", other_winner_price),
]


@pytest.mark.parametrize(("topic", "check", "lie"), LIES, ids=[f"{t}-{c.__name__}" for t, _, c in LIES])
def test_a_lie_of_the_platform_itself_is_found(
    exported: Exported, topic: str, check: str, lie: Callable[[Any], None]
) -> None:
    found = fault(resealed(altered(exported.record, topic, lie), exported.key), exported.public)
    assert found.name.split(":")[0] == check, found.fault


def swapped_forms(record: LotRecord) -> LotRecord:
    first, second, *others = record.forms
    return msgspec.structs.replace(
        record,
        forms=(
            msgspec.structs.replace(first, body=second.body),
            msgspec.structs.replace(second, body=first.body),
            *others,
        ),
    )


def damaged_form(record: LotRecord) -> LotRecord:
    first, *others = record.forms
    body = bytearray(unb64(first.body))
    body[-1] ^= 1
    return msgspec.structs.replace(
        record, forms=(msgspec.structs.replace(first, body=b64(bytes(body))), *others)
    )


def receipt_missing(record: LotRecord) -> LotRecord:
    return msgspec.structs.replace(record, receipts=record.receipts[1:])


def certificate_missing(record: LotRecord) -> LotRecord:
    """Of the device that signed the first binding act."""
    states = (msgspec.json.decode(one.state) for one in record.events)
    act = next(state["signed"] for state in states if state.get("signed"))
    author = msgspec.json.decode(act["statement"])["credential"]
    kept = tuple(one for one in record.certificates if one.credential != author)
    assert len(kept) == len(record.certificates) - 1
    return msgspec.structs.replace(record, certificates=kept)


def events_swapped(record: LotRecord) -> LotRecord:
    first, second, *others = record.events
    return msgspec.structs.replace(record, events=(second, first, *others))


def event_of_its_own(record: LotRecord) -> LotRecord:
    last = record.events[-1]
    made = RecordedEvent(
        position=last.position + 1, recorded_at=last.recorded_at, topic="lot.made-up.v1", state="{}"
    )
    return msgspec.structs.replace(record, events=(*record.events, made))


def secret_event(record: LotRecord) -> LotRecord:
    last = record.events[-1]
    made = RecordedEvent(
        position=last.position + 1, recorded_at=last.recorded_at, topic="bid.replaced.v1", state="{}"
    )
    return msgspec.structs.replace(record, events=(*record.events, made))


@pytest.mark.parametrize(
    ("change", "check"),
    [
        (swapped_forms, "forms"),
        (damaged_form, "forms"),
        (receipt_missing, "receipts"),
        (certificate_missing, "acts"),
        (events_swapped, "events"),
        (event_of_its_own, "events"),
        (secret_event, "events"),
        (lambda record: without(record, "lot.record-signed.v1"), "opening record"),
        (lambda record: msgspec.structs.replace(record, lot="00000000-0000-4000-8000-000000000000"), "acts"),
    ],
)
def test_entries_cannot_be_swapped_left_out_or_made_up(
    exported: Exported, change: Callable[[LotRecord], LotRecord], check: str
) -> None:
    found = fault(resealed(change(exported.record), exported.key), exported.public)
    assert found.name.split(":")[0] == check, found


def test_the_record_names_nobody_who_is_not_on_the_roll(
    exported: Exported, performances: list[dict[str, Any]]
) -> None:
    """The bidder that withdrew before T0 is nobody's business (R-BID-10)."""
    roll = next(one for one in exported.record.events if one.topic == "lot.roll-published.v1")
    listed = {entry["bidder"] for entry in msgspec.json.decode(roll.state)["roll"]}
    assert {one.bidder for one in exported.record.receipts} == listed
    assert len(performances[0]["steps"]) > 0


# The command that people run.


def verified(file: Path, *arguments: str) -> tuple[int, str]:
    """``bidding verify`` in a process of its own: exit code and what it said."""
    done = subprocess.run(
        [sys.executable, "-c", "from bidding.cli.main import main; main()", "verify", str(file), *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.returncode, done.stdout + done.stderr


def test_the_command_says_by_its_exit_code_whether_a_record_holds(exported: Exported, folder: Path) -> None:
    sound, changed, cut = folder / "sound.json", folder / "changed.json", folder / "cut.json"
    sound.write_bytes(exported.data)
    middle = len(exported.data) // 2
    changed.write_bytes(
        exported.data[:middle] + bytes([exported.data[middle] ^ 1]) + exported.data[middle + 1 :]
    )
    cut.write_bytes(exported.data[:-1])
    key = b64(exported.public)
    assert verified(sound)[0] == 0
    assert verified(sound, "--platform-key", key)[0] == 0
    assert verified(sound, "--platform-key", b64(SigningKey.generate().public))[0] == 1
    assert verified(changed, "--platform-key", key)[0] == 1
    assert verified(cut, "--platform-key", key)[0] != 0


# what the store has lost


@pytest.mark.asyncio(loop_scope="session")
async def test_a_lost_form_takes_no_record_with_it(stand: Stand, folder: Path) -> None:
    """R-BID-08: lost before the import it is the platform's fault, and told; lost afterwards, it is missed."""
    service = stand.service
    async with tender(stand, folder / "play", bidders=3) as play:
        await all_hand_in(play)
        await closed(play)
        offices = await released(play)
        lost, other = (one.member.party for one in play.bidders[:2])
        await service.platform.objects.delete(await _sealed_form(stand, play.lot, lost))
        for office in offices.values():
            await office.publish_form_key()
        await imported(play)
        key = service.keyring.receipt_key("test").public
        held = verify_record(await service.records.export(play.lot), key)
        assert [one for one in held if not one.ok] == []
        assert [one.name for one in held if one.name.startswith("forms: ")] == [
            "forms: 2 opened again with the published keys, with the same result",
            "forms: 1 lost by the platform, as it says itself; the receipts of these bids still bind it",
        ]

        await service.platform.objects.delete(await _sealed_form(stand, play.lot, other))
        missed = fault(await service.records.export(play.lot), key)
        assert (missed.name, missed.fault) == ("forms", f"{other}: its sealed form is not in the record")


@pytest.mark.asyncio(loop_scope="session")
async def test_nor_does_a_lost_spare_file(stand: Stand, folder: Path) -> None:
    """R-PAIN-05, R-BID-08."""
    service = stand.service
    script = under(spare="OTHER_FAULT")
    async with tender(stand, folder / "play", bidders=3, script=script) as play:
        await hand_in_with_spare(play)
        await closed(play)
        offices = await spare_taken(play)
        await service.platform.objects.delete(f"test/spare/{play.lot}/{play.bidders[-1].member.party}.zip")
        for office in offices:
            await office.publish_form_key()
        await imported(play)
        held = verify_record(
            await service.records.export(play.lot), service.keyring.receipt_key("test").public
        )
        assert [one for one in held if not one.ok] == []
        assert any(one.name.startswith("forms: 1 lost by the platform") for one in held)


async def _sealed_form(stand: Stand, lot: str, bidder: str) -> str:
    """Its key among the objects."""
    bid = await stand.service.bids.bid(lot, bidder)
    assert bid.effective is not None
    return next(one.key for one in bid.effective.objects if one.envelope == FORM)
