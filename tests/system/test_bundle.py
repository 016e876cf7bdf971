"""R-OPEN-30, R-SCORE-01, R-EVAL-05: a bundle holds what was disclosed to its reader, verifies without any platform,
rebuilds the history, and lets its reader compute the scores again as far as they were disclosed."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import pytest_asyncio

from bidding.application.bids import bid_stream
from bidding.application.record import Check, rebuild_bundle, verify_bundle
from bidding.application.record.bundle_format import LABEL, Bundle, BundleSeal, body_of
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.key_file import write_key_file
from bidding.crypto.signing import sign
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.disclosure import SPECTATOR, sight, view, visible
from bidding.domain.event import decode
from bidding.domain.parties import Actor
from tests.system.make_records import supervisor_of
from tests.system.platforms import Stand
from tests.system.test_record import verified

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Works, goods of a public purchaser, works with a draw: each with other scores.
SCENARIOS = (0, 1, 4)


class Known(msgspec.Struct, frozen=True):
    """Lots played to their contract and who looks at each: nobody in particular, agency, winner, supervisor."""

    stand: Stand
    readers: dict[str, dict[str, Actor | None]]

    @property
    def key(self) -> bytes:
        return self.stand.service.keyring.receipt_key("test").public

    def cases(self) -> Iterator[tuple[str, str, Actor | None]]:
        for lot, readers in self.readers.items():
            for name, actor in readers.items():
                yield lot, name, actor

    async def export(self, lot: str, actor: Actor | None) -> bytes:
        return await self.stand.service.bundles.export(lot, actor)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def known(performances: list[dict[str, Any]], stand: Stand) -> Known:
    readers: dict[str, dict[str, Actor | None]] = {}
    for number in SCENARIOS:
        lot = await stand.service.platform.load(performances[number]["lot"])
        parties = {"agency": lot.admission.host, "winner": lot.contract.winner}
        found = {name: await stand.service.identity.party(party) for name, party in parties.items()}
        readers[lot.lot_id] = {
            "anyone": None,
            **{name: party.actor(party.credentials[0].credential) for name, party in found.items()},
            "supervisor": await supervisor_of(stand, lot.lot_id),
        }
    return Known(stand, readers)


def faults(checks: list[Check]) -> list[Check]:
    return [one for one in checks if not one.ok]


def resealed(known: Known, bundle: Bundle) -> bytes:
    """As a lying platform would seal it."""
    body = body_of(bundle.record, bundle.party, bundle.standings, bundle.disclosed, bundle.certificates)
    key = known.stand.service.keyring.receipt_key("test")
    seal = BundleSeal(body=body, signature=b64(sign(LABEL, body, key).signature))
    return canonical(msgspec.structs.replace(bundle, seal=seal))


async def test_every_readers_bundle_verifies(known: Known) -> None:
    for lot, name, actor in known.cases():
        checks = verify_bundle(await known.export(lot, actor), known.key)
        assert faults(checks) == [], (lot, name)
        named = {one.name.split(":")[0] for one in checks}
        assert {"history", "log", "on time", "completeness"} <= named, (lot, name)
        assert ("disclosed log" in named) == (name != "anyone"), (lot, name)


async def test_what_a_bundle_adds_is_proved_in_the_log(known: Known) -> None:
    """R-GEN-05 (20号令 48): what its reader took and was delivered too; a proof left out is missed by whoever trusts a
    log, and another event under the same proof by everybody."""
    trusted = known.stand.service.log.identity.key
    for lot, name, actor in known.cases():
        data = await known.export(lot, actor)
        assert faults(verify_bundle(data, known.key, log_key=trusted)) == [], (lot, name)
        bundle = parse_canonical(data, Bundle)
        assert all(one.leaf is not None for one in bundle.disclosed), (lot, name)
        assert {bool(one.name) for one in bundle.disclosed if one.stream == "reader"} <= {True}
        if name == "winner":
            assert any(one.topic == "bid.received.v1" for one in bundle.disclosed)
        if not bundle.disclosed:
            continue
        first = next(place for place, one in enumerate(bundle.disclosed) if one.leaf is not None)
        bare = _replaced(bundle, first, leaf=None)
        (found,) = faults(verify_bundle(resealed(known, bare), known.key, log_key=trusted))
        assert found.name == "disclosed log"
        assert "has no proof" in found.fault
        later = _replaced(bundle, first, recorded_at="2026-01-01T00:00:00.000Z")
        (found,) = faults(verify_bundle(resealed(known, later), known.key))
        assert (found.name, "another instant" in found.fault) == ("disclosed log", True), found


def _replaced(bundle: Bundle, place: int, **changes: Any) -> Bundle:
    events = list(bundle.disclosed)
    events[place] = msgspec.structs.replace(events[place], **changes)
    return msgspec.structs.replace(bundle, disclosed=tuple(events))


async def test_a_bundle_holds_what_its_reader_may_see_and_nothing_else(known: Known) -> None:
    for lot, name, actor in known.cases():
        recorded, state = await known.stand.service.platform.recorded(lot, actor)
        bundle = parse_canonical(await known.export(lot, actor), Bundle)
        shown = {one.topic for one in bundle.disclosed if one.stream == "lot"}
        mine = sight(actor, state)
        assert shown == {
            one.event.TOPIC
            for one in recorded
            if visible(one.event, mine) and not visible(one.event, SPECTATOR)
        }, name
        own = {one.stream for one in bundle.disclosed} - {"lot"}
        assert own == ({"bid", "reader"} if name == "winner" else set()), name
        if name == "anyone":
            assert not bundle.disclosed
            assert not bundle.certificates


async def test_the_bundle_alone_gives_the_view_that_the_platform_gives(known: Known) -> None:
    """Without a database: the events in the file, folded, are the platform's own view for this reader (F-50)."""
    for lot, name, actor in known.cases():
        recorded, state = await known.stand.service.platform.recorded(lot, actor)
        data = await known.export(lot, actor)
        rebuilt = rebuild_bundle(data)
        assert rebuilt.lot == view(lot, (one.event for one in recorded), sight(actor, state)), name
        if name == "winner" and actor is not None:
            stream = await known.stand.service.platform.journal.load(bid_stream(lot, actor.party))
            assert rebuilt.bid == replay_bid((one.event for one in stream), lot=lot, bidder=actor.party)


