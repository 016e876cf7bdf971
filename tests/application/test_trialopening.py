"""The platform opens a bidder's dummy as it will open its bid, and keeps nothing of it (R-OPEN-20, R-GEN-04)."""

from pathlib import Path
from typing import Any

import pytest

from bidding.api.access import is_sealed
from bidding.application.trialopening import SESSION, SUFFIX, Dummy, TrialKeys, TrialOpening
from bidding.crypto.bid import SUFFIX as SEALED
from bidding.crypto.bid import Address, seal_bid, unwrap_ceks
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.manifest import manifest_hash, sign_manifest
from bidding.crypto.release import make_release, sign_release
from bidding.crypto.session import SessionPublic, disclosed_matches
from bidding.domain.errors import Forbidden, Invalid, OutOfOrder, TooEarly
from bidding.domain.opening.entries import AnnouncedForm
from bidding.domain.opening.talking import OPENS_BEFORE
from tests.application.bidding_day import LOT, Day, form
from tests.application.house import House
from tests.domain.opening.hall import MS, T0

DOCUMENTS: dict[str, dict[str, Path]] = {}


class Trial:
    def __init__(self, day: Day) -> None:
        self.day = day
        self.desk = TrialOpening(day.house.platform, day.house.register, day.house.workers)

    def dummy(self, keys: TrialKeys, name: str = "a", *, lot: str = "", signer: str = "") -> Dummy:
        device, signing = self.day.devices[name], self.day.devices[signer or name].signing.private
        address = Address(lot=lot or keys.lot, bidder=name, document_hash="ef" * 32, document_version=1)
        folder = self.day.folder / f"trial-{len(list(self.day.folder.iterdir()))}"
        folder.mkdir()
        made = seal_bid(address, form(), DOCUMENTS, [device.opening.public], folder)
        offices = {
            one.office: parse_canonical(one.announcement.encode(), SessionPublic) for one in keys.offices
        }
        manifest = made.manifest
        release = make_release(
            unwrap_ceks(manifest, device.opening.private, device.opening.public),
            {one.name: manifest.target(one.name) for one in manifest.envelopes},
            offices["agency"],
            offices["supervisor"],
            manifest_hash=manifest_hash(manifest),
        )
        signed, released = sign_manifest(signing, manifest), sign_release(signing, release)
        return Dummy(
            manifest=signed.payload.decode(),
            manifest_signature=b64(signed.signature),
            sealed=b64((folder / f"form{SEALED}").read_bytes()),
            release=released.payload.decode(),
            release_signature=b64(released.signature),
        )

    async def open(self, dummy: Dummy, name: str = "a") -> AnnouncedForm:
        return await self.desk.open(LOT, dummy, self.day.actors[name])


@pytest.fixture
async def trial(house: House, tmp_path: Path) -> Trial:
    day = Day(house, tmp_path)
    await day.begin("a", "b")
    house.clock.instant = T0 - OPENS_BEFORE
    return Trial(day)


async def test_the_platform_reads_in_the_dummy_what_was_sealed(trial: Trial) -> None:
    opened = await trial.open(trial.dummy(await trial.desk.keys(LOT)))
    assert (opened.price_fen, opened.quality) == (form().price_fen, form().quality)


async def test_the_keys_are_everybodys_from_the_start_and_the_same_on_every_machine(trial: Trial) -> None:
    keys = await trial.desk.keys(LOT)
    assert keys == await trial.desk.keys(LOT)
    assert keys.lot == LOT + SUFFIX
    for one in keys.offices:
        public = parse_canonical(one.announcement.encode(), SessionPublic)
        assert (public.lot, public.session, public.office) == (LOT + SUFFIX, SESSION, one.office)
        assert disclosed_matches(unb64(one.forms_key), public.forms)


async def test_nothing_tells_that_or_how_many_tried(trial: Trial) -> None:
    house = trial.day.house
    before = await house.platform.journal.position()
    keys = await trial.desk.keys(LOT)
    for name in ("a", "b"):
        await trial.open(trial.dummy(keys, name), name)
    assert await house.platform.journal.position() == before
    assert is_sealed("/lots/{lot_id}/bid/trial-opening")  # no line in the access log either


async def test_no_bid_is_opened_as_a_dummy(trial: Trial) -> None:
    keys = await trial.desk.keys(LOT)
    with pytest.raises(Invalid, match="trial-takes-dummies"):
        await trial.open(trial.dummy(keys, lot=LOT))


async def test_nobody_tries_with_anothers(trial: Trial) -> None:
    keys = await trial.desk.keys(LOT)
    with pytest.raises(Invalid, match="trial-refused") as refused:
        await trial.open(trial.dummy(keys, "a"), "b")
    assert refused.value.found["finding"] == "signature"
    with pytest.raises(Invalid, match="trial-takes-dummies"):
        await trial.open(trial.dummy(keys, "a", signer="b"), "b")
    with pytest.raises(Forbidden):
        await trial.desk.open(LOT, trial.dummy(keys), trial.day.actors["agency"])


@pytest.mark.parametrize(
    ("part", "finding"),
    [("sealed", "root"), ("release_signature", "signature"), ("manifest_signature", "signature")],
)
async def test_the_first_layer_that_fails_is_named(trial: Trial, part: str, finding: str) -> None:
    dummy = trial.dummy(await trial.desk.keys(LOT))
    broken: dict[str, Any] = {name: getattr(dummy, name) for name in Dummy.__struct_fields__}
    raw = bytearray(unb64(broken[part]))
    raw[-1] ^= 1
    broken[part] = b64(bytes(raw))
    with pytest.raises(Invalid, match="trial-refused") as refused:
        await trial.open(Dummy(**broken))
    assert refused.value.found["finding"] == finding


async def test_it_is_tried_while_the_room_is_open_and_before_the_deadline(trial: Trial) -> None:
    house = trial.day.house
    house.clock.instant = T0 - OPENS_BEFORE - MS
    with pytest.raises(TooEarly, match="room-not-open"):
        await trial.desk.keys(LOT)
    house.clock.instant = T0 - MS
    keys = await trial.desk.keys(LOT)
    dummy = trial.dummy(keys)
    await trial.day.close()
    with pytest.raises(OutOfOrder):
        await trial.open(dummy)
