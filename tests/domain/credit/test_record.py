"""Entries of the credit register and their repair (R-CRDT-01, R-NB-SS-02, R-NB-SS-03; F-54)."""

from datetime import UTC, date, datetime, timedelta

import msgspec
import pytest

from bidding.application.credit import effects
from bidding.application.rulesets import load_rulesets
from bidding.domain.command import Facts
from bidding.domain.credit import commands as c
from bidding.domain.credit.events import CreditRepaired
from bidding.domain.credit.lists import CreditList, Listing, Severity, Snapshot, excluded, parse_effects
from bidding.domain.credit.record import Record, attest, evolve, list_unit, repair_unit, replay
from bidding.domain.datafile import DataFileError
from bidding.domain.errors import Conflicting, Invalid, Refusal, TooEarly, Unknown
from bidding.domain.parties import Actor
from bidding.domain.regime import Regime
from bidding.domain.ruleset import choose
from tests.domain.opening.hall import SIGNED

NOW = datetime(2026, 6, 9, 1, 0, tzinfo=UTC)
SOUND = "91110000101623741K"
TERMS = choose(load_rulesets(), Regime.ENG, NOW).credit_repair
PLAIN = c.ListUnit(
    uscc=SOUND,
    name="公司",
    list=CreditList.GP_SERIOUS,
    severity=Severity.GENERAL,
    basis=" 财罚〔2026〕1号 ",
    source="中国政府采购网",
    since=date(2026, 5, 31),
)


def facts(now: datetime = NOW) -> Facts:
    return Facts(now=now, actor=Actor(party="bureau"), signed=SIGNED, random=bytes)


def entered(**changes: object) -> Record:
    return replay(list_unit(Record(), msgspec.structs.replace(PLAIN, **changes), facts(), TERMS))


def refused(**changes: object) -> Refusal:
    with pytest.raises(Refusal) as caught:
        entered(**changes)
    return caught.value


def repaired(record: Record, now: datetime, **changes: object) -> Record:
    command = c.RepairUnit(uscc=SOUND, listing=record.entries[0].listing, basis="修复决定")
    changed = msgspec.structs.replace(command, **changes)
    for event in repair_unit(record, changed, facts(now), TERMS):
        record = evolve(record, event)
    return record


def test_an_entry_has_its_basis_its_source_and_by_default_the_longest_term() -> None:
    (entry,) = entered().entries
    assert (entry.basis, entry.source, entry.until) == (
        "财罚〔2026〕1号",
        "中国政府采购网",
        date(2027, 5, 31),
    )
    assert entered(severity=Severity.MINOR).entries[0].until == date(2026, 8, 31)
    assert entered(severity=Severity.SERIOUS).entries[0].until == date(2029, 5, 31)


def test_a_term_of_months_ends_on_the_last_day_of_a_shorter_month() -> None:
    assert entered(severity=Severity.MINOR, since=date(2026, 11, 30)).entries[0].until == date(2027, 2, 28)
    assert entered(severity=Severity.GENERAL, since=date(2028, 2, 29)).entries[0].until == date(2029, 2, 28)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"basis": "  "}, "listing-without-basis"),
        ({"source": " "}, "listing-without-basis"),
        ({"uscc": SOUND.lower()}, "credit-uscc-format"),
        ({"until": date(2027, 6, 1)}, "listing-too-long"),
        ({"until": date(2026, 5, 30)}, "listing-too-long"),
    ],
)
def test_no_effect_without_basis_and_none_beyond_the_term(changes: dict[str, object], code: str) -> None:
    assert refused(**changes).code == code


def test_a_courts_list_has_the_end_that_the_court_gives() -> None:
    (entry,) = entered(list=CreditList.JUDGMENT_DEFAULTER, until=date(2030, 1, 1)).entries
    assert entry.until == date(2030, 1, 1)


def test_before_the_repair_rules_an_entry_says_its_end_itself() -> None:  # R-GEN-03: 36号令 from 2026-04-01
    with pytest.raises(Invalid, match="listing-without-end"):
        list_unit(Record(), PLAIN, facts(), None)
    assert list_unit(Record(), msgspec.structs.replace(PLAIN, until=date(2040, 1, 1)), facts(), None)


def test_one_decision_is_entered_once_per_list() -> None:
    record = entered()
    with pytest.raises(Conflicting, match="listed-already"):
        list_unit(record, PLAIN, facts(), TERMS)
    assert list_unit(record, msgspec.structs.replace(PLAIN, list=CreditList.SERIOUS), facts(), TERMS)


def test_an_entry_has_effect_from_its_first_to_its_last_day_in_beijing() -> None:
    record = entered(until=date(2026, 8, 31))
    begins, ends = datetime(2026, 5, 30, 16, tzinfo=UTC), datetime(2026, 8, 31, 16, tzinfo=UTC)
    assert not record.standing(begins - timedelta(milliseconds=1))
    assert record.standing(begins)
    assert record.standing(ends - timedelta(milliseconds=1))
    assert not record.standing(ends)


def test_a_repair_lifts_at_once_and_the_history_stays() -> None:
    record = entered()
    after = repaired(record, datetime(2026, 8, 30, 16, tzinfo=UTC))  # three months on, in Beijing
    assert not after.standing(NOW)
    (entry,) = after.entries
    assert (entry.repaired_by, entry.basis) == ("修复决定", "财罚〔2026〕1号")
    with pytest.raises(Conflicting, match="repaired-already"):
        repaired(after, NOW)


