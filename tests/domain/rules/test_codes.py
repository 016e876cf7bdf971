"""R-CODE-01…05: official code numbers."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from stdnum.iso7064 import mod_37_2

from bidding.domain.codes import (
    USCC_PREFIXES,
    UsccAnswer,
    UsccReason,
    check_uscc,
    is_project_code,
    make_uscc,
    mod_37_2_check,
    org_check,
    unified_deal_code,
)
from bidding.domain.errors import Invalid
from bidding.domain.regions import HUBEI, region_name

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
codes = st.builds(
    make_uscc, st.sampled_from(sorted(USCC_PREFIXES)), st.sampled_from(sorted(HUBEI)), st.integers(0, 999_999)
)


@given(codes)
def test_a_generated_code_is_accepted(code: str) -> None:
    verdict = check_uscc(code)
    assert (verdict.verdict, verdict.reasons, verdict.normalized) == (UsccAnswer.ACCEPT, (), code)


@given(codes, st.integers(8, 17), st.sampled_from(ALPHABET))
def test_one_wrong_character_is_never_accepted(code: str, at: int, char: str) -> None:
    assume(code[at] != char)
    wrong = code[:at] + char + code[at + 1 :]
    assert check_uscc(wrong).verdict is UsccAnswer.NEEDS_AUTHORITY_PROOF
    assert UsccReason.CHECK_CHARACTER in check_uscc(wrong).reasons


@given(st.text(max_size=24))
def test_no_text_makes_the_check_fail_itself(text: str) -> None:
    assert check_uscc(text).verdict is not UsccAnswer.ACCEPT or len(check_uscc(text).normalized) == 18


@pytest.mark.parametrize("prefix", ["A1", "N1", "Y1"])
def test_prefixes_with_letters_are_known(prefix: str) -> None:
    assert check_uscc(make_uscc(prefix, "420902", 7)).verdict is UsccAnswer.ACCEPT


def test_there_are_the_36_prefix_pairs_of_the_standard() -> None:
    assert len(USCC_PREFIXES) == 36
    assert {"93", "A9", "N9"} <= USCC_PREFIXES
    assert not {"94", "22", "36", "N4", "Y2"} & USCC_PREFIXES


@pytest.mark.parametrize(("body", "check"), [("10162374", "1"), ("69769418", "7"), ("00000000", "0")])
def test_organisation_check(body: str, check: str) -> None:
    assert org_check(body) == check


def test_organisation_check_ten_is_x() -> None:
    assert org_check("00000006") == "X", "11 − (6·2 mod 11) = 10"


@pytest.mark.parametrize(
    ("prefix", "region", "serial"), [("99", "420902", 1), ("91", "4209", 1), ("91", "420902", 10**6)]
)
def test_no_code_is_made_of_wrong_parts(prefix: str, region: str, serial: int) -> None:
    with pytest.raises(ValueError, match="no USCC"):
        make_uscc(prefix, region, serial)


@given(st.text("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ", max_size=40))
def test_mod_37_2_verifies_and_equals_the_weighted_form(payload: str) -> None:
    check = mod_37_2_check(payload)
    assert mod_37_2.is_valid(payload + check)
    alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ*"
    weighted = sum(alphabet.index(char) * 2**power for power, char in enumerate(reversed(payload + check)))
    assert weighted % 37 == 1


@pytest.mark.parametrize("payload", ["abc", "A-1", "A*", "１"])
def test_mod_37_2_refuses_other_characters(payload: str) -> None:
    with pytest.raises(Invalid):
        mod_37_2_check(payload)


def test_deal_code_has_33_characters_and_checks_over_its_class() -> None:
    code = unified_deal_code("A01", "91420902MA4900002B", date(2026, 3, 2), 1)
    assert code == "91420902MA4900002B20260302000001" + "N"
    assert len(code) == 33


@pytest.mark.parametrize("code", ["2603-420902-04-01-123456", "2612-420902-04-01-12345X"])
def test_project_codes(code: str) -> None:
    assert is_project_code(code)


@pytest.mark.parametrize(
    "code",
    [
        "2613-420902-04-01-123456",
        "2600-420902-04-01-123456",
        "2603-42090-04-01-123456",
        "260342090204011234567890",
        "2603-420902-04-01-12345",
        "2603-420902-04-01-123456\n",
        "２603-420902-04-01-123456",
    ],
)
def test_what_is_no_project_code(code: str) -> None:
    assert not is_project_code(code)


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("420902", "孝感市孝南区"),
        ("420984", "孝感市汉川市"),
        ("420900", "孝感市"),
        ("422828", "恩施土家族苗族自治州鹤峰县"),
        ("429004", "仙桃市"),
        ("110000", None),
    ],
)
def test_region_names(code: str, name: str | None) -> None:
    assert region_name(code) == name


@pytest.mark.parametrize("serial", [0, 1, 999_999])
def test_a_deal_code_has_six_digits_of_serial(serial: int) -> None:  # R-CODE-05
    code = unified_deal_code("A01", "91110000101623741K", date(2026, 3, 2), serial)
    assert code[18:32] == f"20260302{serial:06d}"
    assert len(code) == 33


@pytest.mark.parametrize("serial", [-1, 1_000_000])
def test_a_serial_that_does_not_fit_makes_no_code(serial: int) -> None:  # R-CODE-05
    with pytest.raises(ValueError, match=f"serial {serial} does not fit"):
        unified_deal_code("A01", "91110000101623741K", date(2026, 3, 2), serial)
    with pytest.raises(ValueError, match=str(serial)):
        make_uscc("91", "420902", serial)
