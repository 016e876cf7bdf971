"""Public keys as the command line takes them: base64url, as it is or in a file."""

from pathlib import Path

from bidding.cli.failure import Exit, failure
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CanonicalError, MalformedKeyError
from bidding.crypto.log.note import NoteKey, parse_vkey
from bidding.crypto.suite import KEY_SIZE, suite_of_key


def public_key(text: str) -> bytes:
    """The 32 raw bytes. Raises MalformedKeyError."""
    raw = _decoded(text)
    if len(raw) != KEY_SIZE:
        raise MalformedKeyError(what="public key: not 32 bytes in base64url")
    return raw


def read_public_key(path: Path) -> bytes:
    """The 32 raw bytes in a file. Raises MalformedKeyError, OSError."""
    return public_key(_text(path))


def read_opening_key(path: Path) -> bytes:
    """An opening key of any suite, raw. Raises MalformedKeyError, OSError."""
    raw = _decoded(_text(path))
    suite_of_key(raw)
    return raw


def _decoded(text: str) -> bytes:
    try:
        return unb64(text.strip().rstrip("="))
    except CanonicalError:
        return b""


def _text(path: Path) -> str:
    with path.open("rb") as file:
        return file.read(2000).decode("ascii", "replace")


def log_key_of(vkey: str) -> NoteKey | None:
    """The verifier key of a log; None for an empty text."""
    if not vkey:
        return None
    try:
        return parse_vkey(vkey)
    except MalformedKeyError:
        raise failure(
            Exit.USAGE,
            ("日志公钥有误", "no verifier key of a log"),
            ("写成 名称+编号+公钥(平台 /log/vkey)", "write name+id+key, as at the platform's /log/vkey"),
        ) from None
