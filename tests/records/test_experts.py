"""R-EVAL-07, R-DRAW-02: the draw that the browser's verifier is held to is the one that the platform's code makes."""

from tests.records.experts import FILE, made


def test_the_file_for_the_browser_is_the_one_that_is_made() -> None:
    assert made() == FILE.read_bytes(), "run: python -m tests.records.experts"
