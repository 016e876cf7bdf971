"""Makes ``tests/vectors/timestamps/token.json``, a real token over the close of the played record.

    python -m tests.records.make_token

OpenSSL's authority gives it under a root made on the spot and thrown away: the browser's verifier, for which it is,
knows no roots.
"""

import tempfile
from pathlib import Path

import msgspec

from bidding.crypto.canonical import b64
from bidding.crypto.timestamp import check_token, query, read_roots, token_of
from bidding.domain.opening.events import SubmissionClosed
from tests.records.altering import RECORD
from tests.time_authority import TimeAuthority

FILE = Path(__file__).parents[1] / "vectors" / "timestamps" / "token.json"
ABOUT = (
    "An RFC 3161 token (DER, base64url) that OpenSSL's authority gave over the SHA-256 of 'state', the close of "
    "tests/vectors/records/record.json, and its instant."
)


def made() -> dict[str, str]:
    events = msgspec.json.decode(RECORD)["events"]
    state = next(one["state"] for one in events if one["topic"] == SubmissionClosed.TOPIC)
    asked = query(state.encode())
    with tempfile.TemporaryDirectory() as folder:
        authority = TimeAuthority(Path(folder))
        token = token_of(authority.answer(asked.der))
        stamp = check_token(token, state.encode(), read_roots(authority.roots.read_bytes()), asked.nonce)
    instant = f"{stamp.instant:%Y-%m-%dT%H:%M:%SZ}"
    return {"about": ABOUT, "instant": instant, "state": state, "token": b64(token)}


if __name__ == "__main__":
    FILE.write_bytes(msgspec.json.format(msgspec.json.encode(made()), indent=1) + b"\n")
