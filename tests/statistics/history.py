"""Single lots brought through their tender by the story of the data set, with bids as a test wants them."""

import random
from collections.abc import Iterable
from datetime import date, datetime

from msgspec.structs import replace

from bidding.application.rulesets import load_rulesets
from bidding.application.statistics import PublicEvent, Statement, fold, statement
from bidding.domain.admission.filing import Category
from bidding.domain.benefits.figures import total
from bidding.domain.benefits.lines import Figure
from bidding.domain.disclosure import is_public
from bidding.domain.event import Event
from bidding.stage.generated.enterprises import Enterprise, enterprises
from bidding.stage.generated.plan import LotPlan, Sort, at
from bidding.stage.generated.story import Story

END = at(date(2023, 12, 29), 23)
POOL = enterprises(20, random.Random(7))
#: An estimate of 1000万: 2 % are 20万 for each bid. The price is 900万: 10 % are 90万.
EACH, BOND = 200_000_00, 900_000_00

Told = list[tuple[datetime, Event]]


def planned(sort: Sort = Sort.WORKS, **changes: object) -> LotPlan:
    lot = LotPlan(
        lot="lot-a",
        serial=1,
        sort=sort,
        category=Category.GOODS if sort is Sort.PURCHASE else Category.MUNICIPAL,
        noticed=date(2023, 4, 3),
        opens=date(2023, 5, 10),
        awarded=date(2023, 5, 24),
        signed_on=date(2023, 6, 7),
        sealed=4,
        withdrawn=False,
        again=False,
        weight=1,
        ratio=0.9,
        estimate_fen=10_000_000_00,
        price_fen=9_000_000_00,
    )
    return replace(lot, **changes)


def told(lot: LotPlan, bidders: Iterable[Enterprise] | None = None) -> Told:
    """The lot's public events with their instants."""
    who = list(bidders) if bidders is not None else POOL[: lot.sealed]
    story = Story(lot, who, load_rulesets(), random.Random(11))
    return [one for one in story.told(END) if is_public(one[1])]


def feed(*lots: tuple[str, Told]) -> list[PublicEvent]:
    """The lots' events in one feed, by instant."""
    mixed = sorted(
        ((when, lot, event) for lot, events in lots for when, event in events), key=lambda one: one[0]
    )
    return [
        PublicEvent(position=position, at=when, lot=lot, event=event)
        for position, (when, lot, event) in enumerate(mixed, start=1)
    ]


def stated(*plans: LotPlan) -> Statement:
    return statement(fold(feed(*((lot.lot, told(lot)) for lot in plans))))


def value(found: Statement, figure: Figure) -> int:
    return total(found.lines, figure).value
