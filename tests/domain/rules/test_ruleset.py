"""R-GEN-02, R-GEN-03: statutory constants by regime and effective date."""

from collections.abc import Iterator
from datetime import UTC, date, datetime
from importlib import resources
from typing import Any

import msgspec
import pytest

from bidding.application.rulesets import load_rulesets
from bidding.domain.datafile import DataFileError
from bidding.domain.errors import Unknown
from bidding.domain.periods import Unit
from bidding.domain.regime import Regime
from bidding.domain.ruleset import Constant, RuleSet, RuleSetUnknown, by_version, choose
from bidding.domain.rulesetfile import parse_ruleset
from tests.domain.rules.rulesets import ENG, GP

TEXT = (resources.files("bidding.domain") / "rulesets" / "eng-2025-06-01.toml").read_text("utf-8")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


def constants(part: Any, path: str = "") -> Iterator[tuple[str, Constant]]:
    for field in msgspec.structs.fields(part):
        value = getattr(part, field.name)
        if isinstance(value, Constant):
            yield path + field.name, value
        elif isinstance(value, msgspec.Struct):
            yield from constants(value, f"{path}{field.name}.")
        elif isinstance(value, tuple):
            yield from ((f"{path}{field.name}.{place}", one) for place, one in enumerate(value))


@pytest.mark.parametrize(
    ("notice", "version"),
    [
        ("2018-06-01T00:00:00+08:00", "ENG-2018-06-01"),
        ("2025-05-31T23:59:59+08:00", "ENG-2018-06-01"),
        ("2025-05-31T16:00:00+00:00", "ENG-2025-06-01"),
        ("2026-03-31T23:59:59+08:00", "ENG-2025-06-01"),
        ("2026-04-01T00:00:00+08:00", "ENG-2026-04-01"),
    ],
)
def test_the_notice_instant_chooses_the_version_in_beijing_time(notice: str, version: str) -> None:
    assert choose(load_rulesets(), Regime.ENG, at(notice)).version == version


@pytest.mark.parametrize(
    ("notice", "version"),
    [
        ("2022-06-30T23:59:59+08:00", "GP-2017-10-01"),
        ("2022-07-01T00:00:00+08:00", "GP-2022-07-01"),
        ("2025-12-31T23:59:59+08:00", "GP-2025-06-01"),
        ("2026-01-01T00:00:00+08:00", "GP-2026-01-01"),
        ("2030-01-01T00:00:00+08:00", "GP-2026-04-01"),
    ],
)
def test_gp_versions(notice: str, version: str) -> None:
    assert choose(load_rulesets(), Regime.GP, at(notice)).version == version


def test_before_the_first_version_nothing_is_assumed() -> None:
    with pytest.raises(RuleSetUnknown) as refusal:
        choose(load_rulesets(), Regime.ENG, datetime(2018, 5, 31, tzinfo=UTC))
    assert refusal.value.found == {"regime": "ENG", "on": date(2018, 5, 31)}


def test_a_pinned_version_is_found_by_name() -> None:
    assert by_version(load_rulesets(), "GP-2026-01-01").effective_from == date(2026, 1, 1)
    with pytest.raises(Unknown):
        by_version(load_rulesets(), "GP-2026-01-02")


def test_same_idea_other_law() -> None:
    assert (ENG.periods.complaint.n, ENG.periods.complaint.unit) == (10, Unit.DAY)
    assert (GP.periods.query.n, GP.periods.query.unit) == (7, Unit.WORKDAY)
    assert (ENG.periods.withdrawn_deposit_return.unit, GP.periods.withdrawn_deposit_return.unit) == (
        Unit.DAY,
        Unit.WORKDAY,
    )


@pytest.mark.parametrize("rules", load_rulesets(), ids=lambda rules: rules.version)
def test_every_constant_names_its_rule_and_its_article(rules: RuleSet) -> None:
    found = list(constants(rules))
    assert len(found) > 35
    assert [path for path, one in found if not one.rule.startswith("R-") or not one.source] == []


def changed(old: str, new: str) -> set[str]:
    before, after = (dict(constants(by_version(load_rulesets(), version))) for version in (old, new))
    return {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}


LATE = {
    f"late_payment.{name}" for name in ("pay_sme_within", "pay_sme_at_most", "default_daily", "days_per_year")
}
#: What credit raises and lowers (R-NB-SS-02), in the rule sets from 2025 on.
ENG_GRADED = {f"by_credit.{place}" for place in range(7)}
GP_GRADED = {f"by_credit.{place}" for place in range(2)}
CREDIT = {f"credit_repair.{name}" for name in ("minor", "general", "serious")}


