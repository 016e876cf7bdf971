"""Text from outside, where people read it: nothing in it may steer what shows it.

A control of the direction of writing (UAX 9) turns round an amount that stands after it, an escape sequence clears a
terminal, a line separator makes two lines of one.
"""

import re

#: Of a character class: control characters, line and paragraph separators, controls of direction.
STEERING = r"\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"
#: Of a character class: what shows nothing, so that a text of it alone says nothing.
BLANK = r" \u00a0\u1680\u2000-\u200d\u202f\u205f\u2060\u3000\ufeff"

_STEERING = re.compile(rf"[{STEERING}\ud800-\udfff]")


def printable(text: str) -> str:
    """``text`` with each character that would steer written as its code point."""
    return _STEERING.sub(lambda found: f"\\u{ord(found[0]):04x}", text)
