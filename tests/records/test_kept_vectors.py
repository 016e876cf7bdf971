"""R-BID-04: the browser's verifier is held to the cases of ``test_kept_leaves``."""

from tests.records.kept import FILE, written


def test_what_the_browser_is_held_to_is_what_holds_here() -> None:
    assert FILE.read_bytes() == written(), "run: python -m tests.records.kept"