@pytest.mark.parametrize(
    ("old", "new", "difference"),
    [
        ("ENG-2018-06-01", "ENG-2025-06-01", LATE | ENG_GRADED),
        ("ENG-2025-06-01", "ENG-2026-04-01", CREDIT),
        (
            "GP-2017-10-01",
            "GP-2022-07-01",
            {"scoring.small_micro", "scoring.consortium", "scoring.consortium_share"},
        ),
        ("GP-2022-07-01", "GP-2025-06-01", LATE | GP_GRADED),
        ("GP-2025-06-01", "GP-2026-01-01", {"scoring.domestic"}),
        ("GP-2026-01-01", "GP-2026-04-01", CREDIT),
    ],
)
def test_a_version_changes_what_its_law_changed_and_nothing_else(
    old: str, new: str, difference: set[str]
) -> None:
    assert changed(old, new) == difference


@pytest.mark.parametrize(
    ("wrong", "instead", "key"),
    [
        (
            "notice_to_deadline = { n = 20,",
            'notice_to_deadline = { n = "20",',
            "periods.notice_to_deadline.n",
        ),
        ("contract = { n = 30,", "contract = { n = -1,", "periods.contract.n"),
        ("report_to_supervisor", "report_to_nobody", "periods.report_to_nobody"),
        ("cap_goods = { fen = 80_0000_00, ", "cap_goods = { ", "bonds.cap_goods.fen"),
        ('value = "2/3"', 'value = "two thirds"', "committee.expert_share.value"),
        ("[counts]", "[count]", "count"),
        ('regime = "ENG"', 'regime = "NO"', "regime"),
    ],
)
def test_a_damaged_file_is_refused_naming_line_and_key(wrong: str, instead: str, key: str) -> None:
    assert wrong in TEXT
    damaged = TEXT.replace(wrong, instead, 1)
    with pytest.raises(DataFileError) as error:
        parse_ruleset(damaged)
    expected = damaged[: damaged.index(instead)].count("\n") + 1
    assert (error.value.key, error.value.line) == (key, expected)
    assert f"line {expected}, key {key}" in str(error.value)


@pytest.mark.parametrize(
    ("wrong", "instead", "fault"),
    [
        ('factor = "0.5"', 'factor = "1.5"', "does not lower"),
        ('action = "RAISE"', 'action = "LOWER"', "only a list of offenders raises"),
        ('action = "PRIORITY"', 'action = "PRIORITY"\ncharge = "BID_DEPOSIT"', "a priority is none"),
        ("months = 12", "months = 37", "<= 36"),
        ("months = 12", "", "missing required field `months`"),
        ('source = "国发〔2016〕33号 七; 发改法规〔2023〕27号 [M]"', 'source = " "', "without a legal basis"),
        ('list = "CUSTOMS_AEO"', 'list = "RED"', "Invalid enum value"),
        ('list = "TAX_SERIOUS"', 'list = "SERIOUS"', "a line twice"),
    ],
)
def test_no_effect_of_credit_without_basis_and_end_and_the_line_is_named(
    wrong: str, instead: str, fault: str
) -> None:  # R-NB-SS-02
    assert wrong in TEXT
    damaged = TEXT.replace(wrong, instead, 1)
    with pytest.raises(DataFileError, match=fault) as error:
        parse_ruleset(damaged)
    rows = TEXT[: TEXT.index(wrong, TEXT.index("[[by_credit]]"))]
    assert error.value.key.startswith(f"by_credit[{rows.count('[[by_credit]]') - 1}]")
    assert rows.count("\n") - 10 < error.value.line <= rows.count("\n") + 1


def test_broken_toml_is_refused_naming_the_line() -> None:
    with pytest.raises(DataFileError) as error:
        parse_ruleset(TEXT.replace("min_bids = ", "min_bids == "))
    assert error.value.line == TEXT[: TEXT.index("min_bids")].count("\n") + 1


def test_a_missing_section_is_refused() -> None:
    cut = TEXT[: TEXT.index("[committee]")]
    with pytest.raises(DataFileError, match="committee"):
        parse_ruleset(cut)


def test_an_unknown_regime_is_named() -> None:
    with pytest.raises(DataFileError, match="regime must be ENG or GP, not 'NO'") as refusal:
        parse_ruleset('regime = "NO"\n')
    assert (refusal.value.line, refusal.value.key) == (1, "regime")
