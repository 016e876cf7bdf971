"""Makes ``tests/vectors/records/licensed.json``: what changes in the played record once a licensed certificate signs.

    python -m tests.records.make_licensed

Both verifiers apply each case, seal anew and must find it whole, or fail in its ``step``.
"""

from typing import Any

import msgspec

from tests.crypto.licensed import DAY, ENCRYPTS
from tests.records.altering import FOLDER, RECORD
from tests.records.test_licensed import resigned

CASES: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("an RSA certificate", "", {"kind": "rsa"}),
    ("an ECDSA certificate", "", {"kind": "p256"}),
    ("an Ed25519 certificate", "", {"kind": "ed25519"}),
    ("an SM2 certificate", "", {"kind": "sm2"}),
    (
        "an SM2 certificate out of its days",
        "acts",
        {"kind": "sm2", "days": {"since": -9 * DAY, "until": -DAY}},
    ),
    ("out of its days at the act", "acts", {"kind": "rsa", "days": {"since": -9 * DAY, "until": -DAY}}),
    ("for encryption", "certificates", {"kind": "rsa", "uses": ENCRYPTS}),
    ("of another unit", "certificates", {"kind": "rsa", "named": "91110000101623741K"}),
)


def main() -> None:
    made = []
    for name, step, fields in CASES:
        record = msgspec.json.decode(RECORD)
        event = resigned(record, **fields)
        made.append(
            {
                "name": name,
                "step": step,
                "event": event,
                "state": record["events"][event]["state"],
                "certificate": record["certificates"][-1],
            }
        )
    (FOLDER / "licensed.json").write_bytes(msgspec.json.format(msgspec.json.encode(made), indent=1) + b"\n")


if __name__ == "__main__":
    main()
