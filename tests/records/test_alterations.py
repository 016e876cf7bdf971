"""R-OPEN-30: the table of alterations that both verifiers share; each fails in the step that the table names."""

import pytest

from bidding.application.record import STEPS, Check, verify_bundle, verify_record
from bidding.crypto.canonical import canonical
from tests.records.altering import BUNDLE, CASES, FOLDER, HOLDING, KEY, RECORD, altered, key_beside, key_of
from tests.records.proved import FILE as PROVED
from tests.records.proved import proved
from tests.records.stamped import STAMPED, roots

ABSENT = {"escrow", "标底", "time-stamps", "log", "on time", "completeness", "checkpoints"}
UNTRIED = {"标底"}


def checks(case: dict[str, object], data: bytes) -> list[Check]:
    verify = verify_bundle if b'"record":' in data else verify_record
    return verify(data, key_of(case).public, time_roots=roots())


def test_the_played_record_and_bundle_hold_in_every_step() -> None:
    """But for escrow, 标底 and time-stamps, which this tender has none of, and the log: ``test_logged`` has it."""
    named = [one.name.split(":")[0] for one in verify_record(RECORD, KEY.public)]
    assert list(dict.fromkeys(named)) == [step for step in STEPS if step not in ABSENT]
    assert all(one.ok for one in verify_bundle(BUNDLE, KEY.public))


def test_two_tokens_of_an_authority_hold_under_its_root() -> None:
    """R-CRYP-06: one over the close of submission, the other over the first checkpoint that covers it."""
    held = verify_record(STAMPED.read_bytes(), KEY.public, time_roots=roots())
    assert all(one.ok for one in held)
    told = [one.name for one in held if one.name.startswith(("time-stamps", "checkpoints"))]
    assert len(told) == 3
    assert all("under a root that you gave" in one for one in told[:2])
    assert "and 3 bids stood in the log" in told[2]


@pytest.mark.parametrize("name", ["withheld", "alone", "rerun", "spare", "intl-pq", "gm-1"])
def test_played_openings_of_other_policies_and_suites_hold(name: str) -> None:
    """R-BID-06, R-BID-07, R-OPEN-24, R-PAIN-05, R-CRYP-01: tests/system/make_policies.py plays them."""
    folder = FOLDER / "policies"
    checks = verify_bundle((folder / f"{name}.json").read_bytes(), key_beside(folder).public)
    assert [one for one in checks if not one.ok] == []
    assert any(one.name.startswith("forms: ") for one in checks)
    trials = [one for one in checks if "each pair of trustees has opened the test bid" in one.name]
    assert len(trials) == (name in ("withheld", "alone"))


def test_a_bundle_proved_in_a_log_holds_and_says_so() -> None:
    """Made anew, for the log's key and the events are the vectors'."""
    assert canonical(proved()) == PROVED.read_bytes(), "run: python -m tests.records.proved"
    held = verify_bundle(PROVED.read_bytes(), KEY.public)
    assert all(one.ok for one in held)
    assert "disclosed log: 6 of 6 further events proved" in "".join(one.name for one in held)


def test_an_own_bid_behind_the_closing_leaf_is_late_whatever_its_instant() -> None:  # R-TIME-08
    *_, last = verify_bundle(canonical(proved(own=33)), KEY.public)
    assert (last.name, "not before the closing leaf" in last.fault) == ("disclosed log", True), last


def test_every_step_has_an_alteration_that_only_it_finds() -> None:
    assert {case["step"] for case in CASES} >= set(STEPS) - UNTRIED


@pytest.mark.parametrize("case", HOLDING, ids=[case["name"] for case in HOLDING])
def test_what_the_platform_owns_up_to_holds_and_is_told(case: dict[str, object]) -> None:
    """R-BID-08: a lost bid is the platform's fault, and no reason why nothing else of the opening can be checked."""
    done = checks(case, altered(case))
    assert [one for one in done if not one.ok] == []
    assert f"{case['step']}: {case['said']}" in [one.name for one in done]


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_alteration_fails_in_its_step(case: dict[str, object]) -> None:
    *before, last = checks(case, altered(case))
    assert all(one.ok for one in before)
    assert not last.ok, "the altered file passes"
    assert last.name.split(":")[0] == case["step"], last.fault
    assert last.fault
