"""Handing in: what is examined without any key, and that every refusal is recorded and receipted (R-BID-01…05)."""

from typing import Any

import msgspec
import pytest

from bidding.application.bids import PURPOSE, all_bids
from bidding.application.platform import Call, Plan
from bidding.application.ports import UploadFacts
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.receipt import verify_receipt, verify_refusal
from bidding.crypto.signing import MANIFEST_LABEL, Signed, sign
from bidding.domain.bid.commands import Submit, Withdraw
from bidding.domain.bid.events import BidRefused
from bidding.domain.command import Facts
from bidding.domain.errors import Invalid
from bidding.domain.lot import Lot
from bidding.domain.opening.commands import Close
from bidding.domain.parties import Role
from tests.application.bidding_day import Day, changed, form
from tests.application.house import LOT, House
from tests.domain.opening.hall import MS, T0


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin("a", "b")
    made.seal("a")
    return made


async def refused(day: Day, command: Submit, name: str = "a") -> tuple[str, str]:
    """Code and envelope of the refusal that was raised, recorded and signed."""
    with pytest.raises(Invalid) as raised:
        await day.house.give(command, day.actors[name])
    last = (await day.house.platform.journal.load(f"bid-{LOT}-{name}"))[-1].event
    assert isinstance(last, BidRefused)
    assert raised.value.code == "bid-" + last.code.lower().replace("_", "-")
    receipt = Signed(last.receipt.encode(), unb64(last.receipt_signature))
    said = verify_refusal(receipt, day.house.keyring.receipt_key("live").public)
    assert (said.code, said.receipt_number) == (last.code, last.receipt_number)
    assert (await day.house.bids.bid(LOT, name)).effective is None
    return last.code, last.envelope


async def test_a_sound_bid_is_received_under_a_receipt_of_the_platform(day: Day) -> None:
    outcome = await day.house.give(day.command("a", await day.bring("a")), day.actors["a"])
    answer = msgspec.json.decode(outcome.answer)
    receipt = Signed(answer["receipt"].encode(), unb64(answer["receipt_signature"]))
    said = verify_receipt(receipt, day.house.keyring.receipt_key("live").public)
    assert (said.lot, said.bidder, said.uscc, said.bid_version) == (LOT, "a", "USCC-a", 1)
    bid = await day.house.bids.bid(LOT, "a")
    assert bid.effective is not None
    assert said.manifest_hash == bid.effective.manifest_hash
    assert outcome.version == (await day.house.platform.load(LOT)).version  # the lot has not changed


async def test_a_manifest_of_another_form_is_malformed(day: Day) -> None:
    said = sign(MANIFEST_LABEL, form(), day.devices["a"].signing.private)
    command = Submit(manifest=said.payload.decode(), manifest_signature=b64(said.signature), uploads={})
    assert await refused(day, command) == ("MALFORMED", "")


async def test_a_manifest_signed_by_another_is_refused(day: Day) -> None:
    assert await refused(day, day.command("a", await day.bring("a"), signer="b")) == ("BAD_SIGNATURE", "")


async def test_a_device_that_was_revoked_signs_nothing(day: Day) -> None:
    party = day.house.register.known["a"]
    device = msgspec.structs.replace(party.credentials[0], revoked="遗失")
    day.house.register.known["a"] = msgspec.structs.replace(party, credentials=(device,))
    assert await refused(day, day.command("a", await day.bring("a"))) == ("BAD_SIGNATURE", "")


async def test_an_envelope_that_has_not_arrived_makes_it_incomplete(day: Day) -> None:
    uploads = {**await day.bring("a"), "technical": "unknown"}
    assert await refused(day, day.command("a", uploads)) == ("INCOMPLETE", "technical")
    (only,) = [{"form": uploads["form"]}]
    assert await refused(day, day.command("a", only)) == ("INCOMPLETE", "technical")


async def test_anothers_upload_does_not_count(day: Day) -> None:
    day.seal("b")
    uploads = {**await day.bring("a"), **{"form": (await day.bring("b"))["form"]}}
    assert await refused(day, day.command("a", uploads)) == ("INCOMPLETE", "form")


@pytest.mark.parametrize(("lot", "purpose"), [("lot-2", PURPOSE), (LOT, "document")])
async def test_what_was_uploaded_for_something_else_is_refused(day: Day, lot: str, purpose: str) -> None:
    uploads = await day.bring("a")
    uploads["form"] = day.house.uploads.bring("a", lot, "form", day.sealed("a", "form"), purpose=purpose)
    assert await refused(day, day.command("a", uploads)) == ("WRONG_LOT", "form")


async def test_envelopes_may_not_change_places(day: Day) -> None:
    uploads = await day.bring("a")
    swapped = {"form": uploads["technical"], "technical": uploads["form"]}
    assert await refused(day, day.command("a", swapped)) == ("WRONG_LOT", "form")


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        ("lot", "lot-2", "WRONG_LOT"),
        ("bidder", "b", "WRONG_BIDDER"),
        ("document_hash", "00" * 32, "WRONG_DOCUMENT_VERSION"),
        ("document_version", 2, "WRONG_DOCUMENT_VERSION"),
        ("bid_version", 2, "WRONG_VERSION"),
        ("supersedes", "00" * 32, "WRONG_VERSION"),
    ],
)
async def test_a_bid_addressed_otherwise_is_refused(day: Day, field: str, value: Any, code: str) -> None:
    day.seal("a", **{field: value})
    assert await refused(day, day.command("a", await day.bring("a"))) == (code, "")


