"""What the domain refuses.

::

    Refusal
    ├── Forbidden      the actor's standing does not permit the act
    ├── OutOfOrder     the lot or bid is in a state that does not admit the act
    │   └── Suspended  … because a supervisor has suspended the lot
    ├── TooEarly       the act's period has not begun
    ├── TooLate        the act's period has ended
    ├── Invalid        what was said breaks a rule
    ├── Conflicting    somebody else already holds what was asked for
    └── Unknown        the thing named does not exist, or is none of the actor's business

A refusal carries data: a stable ``code`` (its text, in Chinese and English with the next step, is
in ``bidding/application/messages/*.toml``), the ``rule`` it comes from, and what was ``found``.
HTTP status codes are the API's affair.
"""

from typing import Any


class Refusal(Exception):
    """One act refused. ``found`` holds only what the actor may see: it is shown to them."""

    def __init__(self, code: str, *, rule: str = "", **found: Any) -> None:
        super().__init__(code)
        self.code = code
        self.rule = rule
        self.found = found

    def __str__(self) -> str:
        detail = ", ".join(f"{name}={value!r}" for name, value in self.found.items())
        return f"{self.code} [{self.rule}] {detail}".strip()


class Forbidden(Refusal):
    pass


class OutOfOrder(Refusal):
    pass


class Suspended(OutOfOrder):
    pass


class TooEarly(Refusal):
    pass


class TooLate(Refusal):
    pass


class Invalid(Refusal):
    pass


class Conflicting(Refusal):
    pass


class Unknown(Refusal):
    pass
