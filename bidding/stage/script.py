"""A scenario as written in ``scenarios/*.toml``: cast, tender, bids, what goes wrong and what must come out."""

from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import msgspec

from bidding.application.datafiles import parsed
from bidding.domain.datafile import read

Ending = Literal["contract", "failed-at-deadline"]


class Tenderer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    name: str
    prefix: str = "11"


class Documents(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Size of each bidder's papers in MiB: real PDF pages, scanned drawings among them."""

    qualification: float = 0.3
    technical: float = 0.6
    commercial: float = 0.3


class BidPlan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One bidder's part. ``escrowed``: it lost its keys, and two trustees open its bid; ``spared``: its spare file is
    taken instead.

    ``replaces_fen``: its first price, replaced before the deadline by ``price_fen``.
    """

    name: str
    price_fen: int
    duration_days: int
    lead: str
    quality: str = "合格"
    small: bool = False
    domestic: bool = True
    replaces_fen: int | None = None
    withdraws: bool = False
    releases: bool = True
    escrowed: bool = False
    spared: bool = False
    objects: str = ""
    confirms: bool = True
    points: tuple[str, ...] = ()
    deposit: Literal["", "CASH", "TRANSFER", "GUARANTEE"] = ""
    qualifications: tuple[dict[str, str], ...] = ()

    @property
    def opens(self) -> bool:
        return self.releases or self.escrowed or self.spared


class Incident(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An outage inside the release window: it begins before ``hits`` has released and lasts ``minutes``."""

    kind: str
    cause: str
    minutes: int


class Expectation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What must come out; a scenario that ends otherwise has failed."""

    ending: Ending
    winner: str = ""
    waiver_row: str = ""
    opened: int = 0
    revoked: int = 0
    waived_fen: int | None = None
    deposits_returned: int = 0
    guarantees_returned: int = 0


class Script(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``scope``, ``scale``: of the notice's particulars.

    ``lot``: fields of ``admission/submit`` but the tenderer; ``terms``: those of ``notice/publish`` but the
    platform's key. ``accelerator``: virtual seconds per second on the way from one act to the next."""

    title: str
    story: str
    begins: datetime
    accelerator: int
    notice_days: int
    hour: int
    tenderer: Tenderer
    lot: dict[str, Any]
    notice: str
    scope: str
    scale: str
    terms: dict[str, Any]
    bids: tuple[BidPlan, ...]
    expect: Expectation
    documents: Documents = Documents()
    correction: bool = False
    clarification: str = ""
    answer: str = ""
    incident: Incident | None = None
    fault_evidence: str = ""
    spectators: int = 1
    result_objection: str = ""
    result_answer: str = ""
    suspension: bool = False


def load(path: Path) -> Script:
    """Raises ``DataFileError`` naming line and field."""
    return parsed(lambda text: read(text, Script), path)
