"""``bidding seal --guarantee``: checked at packing, sealed inside (R-GUAR-01, F-41)."""

import hashlib
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import msgspec
import pytest

from bidding.application.rulesets import load_rulesets
from bidding.cli.device import party_of
from bidding.crypto.key_file import read_key_file
from bidding.domain.guarantee import bid_validity_ends
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import EnvelopeTerm
from bidding.domain.ruleset import by_version
from bidding.stage.guarantor import bid_guarantee
from tests.cli.conftest import Bidding, sealing
from tests.domain.lots import DEADLINE, company_filing, noticed, noticed_company, publication


def asking() -> Lot:
    """A lot that asks a deposit of 20万, with all envelopes."""
    lot = noticed_company()
    assert lot.notice.terms is not None
    names = ("form", "qualification", "technical", "commercial")
    envelopes = tuple(EnvelopeTerm(name=name, title=name) for name in names)
    return noticed(
        company_filing(),
        publication(
            text="现公开招标。", terms=msgspec.structs.replace(lot.notice.terms, envelopes=envelopes)
        ),
    )


@pytest.fixture
def counter(desk: Path) -> Path:
    """The desk, with a lot that asks a deposit."""
    (desk / "lot.json").write_bytes(msgspec.json.encode(asking()))
    return desk


def write(desk: Path, **changes: Any) -> Path:
    given: dict[str, Any] = {
        "lot": "lot-1",
        "principal": "孝感建工",
        "principal_uscc": "91420900MA4YYYYY0B",
        "beneficiary": "孝南区住建局",
        "amount_fen": 200_000_00,
        "issued_on": date(2026, 3, 20),
        "valid_until": bid_validity_ends(DEADLINE, 90),
        "document_sha256": hashlib.sha256((desk / "commercial.pdf").read_bytes()).hexdigest(),
    }
    path = desk / "guarantee.json"
    path.write_bytes(msgspec.json.encode(bid_guarantee(**{**given, **changes})))
    return path


def test_a_guarantee_is_sealed_inside_and_seen_by_its_bidder_alone(bidding: Bidding, counter: Path) -> None:
    sealed = bidding(*sealing(counter, "--guarantee", write(counter)))
    assert sealed.exit_code == 0, sealed.output
    assert "sealed inside the bid" in sealed.output
    opened = bidding("open", counter / "bid", "--key", counter / "key.json")
    assert "¥200,000.00" in opened.output
    assert "2026-06-29" in opened.output


def test_nothing_outside_the_seal_tells_whether_there_is_one(bidding: Bidding, counter: Path) -> None:
    """R-GUAR-01: same files, same sizes, no word of it in the manifest."""
    assert bidding(*sealing(counter, out="without")).exit_code == 0
    assert bidding(*sealing(counter, "--guarantee", write(counter), out="with")).exit_code == 0
    sizes = [
        {path.name: path.stat().st_size for path in (counter / out).glob("*.sealed")}
        for out in ("without", "with")
    ]
    assert sizes[0] == sizes[1]
    manifests = [(counter / out / "manifest.json").read_text() for out in ("without", "with")]
    assert len(manifests[0]) == len(manifests[1])
    assert not any("guarantee" in text or "BH-" in text for text in manifests)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"amount_fen": 199_999_99}, "amount is below"),
        ({"valid_until": date(2026, 6, 28)}, "ends before the bid"),
        ({"beneficiary": "别的单位"}, "beneficiary"),
        ({"lot": "lot-2"}, "another lot"),
        ({"document_sha256": "00" * 32}, "not among the files"),
    ],
)
def test_one_that_does_not_fit_is_not_sealed(
    bidding: Bidding, counter: Path, changes: dict[str, Any], said: str
) -> None:
    result = bidding(*sealing(counter, "--guarantee", write(counter, **changes)))
    assert result.exit_code == 5
    assert said in result.output
    assert not (counter / "bid").exists()


def test_a_forged_letter_and_no_letter_are_not_sealed(bidding: Bidding, counter: Path) -> None:
    path = write(counter)
    path.write_text(path.read_text().replace("演示担保", "演示银行"))
    assert "signature does not hold" in bidding(*sealing(counter, "--guarantee", path)).output
    path.write_text("{}")
    assert bidding(*sealing(counter, "--guarantee", path)).exit_code == 5


def test_a_lot_that_asks_no_deposit_takes_no_guarantee(bidding: Bidding, desk: Path) -> None:
    """R-WAIVE-06: nobody pays a bank for what is waived."""
    result = bidding(*sealing(desk, "--guarantee", write(desk)))
    assert result.exit_code == 5
    assert "asks no deposit" in result.output


# R-NB-SS-02: by its credit the bidder is asked another amount, which only the platform can tell it


@pytest.fixture
def graded(counter: Path) -> Callable[..., Path]:
    """The counter's lot with deposits graded by credit, and what ``bidding lot --key`` adds to its file."""

    def write_lot(asked_fen: int | None = None, party: str = "") -> Path:
        view = json.loads((counter / "lot.json").read_bytes())
        lines = msgspec.to_builtins(by_version(load_rulesets(), view["notice"]["ruleset"]).by_credit)
        view["notice"]["waiver"]["by_credit"] = lines
        if asked_fen is not None:
            device = read_key_file(counter / "key.json", None)
            view["own"] = {"party": party or party_of(device), "deposit_asked_fen": asked_fen}
        (counter / "lot.json").write_text(json.dumps(view))
        return counter

    return write_lot


@pytest.mark.parametrize(("asked", "enough"), [(100_000_00, 100_000_00), (400_000_00, 400_000_00)])
def test_a_graded_bidders_guarantee_is_measured_by_its_own_amount(
    bidding: Bidding, graded: Callable[..., Path], asked: int, enough: int
) -> None:
    counter = graded(asked)
    short = bidding(*sealing(counter, "--guarantee", write(counter, amount_fen=enough - 1)))
    assert short.exit_code == 5
    assert "amount is below" in short.output
    sealed = bidding(*sealing(counter, "--guarantee", write(counter, amount_fen=enough)))
    assert sealed.exit_code == 0, sealed.output


@pytest.mark.parametrize("own", [{}, {"asked_fen": 1, "party": "f" * 24}])
def test_where_its_own_amount_is_not_known_none_is_guessed(
    bidding: Bidding, graded: Callable[..., Path], own: dict[str, Any]
) -> None:
    counter = graded(**own)
    refused = bidding(*sealing(counter, "--guarantee", write(counter)))
    assert refused.exit_code == 5
    assert "bidding lot --key" in refused.output
    assert not (counter / "bid").exists()
    without = bidding(*sealing(counter))
    assert without.exit_code == 0
    assert "A deposit of an amount that your credit decides is asked" in without.output


def test_without_one_the_bidder_is_reminded_of_its_own_deposit(
    bidding: Bidding, graded: Callable[..., Path]
) -> None:
    assert "A deposit of ¥100,000.00 is asked" in bidding(*sealing(graded(100_000_00))).output


def test_without_one_the_bidder_is_reminded_of_the_deposit(bidding: Bidding, counter: Path) -> None:
    assert "no guarantee is enclosed" in bidding(*sealing(counter)).output
