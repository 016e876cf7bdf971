"""Public keys as the command line takes them: base64url, as it is or in a file."""

from pathlib import Path

from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CanonicalError, MalformedKeyError
from bidding.crypto.suite import KEY_SIZE


def public_key(text: str) -> bytes:
    """The 32 raw bytes. Raises MalformedKeyError."""
    try:
        raw = unb64(text.strip().rstrip("="))
    except CanonicalError:
        raw = b""
    if len(raw) != KEY_SIZE:
        raise MalformedKeyError(what="public key: not 32 bytes in base64url")
    return raw


def read_public_key(path: Path) -> bytes:
    """Raises MalformedKeyError, OSError."""
    with path.open("rb") as file:
        return public_key(file.read(200).decode("ascii", "replace"))