@pytest.mark.parametrize(("field", "code"), [("suite", "WRONG_SUITE"), ("policy", "WRONG_POLICY")])
async def test_an_undeclared_suite_or_policy_is_refused(day: Day, field: str, code: str) -> None:
    manifest = changed(day.folders["a"].manifest, **{field: "other-1"})
    assert await refused(day, day.command("a", await day.bring("a"), manifest)) == (code, "")


async def test_envelopes_other_than_declared_are_refused(day: Day) -> None:
    manifest = day.folders["a"].manifest
    fewer = changed(manifest, envelopes=manifest.envelopes[:1])
    uploads = {"form": (await day.bring("a"))["form"]}
    assert await refused(day, day.command("a", uploads, fewer)) == ("WRONG_ENVELOPES", "")


async def test_a_bid_for_a_key_that_is_not_enrolled_is_refused(day: Day) -> None:
    stranger = DeviceCredential.generate()
    day.seal("a", stranger)
    command = day.command("a", await day.bring("a"), signer="a")
    assert await refused(day, command) == ("WRONG_KEY", "")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"%PDF-1.7 the bid itself" * 400, "PLAINTEXT"),
        (None, "TRUNCATED"),
    ],
)
async def test_a_body_that_is_plain_or_cut_is_refused(day: Day, body: bytes | None, code: str) -> None:
    uploads = await day.bring("a", technical=body or day.sealed("a", "technical")[:-1])
    assert await refused(day, day.command("a", uploads)) == (code, "technical")


@pytest.mark.parametrize(("at", "code"), [(-1, "ROOT_MISMATCH"), (20, "HEADER_MISMATCH")])
async def test_a_body_with_a_changed_byte_is_refused(day: Day, at: int, code: str) -> None:
    body = bytearray(day.sealed("a", "technical"))
    body[at] ^= 1
    uploads = await day.bring("a", technical=bytes(body))
    assert await refused(day, day.command("a", uploads)) == (code, "technical")


async def test_late_is_late_whatever_else_is_wrong_and_is_not_kept(day: Day) -> None:
    uploads = await day.bring("a")
    day.house.clock.instant = T0
    assert await refused(day, day.command("a", uploads)) == ("LATE", "")
    assert sorted(day.house.uploads.discarded) == sorted(uploads.values())


async def test_a_late_try_leaves_the_objects_of_the_bid_in_force_alone(day: Day) -> None:
    uploads = await day.bring("a")
    await day.house.give(day.command("a", uploads), day.actors["a"])
    day.house.clock.instant = T0
    with pytest.raises(Invalid, match="bid-late"):
        await day.house.give(day.command("a", uploads), day.actors["a"])
    assert day.house.uploads.discarded == []


async def test_the_last_millisecond_is_in_time(day: Day) -> None:
    uploads = await day.bring("a")
    day.house.clock.instant = T0 - MS
    await day.house.give(day.command("a", uploads), day.actors["a"])
    assert [one.bidder for one in await all_bids(day.house.platform, LOT)] == ["a"]


async def test_an_envelope_that_was_complete_at_t0_is_late_whenever_it_was_announced(day: Day) -> None:
    uploads = await day.bring("a")
    day.house.clock.instant = T0
    uploads["form"] = day.house.uploads.bring("a", LOT, "form", day.sealed("a", "form"))
    day.house.clock.instant = T0 - MS  # the manifest itself was early
    assert await refused(day, day.command("a", uploads)) == ("LATE", "")


async def test_the_platforms_own_slowness_makes_no_bid_late(
    day: Day, monkeypatch: pytest.MonkeyPatch
) -> None:
    """R-TIME-08: completion of transmission decides, not when the platform is through with its checks."""
    uploads = await day.bring("a")
    day.house.clock.instant = T0 - MS
    honest = day.house.uploads.facts

    async def slow(upload: str, owner: str) -> UploadFacts | None:
        day.house.clock.instant = T0
        return await honest(upload, owner)

    monkeypatch.setattr(day.house.uploads, "facts", slow)
    await day.house.give(day.command("a", uploads), day.actors["a"])
    bid = await day.house.bids.bid(LOT, "a")
    assert bid.effective is not None
    assert bid.effective.completed_at == T0 - MS


async def test_a_withdrawal_during_the_close_is_counted_one_way_only(day: Day) -> None:
    """The close read the bid, then it was withdrawn: it must be decided anew, or the roll differs from the count."""
    for name in ("a", "b"):
        await day.submit(name)
    day.enrol("c", Role.BIDDER)
    await day.submit("c")
    honest = day.house.opening.handlers[Close]
    raced: list[bool] = []

    async def overtaken(lot: Lot, command: Close, call: Call, facts: Facts) -> Plan:
        plan = await honest(lot, command, call, facts)
        if not raced:
            raced.append(True)
            day.house.clock.instant = T0 - MS
            bid = await day.house.bids.bid(LOT, "c")
            assert bid.effective is not None
            withdraw = Withdraw(manifest_hash=bid.effective.manifest_hash)
            await day.house.give(withdraw, day.actors["c"])
            day.house.clock.instant = T0
        return plan

    day.house.platform.handlers[Close] = overtaken
    await day.close()
    lot = await day.house.platform.load(LOT)
    assert lot.opening.received == 2
    assert lot.phase == "failed"


async def test_b64_of_a_signature_is_not_trusted_to_decode(day: Day) -> None:
    command = msgspec.structs.replace(
        day.command("a", await day.bring("a")), manifest_signature=b64(b"x" * 64)
    )
    assert await refused(day, command) == ("BAD_SIGNATURE", "")
    command = msgspec.structs.replace(command, manifest_signature="not base64url!")
    assert (await refused(day, command))[0] in {"MALFORMED", "BAD_SIGNATURE"}
