"""What strangers wrote is shown, and steers nothing."""

import pytest
from rich.table import Table

from bidding.application.record import Check
from bidding.cli.checks import show
from bidding.cli.failure import Exit, Failure
from bidding.cli.terminal import Text, line, out, show_failure
from bidding.crypto.printable import printable

HOSTILE = "甲公司\x1b[2J\x1b]0;x\x07\x9b1A\u202e元 76.5\u2067"
SHOWN = "甲公司\\u001b[2J\\u001b]0;x"


def test_no_name_steers_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    table = Table("name")
    table.add_row(Text(HOSTILE))
    table.add_row(Text.assemble("said: ", (HOSTILE, "dim")))
    line(HOSTILE)
    out().print(table)
    show_failure(Failure(Exit.REFUSED, HOSTILE, HOSTILE))
    told = capsys.readouterr()
    assert (told.out.count(SHOWN), told.err.count(SHOWN)) == (3, 2)
    for said in (told.out, told.err):
        assert not set(said) & set("\x1b\x07\x9b\u202e\u2067")


def test_lines_of_ones_own_stay_lines_and_a_files_words_make_none(
    capsys: pytest.CaptureFixture[str],
) -> None:
    line("one\ntwo")
    show(Check("contents", "a\n✓ all holds"))
    assert capsys.readouterr().out == "one\ntwo\n✗ contents — a\\u000a✓ all holds\n"


@pytest.mark.parametrize(
    "text", ["招标公告\u3000王\U00031350", "\U0002ebf0\ue000", "e\u0301", "\U0001f9d1\u200d\U0001f527"]
)
def test_harmless_text_is_shown_as_it_is(text: str) -> None:
    assert printable(text) == text