async def test_every_reader_computes_the_scores_as_far_as_they_were_disclosed(known: Known) -> None:
    """The price scores of a purchase hang on declarations that are not public (R-SCORE-06): there alone nobody can."""
    expected = {
        "anyone": "valid bids computed again",
        "agency": "computed again from the committee's means",
        "winner": "valid bids computed again",
        "supervisor": "sheets, price scores, totals, ranks and report computed again",
    }
    goods = list(known.readers)[1]
    for lot, name, actor in known.cases():
        said = [
            one.name for one in verify_bundle(await known.export(lot, actor)) if one.name.startswith("scores")
        ]
        if lot == goods and name in ("anyone", "winner"):
            assert said == []
        else:
            assert expected[name] in said[-1]


def _changed(bundle: Bundle, topic: str, change: Any) -> Bundle:
    disclosed = list(bundle.disclosed)
    index = max(number for number, one in enumerate(disclosed) if one.topic == topic)
    state = msgspec.json.decode(disclosed[index].state)
    change(state)
    text = msgspec.json.encode(state, order="sorted").decode()
    decode(topic, text.encode())
    disclosed[index] = msgspec.structs.replace(disclosed[index], state=text, leaf=None)
    return msgspec.structs.replace(bundle, disclosed=tuple(disclosed))


def better_points(state: Any) -> None:
    state["sheets"][0]["bids"][0]["scores"][0]["points"] = "0"


def better_price_score(state: Any) -> None:
    state["scores"][0]["score"] = "1.00"


def better_rank(state: Any) -> None:
    state["ranking"][0]["rank"], state["ranking"][1]["rank"] = 2, 1


def better_total(state: Any) -> None:
    state["ranking"][0]["total"] = "99.99"


def better_means(state: Any) -> None:
    state["ranking"][0]["criteria"][0]["points"] = "29.5"


LIES: list[tuple[str, str, Any]] = [
    ("supervisor", "lot.scores-revealed.v1", better_points),
    ("supervisor", "lot.prices-scored.v1", better_price_score),
    ("supervisor", "lot.bids-ranked.v1", better_rank),
    ("agency", "lot.evaluation-reported.v1", better_rank),
    ("agency", "lot.evaluation-reported.v1", better_total),
    ("agency", "lot.evaluation-reported.v1", better_means),
]


