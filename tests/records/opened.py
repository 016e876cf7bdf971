"""Openings with all that may happen in one, and their records, for the browser's verifier to write anew (R-OPEN-30):
``python -m tests.records.opened`` writes them. The platform's own functions decided every event."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from bidding.domain.bid import commands as b
from bidding.domain.bid.joint import Qualification
from bidding.domain.disclosure import is_public
from bidding.domain.escrow.remedy import Lie
from bidding.domain.event import Event, encode
from bidding.domain.lot import Lot
from bidding.domain.notice.terms import Absence
from bidding.domain.opening.record import record_text
from bidding.domain.regime import Regime
from tests.domain.escrow import test_alone, test_remedy
from tests.domain.opening import (
    test_absence,
    test_contesting,
    test_record,
    test_reference,
    test_rerun,
    test_spare,
)
from tests.domain.opening.hall import HOST, OFFICER, Hall, bidder
from tests.domain.stories import told

FILE = Path(__file__).parents[1] / "vectors" / "records" / "openings.json"
#: Of the notice and the roll all that a record says.
NOTICE = (
    "number",
    "title",
    "regime",
    "mode",
    "tenderer_name",
    "agency_name",
    "notice_hash",
    "ruleset",
)

Opened = tuple[str, Lot, tuple[Event, ...]]


def openings() -> Iterator[Opened]:
    yield _of("outage, extension, revocation, a form that does not open, silence", test_record.eventful())
    *_, act = told.disturbed({})
    yield "suspended, replaced, withdrawn, a key that never came", act.lot, act.events
    *_, act = told.drawn({})
    yield "a coefficient drawn with the reserve", act.lot, act.events
    hall = test_rerun.ended("a", "b", "c")
    hall.give(test_rerun.missing("agency"), OFFICER)
    hall.give(test_rerun.decision(), OFFICER)
    yield _of("a run given up", hall)
    test_rerun.again(hall)
    yield _of("run again with a substitute", hall)
    hall = test_spare.ended("a", "b")
    hall.give(b.StartUpload(envelope="spare", length=9), bidder("c"))
    hall.give(test_spare.HANDED, bidder("c"))
    hall.give(test_spare.accepted("c"), OFFICER)
    hall.form_keys()
    hall.bring_in()
    yield _of("a spare file taken", hall)
    hall = test_reference.announced()
    hall.give(test_reference.REVEAL, HOST)
    yield _of("a reference price", hall)
    yield _of("by trustees alone, one of whom lied", _by_trustees())
    for absence in Absence.ACCEPTS, Absence.WAIVES:
        hall = test_absence.opened(absence, regime=Regime.GP, signed=("a",))
        yield _of(f"a bidder who was not there: {absence.value}", test_absence.closed(hall))
    hall = test_contesting.upheld()
    test_contesting.decide(hall, "reannounce")
    yield _of("an objection upheld", hall)
    yield _of("at somebody else's fault, qualifications on the roll", _at_others_fault())


def _of(name: str, hall: Hall) -> Opened:
    return name, hall.lot, tuple(hall.events)


def _by_trustees() -> Hall:
    hall = test_alone.ordered("a", "b", "c")
    lie = Lie(envelope="form", share=0, shown="cd" * 32, committed=test_remedy.DIGEST)
    hall.give(test_remedy.given(0, "a"), OFFICER, lies=[lie])
    hall.give(test_remedy.given(0, "a"), HOST)
    hall.give(test_remedy.given(0, "a"), test_remedy.NOTARY)
    hall.give(test_alone.faulty("b"), HOST)
    test_alone.shared(hall, "b", "c")
    hall.end_window()
    hall.bring_in()
    return hall


def _at_others_fault() -> Hall:
    hall = Hall(regime=Regime.GP, waived=False)
    stated = (Qualification(title="市政公用工程施工总承包一级", certificate="D142000001"),)
    hall.submit("a", qualifications=stated)
    hall.order("b", "c", "d")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.fault("d", "OTHER")
    hall.form_keys()
    hall.bring_in()
    return hall


def made() -> bytes:
    cases = [
        {
            "name": name,
            "lot": lot.lot_id,
            "events": [_told(one) for one in events if is_public(one)],
            "record": record_text(lot),
        }
        for name, lot, events in openings()
    ]
    lines = (json.dumps(one, ensure_ascii=False, separators=(",", ":"), sort_keys=True) for one in cases)
    return ('{"openings":[\n' + ",\n".join(lines) + "\n]}\n").encode()


def _told(event: Event) -> list[Any]:
    """Without the signatures, which are over it and not in it."""
    state = json.loads(encode(event))
    state.pop("signed", None)
    if event.TOPIC == "lot.noticed.v1":
        state = {name: state[name] for name in NOTICE} | {
            "terms": {"key_policy": state["terms"]["key_policy"]}
        }
    state.pop("manifests", None)
    return [event.TOPIC, state]


if __name__ == "__main__":
    FILE.parent.mkdir(exist_ok=True)
    FILE.write_bytes(made())