def test_a_repair_says_whose_it_is_by_whom_and_when() -> None:
    at = datetime(2026, 8, 30, 16, tzinfo=UTC)
    record = entered()
    command = c.RepairUnit(uscc=SOUND, listing=record.entries[0].listing, basis=" 修复决定 ")
    (event,) = repair_unit(record, command, facts(at), TERMS)
    assert isinstance(event, CreditRepaired)
    assert (event.uscc, event.by, event.at, event.basis) == (SOUND, "bureau", at, "修复决定")


def test_not_before_the_shortest_term_unless_the_source_shows_it() -> None:
    record = entered()
    early = datetime(2026, 8, 30, 15, 59, tzinfo=UTC)
    with pytest.raises(TooEarly) as caught:
        repaired(record, early)
    assert caught.value.found == {"earliest": date(2026, 8, 31)}
    assert not repaired(record, early, shown_by_source=True).standing(early)  # 信用中国 prevails


def test_a_court_closes_its_case_at_any_time() -> None:
    record = entered(list=CreditList.JUDGMENT_DEFAULTER)
    assert not repaired(record, NOW, basis="结案通知书").standing(NOW)


def test_a_repair_has_a_basis_and_a_record_to_lift() -> None:
    with pytest.raises(Invalid, match="repair-without-basis"):
        repaired(entered(), NOW, basis=" ", shown_by_source=True)
    with pytest.raises(Unknown, match="no-such-listing"):
        repaired(entered(), NOW, listing="another")


# R-NB-SS-02: what a list does


def listed(kind: CreditList, until: date = date(2027, 1, 1)) -> Snapshot:
    listing = Listing(listing="1", list=kind, basis="文号", since=date(2026, 1, 1), until=until)
    return Snapshot(
        party="a", uscc=SOUND, name="公司", source="s", at=NOW, valid_until=NOW, listings=(listing,)
    )


@pytest.mark.parametrize(
    ("kind", "eng", "gp"),
    [
        (CreditList.GP_SERIOUS, False, True),
        (CreditList.TAX_SERIOUS, False, True),
        (CreditList.JUDGMENT_DEFAULTER, True, True),
        (CreditList.SERIOUS, False, False),
    ],
)
def test_each_list_shuts_out_where_a_law_says_so_and_nowhere_else(
    kind: CreditList, eng: bool, gp: bool
) -> None:
    for regime, bars in ((Regime.ENG, eng), (Regime.GP, gp)):
        assert (excluded([listed(kind)], regime, effects(), NOW) != {}) is bars
        effect = effects().of(kind, regime)
        assert (effect is not None) is bars
        assert effect is None or effect.basis


def test_a_listing_that_has_ended_since_the_look_up_shuts_nobody_out() -> None:
    assert excluded([listed(CreditList.GP_SERIOUS, date(2026, 6, 8))], Regime.GP, effects(), NOW) == {}


def test_a_table_with_a_line_twice_or_without_a_basis_is_refused() -> None:
    line = '[[effects]]\nlist="SERIOUS"\nregime="GP"\naction="EXCLUDE"\nbasis="法"\n'
    assert parse_effects(f"valid_hours = 1\n{line}").validity == timedelta(hours=1)
    with pytest.raises(DataFileError, match="twice") as again:
        parse_effects(f"valid_hours = 1\n{line}{line}")
    assert (again.value.line, again.value.key) == (7, "effects[1]")
    with pytest.raises(DataFileError) as without:
        parse_effects(f"valid_hours = 1\n{line}{line.replace('GP', 'ENG').replace('法', '')}")
    assert (without.value.line, without.value.key) == (11, "effects[1].basis")


@pytest.mark.parametrize("code", [SOUND.lower(), f" {SOUND}"])
def test_a_unit_is_listed_under_its_code_as_it_is_written(code: str) -> None:  # R-CODE-01
    found = refused(uscc=code)
    assert (found.code, found.rule, found.found) == ("credit-uscc-format", "R-CODE-01", {"uscc": code})


def test_what_was_looked_up_by_hand_counts_as_long_as_an_answer_would() -> None:  # R-CRDT-01
    said = c.AttestCredit(uscc=SOUND, source="信用中国", basis=" 打印件1号 ")
    found = effects()
    events = attest(said, facts(), found, ["信用中国"])
    record = replay(events)
    (one,) = record.attested
    assert (one.source, one.valid_until) == ("信用中国", NOW + found.validity)
    assert record.attested_at("信用中国", NOW + found.validity - timedelta(seconds=1)) == one
    assert record.attested_at("信用中国", NOW + found.validity) is None
    assert record.attested_at("企查查", NOW) is None
    with pytest.raises(Unknown, match="no-such-credit-source"):
        attest(said, facts(), found, ["企查查"])
    with pytest.raises(Invalid, match="listing-without-basis"):
        attest(msgspec.structs.replace(said, basis=" "), facts(), found, ["信用中国"])
    with pytest.raises(Invalid, match="credit-uscc-format"):
        attest(msgspec.structs.replace(said, uscc=SOUND.lower()), facts(), found, ["信用中国"])
