"""The project's own vectors, and the runner that anybody can point at a file of theirs."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bidding.domain.calendar import STATE_COUNCIL
from tests.vectors.kinds import KINDS
from tests.vectors.runner import calendar_of, result, run_case

FILES = sorted((Path(__file__).parents[2] / "vectors" / "rules").glob("*.json"))
DOCUMENTS: list[dict[str, Any]] = [json.loads(file.read_text(encoding="utf-8")) for file in FILES]
CASES = [
    pytest.param(case, document.get("calendar"), id=case["id"])
    for document in DOCUMENTS
    for case in document["vectors"]
]


@pytest.mark.parametrize(("case", "calendar"), CASES)
def test_vector(case: dict[str, Any], calendar: dict[str, Any] | None) -> None:
    assert run_case(case, calendar_of(calendar)).faults == ()


def test_every_kind_has_cases_and_every_case_an_id_of_its_own() -> None:
    cases = [case for document in DOCUMENTS for case in document["vectors"]]
    assert {case["kind"] for case in cases} == set(KINDS)
    assert len(KINDS) == 22
    assert len({case["id"] for case in cases}) == len(cases)
    assert [document["count"] for document in DOCUMENTS] == [len(d["vectors"]) for d in DOCUMENTS]


def test_a_wrong_expectation_fails_naming_the_field() -> None:
    case = {
        "id": "X",
        "rule": "R-CODE-05",
        "kind": "mod37_2.check",
        "inputs": {"payload": ""},
        "expected": {"check": "2"},
    }
    assert run_case(case, STATE_COUNCIL).faults == ('check: expected "2", found "1"',)


def test_true_is_not_one() -> None:
    case = {
        "id": "X",
        "kind": "committee.time",
        "inputs": {"members": 5, "say_too_short": 2},
        "expected": {"must_extend": 1},
    }
    assert run_case(case, STATE_COUNCIL).faults == ("must_extend: expected 1, found true",)


def test_a_missing_field_of_the_result_fails() -> None:
    case = {
        "id": "X",
        "kind": "mod37_2.check",
        "inputs": {"payload": ""},
        "expected": {"check": "1", "valid": None},
    }
    assert run_case(case, STATE_COUNCIL).faults == ('valid: expected null, found "(absent)"',)


def test_inputs_that_cannot_be_read_fail_and_say_why() -> None:
    case = {"id": "X", "kind": "uscc.check", "inputs": {}, "expected": {}}
    assert run_case(case, STATE_COUNCIL).faults == ("cannot be computed: KeyError: 'code'",)


BID = {"id": "A", "price": "100"}
GP = {"weight": "30", "rates": {"sme": "0.10"}, "min_three": False}
MIXED = {"prices": ["980", "1000"], "limit": "1100", "alpha": "0.01", "beta": "0.04"}
PAID = {"regime": "ENG", "deposit": "PAID", "deadline": "2026-03-31T09:30:00+08:00"}
UPLOADED = [
    {"started": "2026-03-30T09:00:00+08:00", "completed": "2026-03-30T09:01:00+08:00", "encrypted": True}
]
LOT = {"object": "WORKS", "estimate_fen": 100_000_000, "bid_deposit_waived": True}
LATE = {"amount_fen": 1000, "due": "2026-03-02", "paid": "2026-03-12", "lpr_1y": "0.03"}
RANKED = [{"id": "A", "price": 90, "evaluated": "85"}, {"id": "B", "evaluated_price": "80"}]


@pytest.mark.parametrize(
    ("kind", "inputs", "field", "expected"),
    [
        ("gp.price_score", GP | {"bids": [BID | {"sme": "PRISON"}]}, "base", "90"),  # R-SCORE-06
        ("gp.price_score", GP | {"bids": [BID | {"sme": "MEDIUM"}]}, "base", "100"),
        ("gp.price_score", GP | {"rates": {"sme": 0.1}, "bids": [BID | {"sme": "SMALL"}]}, "base", "90"),
        ("gp.price_score", {"weight": "0.30", "min_three": False, "bids": [BID]}, "base", "100"),
        ("base.mixed", MIXED, "Y", "1010.46"),  # R-SCORE-13: 990 × 0.99 × 60 % + 1100 × 0.96 × 40 %
        ("base.mixed", MIXED | {"alpha": None}, "error", "COEFFICIENT_NOT_IN_SET"),
        ("base.mixed", MIXED | {"alpha_set": ["0.02"]}, "error", "COEFFICIENT_NOT_IN_SET"),
        ("rank.order", {"method": "GP_LOWEST_PRICE", "bids": RANKED}, "order", [["B"], ["A"]]),  # R-SCORE-15
        (
            "bid.fate",  # R-BID-10: whose fault it was is not settled by a word that nobody knows
            PAID | {"uploads": UPLOADED, "decrypt": {"done": False, "fault": "UNKNOWN"}},
            "outcome",
            "HELD_FOR_ADJUDICATION",
        ),
        *(
            (
                "stat.waived_sum",
                {"lots": [LOT | {"bids": [{"lead": "A", "state": state}]}]},
                "participations",
                n,
            )
            for state, n in (("DEEMED_REVOKED", 1), ("SealedAtDeadline", 1), ("WITHDRAWN", 0))  # R-STAT-01
        ),
        ("deposit.cap", {"regime": "ENG", "object": "SUPERVISION", "base_fen": 5000}, "max_fen", 100),
        ("time.min_before", {"published": "2026-03-02", "deadline": "2026-03-22", "n": 20}, "ok", True),
        ("pay.late_interest", LATE | {"due": "2026-03-02T00:00:00+08:00"}, "days", 10),
        ("waiver.decide", {"regime": "", "object": ""}, "row", "D7"),
        ("time.within", {"start": "2026-03-01T23:00:00Z", "n": 3, "unit": "DAY"}, "last_day", "2026-03-05"),
    ],
)
def test_a_case_may_be_told_otherwise(kind: str, inputs: dict[str, Any], field: str, expected: Any) -> None:
    assert result(kind, inputs, STATE_COUNCIL)[field] == expected


TRIMMED = {"policy": "TRIM-B", "prices": ["980", "1100.50", "1000", "1010", "1020"]}
EQUAL = {"method": "GP_LOWEST_PRICE", "bids": [BID, BID | {"id": "B"}]}


@pytest.mark.parametrize(
    ("kind", "inputs", "field", "told", "wrong"),
    [
        ("base.trimmed_mean", TRIMMED, "kept", ["1020.0", "1000", "1010"], ["1000", "1010", "1021"]),
        ("rank.order", EQUAL, "order", [["B", "A"]], [["A"], ["B"]]),
    ],
)
def test_what_has_no_order_may_be_told_in_any(
    kind: str, inputs: dict[str, Any], field: str, told: list[Any], wrong: list[Any]
) -> None:
    expected = result(kind, inputs, STATE_COUNCIL)
    assert expected[field] != told
    case = {"id": "X", "rule": "R", "kind": kind, "inputs": inputs}
    assert run_case(case | {"expected": expected | {field: told}}, STATE_COUNCIL).faults == ()
    assert len(run_case(case | {"expected": expected | {field: wrong}}, STATE_COUNCIL).faults) == 1


WAIVED = next(
    case["inputs"]
    for document in DOCUMENTS
    for case in document["vectors"]
    if (case["kind"], case["expected"].get("row")) == ("waiver.decide", "D3")
)


@pytest.mark.parametrize(
    "otherwise",
    [
        {"row_effective_from": {"D4": "2019-01-01"}},  # the other rows keep their dates
        {"notice_at": WAIVED["notice_at"][:10]},
        {"limit": 1, "cap_enabled": True},
    ],
)
def test_a_waiver_is_the_same_however_the_case_is_told(otherwise: dict[str, Any]) -> None:
    told = result("waiver.decide", WAIVED | otherwise, STATE_COUNCIL)
    assert told == result("waiver.decide", WAIVED, STATE_COUNCIL)


def run_module(path: Path) -> subprocess.CompletedProcess[str]:
    root = Path(__file__).parents[3]
    return subprocess.run(
        [sys.executable, "-m", "tests.vectors", str(path)],
        cwd=root,
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_the_module_prints_the_tally_last_and_exits_zero() -> None:
    codes = FILES[[file.stem for file in FILES].index("codes")]
    done = run_module(codes)
    assert (done.returncode, done.stdout) == (
        0,
        f"{len(json.loads(codes.read_text('utf-8'))['vectors'])} passed, 0 failed\n",
    )


def test_the_module_counts_an_unknown_kind_as_failed(tmp_path: Path) -> None:
    cases = [
        {"id": "N-1", "rule": "R-X", "kind": "no.such", "inputs": {}, "expected": {}},
        {
            "id": "Y-1",
            "rule": "R-CODE-05",
            "kind": "mod37_2.check",
            "inputs": {"payload": ""},
            "expected": {"check": "1"},
        },
    ]
    file = tmp_path / "cases.json"
    file.write_text(json.dumps({"vectors": cases}), encoding="utf-8")
    done = run_module(file)
    first, last = done.stdout.splitlines()
    assert first.startswith("FAILED N-1 (R-X, no.such): unknown kind 'no.such'")
    assert (last, done.returncode) == ("1 passed, 1 failed", 1)


def test_the_module_refuses_what_is_no_file_of_vectors(tmp_path: Path) -> None:
    file = tmp_path / "cases.json"
    file.write_text("[]", encoding="utf-8")
    done = run_module(file)
    assert (done.returncode, done.stdout) == (2, "")
    assert "not a file of vectors" in done.stderr
