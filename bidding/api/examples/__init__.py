"""An example for every body: ``<phase>.toml``, one table per verb, holding the command's fields.

They are shown in the OpenAPI document; a test decodes each into its command.
"""

import tomllib
from datetime import datetime
from functools import cache
from importlib import resources
from typing import Any

PARTY = "5f5f5f5f5f5f5f5f5f5f5f5f"
CREDENTIAL = "5f" * 32
LOT = "0b9f2f4e-52d5-4a5e-9d1b-2f6f0c5b7a11"
AT = "2026-03-02T01:00:00.000Z"
SIGNATURE = "A" * 86


@cache
def _phase(phase: str) -> dict[str, dict[str, Any]]:
    text = resources.files(__package__).joinpath(f"{phase}.toml").read_text(encoding="utf-8")
    plain: dict[str, dict[str, Any]] = _plain(tomllib.loads(text))
    return plain


def example(name: str) -> dict[str, Any]:
    """The fields of the command ``phase/verb``. Raises ``KeyError`` if nobody wrote an example for it."""
    phase, _, verb = name.partition("/")
    try:
        return _phase(phase)[verb]
    except (KeyError, FileNotFoundError):
        raise KeyError(f"no example for {name} in bidding/api/examples/{phase}.toml") from None


def signed_example(
    act: str, body: dict[str, Any], lot: str | None = None, by: str = PARTY, credential: str = CREDENTIAL
) -> dict[str, Any]:
    """``body`` as it travels in a signed statement. The signature has the right form and no key behind it."""
    statement = {"v": 1, "act": act, "lot": lot, "by": by, "credential": credential, "at": AT, "body": body}
    return {"statement": statement, "signature": SIGNATURE}


def _plain(value: Any) -> Any:
    """TOML's instants as JSON has them."""
    match value:
        case dict():
            return {key: _plain(one) for key, one in value.items()}
        case list():
            return [_plain(one) for one in value]
        case datetime():
            return value.isoformat()
        case _:
            return value
