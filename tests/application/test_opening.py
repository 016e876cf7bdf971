"""What the domain cannot check of an opening: announcements, possession, key releases, form keys, sealed forms."""

import msgspec
import pytest

from bidding.application.bids import bid_stream
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.receipt import verify_receipt
from bidding.crypto.session import answer_possession
from bidding.crypto.signing import Signed
from bidding.domain.command import Command
from bidding.domain.errors import Invalid
from bidding.domain.opening.commands import EndWindow, Import, OrderRelease, PublishRoll
from tests.application.bidding_day import SESSION, Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import MINUTE

NAMES = ("a", "b", "c")


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    """Closed, with three bids, the roll published."""
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin(*NAMES)
    for name in NAMES:
        await made.submit(name)
    await made.close()
    await house.give(PublishRoll(), made.actors["agency"])
    return made


async def finding(day: Day, command: Command, name: str, code: str) -> str:
    with pytest.raises(Invalid, match=code) as raised:
        await day.house.give(command, day.actors[name])
    return str(raised.value.found["finding"])


async def test_the_roll_names_the_device_that_signed(day: Day) -> None:
    roll = (await day.house.platform.load(LOT)).opening.roll
    assert {(one.bidder, one.name, one.uscc) for one in roll} == {(n, f"{n}公司", f"USCC-{n}") for n in NAMES}


async def test_an_office_that_holds_its_keys_is_believed(day: Day) -> None:
    await day.announce_offices()
    keys = (await day.house.platform.load(LOT)).opening.office_keys
    assert {one.office for one in keys} == {"agency", "supervisor"}


async def test_the_challenge_is_answered_by_who_holds_the_keys(day: Day) -> None:
    command = day.announcement("agency")
    forms, evaluation = day.house.opening.challenges(command.announcement.encode())
    keys = day.sessions["agency"]
    public = keys.public(LOT, SESSION, "agency")
    assert b64(answer_possession(keys, public, (unb64(forms), unb64(evaluation)))) == command.possession


async def test_an_announcement_signed_by_another_is_refused(day: Day) -> None:
    other = day.announcement("supervisor").announcement_signature
    command = day.announcement("agency", announcement_signature=other)
    assert await finding(day, command, "agency", "office-keys-refused") == "signature"


@pytest.mark.parametrize("field", ["session", "forms_key", "evaluation_key"])
async def test_an_announcement_of_other_keys_than_the_command_says_is_refused(day: Day, field: str) -> None:
    command = day.announcement("agency", **{field: b64(bytes(32))})
    assert await finding(day, command, "agency", "office-keys-refused") == "announcement"


async def test_keys_copied_from_elsewhere_are_refused(day: Day) -> None:
    command = day.announcement("agency", possession=b64(bytes(32)))
    assert await finding(day, command, "agency", "office-keys-refused") == "possession"


async def test_a_nonce_that_is_no_base64url_is_refused_not_a_failure(day: Day) -> None:
    command = day.announcement("agency", possession="A")
    assert await finding(day, command, "agency", "office-keys-refused") == "signature"


# Key releases


@pytest.fixture
async def ordered(day: Day) -> Day:
    await day.announce_offices()
    await day.house.give(OrderRelease(), day.actors["agency"])
    return day


async def test_a_release_is_receipted(ordered: Day) -> None:
    await ordered.house.give(ordered.release("a"), ordered.actors["a"])
    (released,) = (await ordered.house.platform.load(LOT)).opening.released
    assert released.bidder == "a"


async def test_a_release_signed_by_another_device_is_refused(ordered: Day) -> None:
    command = ordered.release("a", signer="b")
    assert await finding(ordered, command, "a", "release-refused") == "signature"


async def test_a_release_for_another_session_is_refused(ordered: Day) -> None:
    command = ordered.release("a", session="opening-elsewhere")
    assert await finding(ordered, command, "a", "release-refused") == "addressed-elsewhere"


async def test_a_release_of_another_bid_is_refused(ordered: Day) -> None:
    """Sealed by its own device as an earlier version, never handed in."""
    ordered.seal("a", bid_version=2, supersedes="ab" * 32)
    assert await finding(ordered, ordered.release("a"), "a", "release-refused") == "addressed-elsewhere"


# Form keys and import


@pytest.fixture
async def released(ordered: Day) -> Day:
    for name in NAMES:
        await ordered.house.give(ordered.release(name), ordered.actors[name])
    ordered.house.clock.instant += 60 * MINUTE
    await ordered.house.platform.act(LOT, EndWindow())
    return ordered


@pytest.mark.parametrize("wrong", ["supervisor", ""])
async def test_another_form_key_than_the_announced_is_refused(released: Day, wrong: str) -> None:
    command = released.form_key("supervisor")
    if not wrong:
        command = msgspec.structs.replace(command, private_key="A" * 42 + "B")  # not canonical base64url
    assert await finding(released, command, "agency", "form-key-refused|form") == "not-the-announced-key"


async def test_sealed_forms_come_to_opening_in_one_batch(released: Day) -> None:
    for office in ("agency", "supervisor"):
        await released.house.give(released.form_key(office), released.actors[office])
    await released.house.platform.act(LOT, Import())
    imported = (await released.house.platform.load(LOT)).opening.imported
    assert [one.bidder for one in imported if one.opened] == [one.bidder for one in imported]
    assert {one.form.price_fen for one in imported if one.form} == {90_000_000}
    assert len(imported) == len(NAMES)


async def test_one_missing_and_one_damaged_form_do_not_keep_the_third_from_opening(released: Day) -> None:
    keys = {}
    for name in NAMES:
        bid = await released.house.bids.bid(LOT, name)
        assert bid.effective is not None
        keys[name] = next(one.key for one in bid.effective.objects if one.envelope == "form")
    await released.house.platform.objects.delete(keys["a"])
    body = bytearray(released.sealed("b", "form"))
    body[-1] ^= 1
    await released.house.platform.objects.put(keys["b"], bytes(body))
    for office in ("agency", "supervisor"):
        await released.house.give(released.form_key(office), released.actors[office])
    await released.house.platform.act(LOT, Import())
    imported = {one.bidder: one for one in (await released.house.platform.load(LOT)).opening.imported}
    assert {name: (one.opened, one.layer) for name, one in imported.items()} == {
        "a": (False, "root"),
        "b": (False, "root"),
        "c": (True, ""),
    }


async def test_receipts_of_a_test_lot_cannot_pass_for_real_ones(day: Day) -> None:
    last = (await day.house.platform.journal.load(bid_stream(LOT, "a")))[-1].event
    receipt = Signed(getattr(last, "receipt", "").encode(), unb64(getattr(last, "receipt_signature", "")))
    keyring = day.house.keyring
    assert verify_receipt(receipt, keyring.receipt_key("live").public).bidder == "a"
    assert keyring.receipt_key("test").public != keyring.receipt_key("live").public
