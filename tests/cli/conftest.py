"""A bidder's desk: a key, a lot's view, a form, documents, and the command line to run on them."""

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

import msgspec
import pytest
from typer.testing import CliRunner, Result

from bidding.cli.main import app
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import EnvelopeTerm
from tests.domain.lots import noticed, publication, terms

Bidding: TypeAlias = Callable[..., Result]
FORM = """\
price_yuan = "11000000.50"
duration_days = 120
quality = "合格"
project_lead = "张三"

[extras]
"安全文明施工费" = "12.3 万元"
"""


@pytest.fixture
def bidding(monkeypatch: pytest.MonkeyPatch) -> Bidding:
    """Runs one command in English; a second way to say ``input`` is what is typed at prompts."""
    for name in ("LC_ALL", "LC_MESSAGES", "BIDDING_PASSPHRASE", "BIDDING_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")

    def run(*arguments: object, typed: str | None = None) -> Result:
        return CliRunner().invoke(app, [str(one) for one in arguments], input=typed)

    return run


@pytest.fixture(scope="session")
def lot() -> Lot:
    names = ("form", "qualification", "technical", "commercial")
    envelopes = tuple(EnvelopeTerm(name=name, title=name) for name in names)
    return noticed(command=publication(terms=terms(envelopes=envelopes)))


@pytest.fixture
def desk(tmp_path: Path, lot: Lot, bidding: Bidding) -> Path:
    """A folder with key.json, lot.json, form.toml and one file for each envelope."""
    assert bidding("keygen", tmp_path / "key.json", "--no-passphrase").exit_code == 0
    (tmp_path / "lot.json").write_bytes(msgspec.json.encode(lot))
    (tmp_path / "form.toml").write_text(FORM)
    for name in ("technical", "commercial", "qualification"):
        (tmp_path / f"{name}.pdf").write_bytes(name.encode() * 5000)
    return tmp_path


def sealing(desk: Path, *more: object, out: str = "bid", form: str = "form.toml") -> tuple[object, ...]:
    """The arguments that seal the desk's files."""
    files = [part for name in ("technical", "commercial", "qualification") for part in _file(desk, name)]
    given = ("--lot", desk / "lot.json", "--key", desk / "key.json", "--form", desk / form)
    return ("seal", *given, "--out", desk / out, *files, *more)


def _file(desk: Path, name: str) -> tuple[str, Path]:
    return f"--{name}", desk / f"{name}.pdf"
