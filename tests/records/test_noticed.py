"""The file by which both clients check a notice before they seal is the one that the code makes (docs/log.md)."""

import re

import msgspec

from bidding.application.log.noticed import as_served, logged_lot
from tests.records.noticed import FILE, Noticed, noticed

#: A signature by ML-DSA-44 is another one each time.
DRAWN = re.compile(rb"notary\.example [A-Za-z0-9+/=]{3000,}")


def test_the_file_for_the_browser_is_the_one_that_is_made() -> None:
    told = "run: python -m tests.records.noticed"
    assert DRAWN.sub(b"", noticed()) == DRAWN.sub(b"", FILE.read_bytes()), told


def test_its_proofs_give_the_lot_that_it_shows() -> None:
    made = msgspec.json.decode(FILE.read_bytes(), type=Noticed)
    lot: dict[str, str] = msgspec.json.decode(made.lot)
    told = logged_lot(made.leaves.encode(), lot["lot_id"], made.policy)
    assert msgspec.json.decode(as_served(told)) == lot
