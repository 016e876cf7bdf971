"""R-CRED-05 扫码: a challenge goes one way, once, within its two minutes, by one device and with the PC's number."""

from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
import pytest

from bidding.domain.errors import Refusal
from bidding.domain.registration.scan import (
    LIFE,
    Confirmation,
    Scan,
    Stage,
    collectable,
    confirmed,
    declined,
    number_of,
    opened,
)

NOW = datetime(2026, 5, 11, 1, tzinfo=UTC)
END = NOW + LIFE
ORIGIN = "https://bidding.example"
ME = ("a" * 24, "b" * 64)
SIGN_IN = Scan(
    challenge="c" * 43,
    action="session/login",
    digest="d" * 64,
    origin=ORIGIN,
    expires_at=END,
    number="47",
)
ACT = msgspec.structs.replace(
    SIGN_IN, action="contract/sign", lot="lot", party=ME[0], credential=ME[1], statement="{}"
)


def says(scan: Scan, **changed: Any) -> Confirmation:
    fields = {name: getattr(scan, name) for name in Confirmation.__struct_fields__}
    return Confirmation(**(fields | changed))


def refusal(run: Any, *arguments: Any) -> str:
    with pytest.raises(Refusal) as caught:
        run(*arguments)
    assert caught.value.rule == "R-CRED-05"
    return caught.value.code


def on_the_phone(scan: Scan) -> Scan:
    return opened(scan, *ME, ORIGIN, NOW)


def test_it_lives_120_seconds_at_most() -> None:
    assert timedelta(0) < LIFE <= timedelta(seconds=120)


def test_a_sign_in_is_confirmed_by_whoever_opened_it() -> None:
    seen = on_the_phone(SIGN_IN)
    assert (seen.party, seen.credential, seen.stage) == (*ME, Stage.OPENED)
    done = confirmed(seen, says(seen), *ME, "", NOW)
    assert done.stage is Stage.CONFIRMED
    assert collectable(done, NOW)


def test_an_act_brings_its_own_signature_and_a_sign_in_none() -> None:
    act, sign_in = on_the_phone(ACT), on_the_phone(SIGN_IN)
    assert confirmed(act, says(act), *ME, "signature", NOW).signature == "signature"
    assert refusal(confirmed, act, says(act), *ME, "", NOW) == "scan-altered"
    assert refusal(confirmed, sign_in, says(sign_in), *ME, "signature", NOW) == "scan-altered"


def test_it_is_opened_once() -> None:
    assert refusal(opened, on_the_phone(SIGN_IN), *ME, ORIGIN, NOW) == "scan-opened-already"


def test_another_origin_opens_nothing() -> None:
    assert refusal(opened, SIGN_IN, *ME, "https://bidding.example.evil", NOW) == "scan-of-another-origin"


@pytest.mark.parametrize("other", [("e" * 24, ME[1]), (ME[0], "e" * 64)])
def test_an_act_is_for_the_device_that_the_pc_is_logged_in_with(other: tuple[str, str]) -> None:
    assert refusal(opened, ACT, *other, ORIGIN, NOW) == "scan-for-another-device"


@pytest.mark.parametrize("other", [("e" * 24, ME[1]), (ME[0], "e" * 64)])
def test_who_opened_it_confirms_or_declines_it(other: tuple[str, str]) -> None:
    seen = on_the_phone(SIGN_IN)
    assert refusal(confirmed, seen, says(seen), *other, "", NOW) == "scan-for-another-device"
    assert refusal(declined, seen, *other, NOW) == "scan-for-another-device"


@pytest.mark.parametrize(
    "changed",
    [
        {"challenge": "x" * 43},
        {"action": "contract/sign"},
        {"digest": "e" * 64},
        {"origin": "https://other.example"},
        {"expires_at": END + timedelta(seconds=1)},
    ],
    ids=lambda one: next(iter(one)),
)
def test_everything_that_the_challenge_says_is_signed(changed: dict[str, Any]) -> None:
    seen = on_the_phone(SIGN_IN)
    assert refusal(confirmed, seen, says(seen, **changed), *ME, "", NOW) == "scan-altered"


def test_a_wrong_number_ends_it() -> None:
    seen = on_the_phone(SIGN_IN)
    dead = confirmed(seen, says(seen, number="48"), *ME, "", NOW)
    assert refusal(confirmed, dead, says(seen), *ME, "", NOW) == "scan-answered-already"
    assert refusal(collectable, dead, NOW) == "scan-number-wrong"


def test_declined_is_declined() -> None:
    dead = declined(on_the_phone(SIGN_IN), *ME, NOW)
    assert refusal(collectable, dead, NOW) == "scan-declined"
    assert refusal(confirmed, dead, says(dead), *ME, "", NOW) == "scan-answered-already"


def test_nothing_is_confirmed_unseen_or_twice() -> None:
    assert refusal(confirmed, ACT, says(ACT), *ME, "signature", NOW) == "scan-answered-already"
    seen = on_the_phone(ACT)
    done = confirmed(seen, says(seen), *ME, "signature", NOW)
    assert refusal(confirmed, done, says(seen), *ME, "signature", NOW) == "scan-answered-already"


def test_at_its_end_it_is_over_for_everybody() -> None:
    seen = on_the_phone(SIGN_IN)
    done = confirmed(seen, says(seen), *ME, "", END - timedelta(milliseconds=1))
    assert refusal(opened, SIGN_IN, *ME, ORIGIN, END) == "scan-ended"
    assert refusal(confirmed, seen, says(seen), *ME, "", END) == "scan-ended"
    assert refusal(declined, seen, *ME, END) == "scan-ended"
    assert refusal(collectable, done, END) == "scan-ended"


def test_while_it_waits_there_is_nothing_to_collect() -> None:
    assert not collectable(SIGN_IN, NOW)
    assert not collectable(on_the_phone(SIGN_IN), NOW)


def test_the_number_has_two_digits_and_every_one_of_them_occurs() -> None:
    assert {number_of(value.to_bytes(4)) for value in range(90)} == {str(one) for one in range(10, 100)}
