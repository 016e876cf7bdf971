"""What parties kept of the log, for the browser's verifier: ``python -m tests.records.kept`` writes the cases of
``test_kept_leaves`` as what differs from the played record."""

from typing import Any

import msgspec

from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import canonical
from bidding.crypto.log.disclosed import DisclosedLeaves
from tests.records.altering import FOLDER
from tests.records.logged import PLAYED, recorded
from tests.records.test_kept_leaves import LIES, mine, withholding

FILE = FOLDER / "kept.json"


def case(name: str, said: str, fault: str, record: LotRecord, leaves: DisclosedLeaves) -> dict[str, Any]:
    """``events``: those behind the played record's; ``said``: of what holds, ``fault``: of what does not, a part."""
    return {
        "name": name,
        "said": said,
        "fault": fault,
        "events": msgspec.to_builtins(record.events[len(PLAYED.events) :]),
        "log": msgspec.to_builtins(record.log),
        "leaves": canonical(leaves).decode(),
    }


def written() -> bytes:
    cases = [
        case("what is in the record", "7 leaves; 7 in the record, 0 among", "", recorded(), mine()),
        case("what is withheld", "0 in the record, 1 among those that it withholds", "", *withholding()),
        *(case(name, "", fault, *make()) for name, (make, fault) in LIES.items()),
    ]
    return canonical({"cases": cases})


if __name__ == "__main__":
    FILE.write_bytes(written())
