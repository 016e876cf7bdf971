"""R-OPEN-30: the table of alterations that both verifiers share; each fails in the step that the table names."""

import pytest

from bidding.application.record import STEPS, Check, verify_bundle, verify_record
from tests.records.altering import BUNDLE, CASES, KEY, RECORD, altered

ABSENT = {"escrow", "标底", "time-stamps", "log", "on time", "completeness", "checkpoints"}


def checks(case: dict[str, object], data: bytes) -> list[Check]:
    return (verify_bundle if case["of"] == "bundle" else verify_record)(data, KEY.public)


def test_the_played_record_and_bundle_hold_in_every_step() -> None:
    """But for escrow, 标底 and time-stamps, which this tender has none of, and the log: ``test_logged`` has it."""
    named = [one.name.split(":")[0] for one in verify_record(RECORD, KEY.public)]
    assert list(dict.fromkeys(named)) == [step for step in STEPS if step not in ABSENT]
    assert all(one.ok for one in verify_bundle(BUNDLE, KEY.public))


def test_every_step_has_an_alteration_that_only_it_finds() -> None:
    assert {case["step"] for case in CASES} >= set(STEPS) - ABSENT


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_an_alteration_fails_in_its_step(case: dict[str, object]) -> None:
    *before, last = checks(case, altered(case))
    assert all(one.ok for one in before)
    assert not last.ok, "the altered file passes"
    assert last.name.split(":")[0] == case["step"], last.fault
    assert last.fault