@pytest.mark.parametrize(("reader", "topic", "lie"), LIES, ids=[f"{r}-{c.__name__}" for r, _, c in LIES])
async def test_a_platform_that_lies_about_scores_is_found_by_its_own_bundle(
    known: Known, reader: str, topic: str, lie: Any
) -> None:
    lot = next(iter(known.readers))
    bundle = parse_canonical(await known.export(lot, known.readers[lot][reader]), Bundle)
    found = faults(verify_bundle(resealed(known, _changed(bundle, topic, lie)), known.key))
    assert [one.name for one in found] == ["scores"], found


async def test_events_cannot_be_added_moved_or_shown_to_another_reader(known: Known) -> None:
    lot = next(iter(known.readers))
    bundle = parse_canonical(await known.export(lot, known.readers[lot]["supervisor"]), Bundle)
    first, *others = bundle.disclosed
    far = msgspec.structs.replace(first, after=len(bundle.record.events) + 1)
    for altered in (
        msgspec.structs.replace(bundle, disclosed=(far, *others)),
        msgspec.structs.replace(bundle, disclosed=tuple(reversed(bundle.disclosed))),
        msgspec.structs.replace(bundle, disclosed=(msgspec.structs.replace(first, stream="bid"), *others)),
    ):
        assert [one.name for one in faults(verify_bundle(resealed(known, altered), known.key))] == [
            "disclosed"
        ]
        unsealed = faults(verify_bundle(canonical(altered), known.key))
        assert [one.name for one in unsealed] == ["bundle seal"], "the first seal is for other entries"


async def test_files_beside_the_bundle_are_checked_against_its_roots_and_hashes(
    known: Known, folder: Path
) -> None:
    """The sealed bodies that the bidders kept, put into folders named after them."""
    lot = next(iter(known.readers))
    bundle = await known.export(lot, known.readers[lot]["supervisor"])
    roll = known.stand.service.platform
    state = await roll.load(lot)
    for entry in state.opening.roll:
        (folder / entry.bidder).mkdir()
        events = await roll.journal.load(bid_stream(lot, entry.bidder))
        bid = replay_bid((one.event for one in events), lot=lot, bidder=entry.bidder)
        assert bid.effective is not None
        for one in bid.effective.objects:
            data = b"".join([chunk async for chunk in roll.objects.get(one.key)])
            (folder / entry.bidder / f"{one.envelope}.sealed").write_bytes(data)
    (folder / "notes.txt").write_text("a file of one's own")
    checks = verify_bundle(bundle, known.key, folder)
    assert faults(checks) == []
    assert (
        checks[-1].name
        == f"files: {4 * len(state.opening.roll)} as the bundle says; 1 that it does not speak of"
    )
    path = folder / state.opening.roll[0].bidder / "technical.sealed"
    damaged = bytearray(path.read_bytes())
    damaged[-1] ^= 1
    path.write_bytes(damaged)
    found = faults(verify_bundle(bundle, known.key, folder))
    assert [one.name for one in found] == ["files"]
    assert path.relative_to(folder).as_posix() in found[0].fault


async def test_the_command_verifies_a_bundle_and_says_where_it_fails(known: Known, folder: Path) -> None:
    lot = next(iter(known.readers))
    data = await known.export(lot, None)
    sound, lying = folder / "sound.json", folder / "lying.json"
    sound.write_bytes(data)
    bundle = parse_canonical(data, Bundle)
    lying.write_bytes(canonical(msgspec.structs.replace(bundle, party="somebody")))
    code, said = verified(sound, "--platform-key", b64(known.key))
    assert code == 0, said
    assert "history" in said
    code, said = verified(lying)
    assert code == 1
    assert "✗ bundle seal" in said


async def test_the_command_exports_what_is_disclosed_to_its_key_or_to_anyone(
    known: Known, folder: Path
) -> None:
    """``bidding export`` fetches and verifies at once; ``--for public`` is the spectator's, whoever asks."""
    lot = next(iter(known.readers))
    key = folder / "operator.json"
    write_key_file(key, known.stand.operator.session.device, None)
    for options, disclosed in (
        ((), False),
        (("--key", str(key)), True),
        (("--key", str(key), "--for", "public"), False),
    ):
        out = folder / f"{len(options)}.json"
        done = await asyncio.to_thread(
            subprocess.run,
            [
                sys.executable,
                "-c",
                "from bidding.cli.main import main; main()",
                *("export", lot, "--url", known.stand.api, "--out", str(out), *options),
            ],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        assert "history" in done.stdout
        assert bool(parse_canonical(out.read_bytes(), Bundle).disclosed) is disclosed
