"""Rows of the opening: the bidders, what was read out, their deposits (R-DATA-01). None before the roll is public."""

from collections.abc import Iterator

from bidding.application.exchange.record import Entity, moment, wan
from bidding.application.exchange.tendering import CURRENCY, WAN
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening import events as o
from bidding.domain.opening.entries import AnnouncedRow, DrawnCoefficient, RollEntry


def rows(lot: Lot, event: Event) -> list[Entity]:
    match event:
        case o.RollPublished():
            return [
                row for entry in event.roll for row in (_listed(entry), _margin(lot, entry.bidder, entry))
            ]
        case o.PricesAnnounced():
            read = {row.bidder: row for row in event.table}
            known = [entry for entry in lot.opening.roll if entry.bidder in read]
            return [
                *(_listed(entry, read[entry.bidder]) for entry in known),
                *(_margin(lot, entry.bidder, read[entry.bidder]) for entry in known),
                _detail(event),
            ]
        case o.CoefficientsDrawn():
            # Each draw is exchanged data: a row of its own, beside that of what was read out.
            return [_drawn(one, moment(event.at)) for one in event.drawn]
        case _:
            return []


def _listed(entry: RollEntry, row: AnnouncedRow | None = None) -> Entity:
    """A consortium is listed by its lead, with its members. CHECKIN_TIME is empty of who never signed in."""
    form = None if row is None else row.form
    return Entity(
        table="TENDER_LIST",
        key=entry.bidder,
        fields={
            "BIDDER_NAME": entry.name,
            "BIDDER_CODE": entry.uscc,
            "BIDDER_ROLE": "联合体牵头人" if entry.consortium else "投标人",
            "CONSORTIUM_MEMBERS": "、".join(one.name for one in entry.consortium),
            "BIDDER_QUALIFICATION": "、".join(_qualified(entry)),
            "CHECKIN_TIME": moment(entry.signed_in_at),
            "IS_CHECKED_IN": "1" if entry.signed_in else "0",
            "BID_FILE_TIME": moment(entry.completed_at),
            "MARGIN_PAY_FORM": entry.deposit_state if row is None else row.deposit_state,
            "IS_LOST": "" if row is None else ("0" if form is not None else "1"),
            "BID_PRICE": "" if form is None else wan(form.price_fen),
            "PRICE_UNIT": WAN,
            "CURRENCY_CODE": CURRENCY,
            "TIME_LIMIT": "" if form is None else str(form.duration_days),
            "BID_MANAGER": "" if form is None else form.project_lead,
        },
    )


def _qualified(entry: RollEntry) -> Iterator[str]:
    """R-PLAT-09: as the bidder stated them; of a consortium each member's, with its name."""
    for one in entry.qualifications:
        yield f"{one.title}({one.certificate})" if one.certificate else one.title
    for member in entry.consortium:
        for share in member.shares:
            yield f"{member.name}:{share.trade}{share.grade}级"


def _margin(lot: Lot, bidder: str, shown: RollEntry | AnnouncedRow) -> Entity:
    terms = lot.notice.terms
    return Entity(
        table="BIDDER_MARGIN_INFO",
        key=bidder,
        fields={
            "BIDDER_NAME": shown.name,
            "BIDDER_CODE": shown.uscc,
            "MARGIN_STATE": shown.deposit_state,
            "MARGIN_AMOUNT": "" if terms is None else wan(terms.bid_deposit_fen),
            "MARGIN_CURRENCY": CURRENCY,
            "MARGIN_UNIT": WAN,
        },
    )


def _detail(event: o.PricesAnnounced) -> Entity:
    return Entity(
        table="BID_OPEN_DETAIL",
        key="1",
        fields={
            "ROUND": "1",
            "BID_OPEN_TIME": moment(event.at),
            "CONTROL_PRICE": wan(event.max_price_fen or None),
            "PRICE_UNIT": WAN,
            "ROLL_BALL_LIST": "",
            "VALUE_RESULT": "",
            "TABLE_HASH": event.table_hash,
        },
    )


def _drawn(one: DrawnCoefficient, at: str) -> Entity:
    return Entity(
        table="BID_OPEN_DETAIL",
        key=f"draw-{one.coefficient}",
        fields={
            "ROUND": "1",
            "BID_OPEN_TIME": at,
            "DRAWN": str(one.coefficient),
            "ROLL_BALL_LIST": one.value,
            "VALUE_RESULT": one.value,
            "DRAW_SEED": one.seed,
        },
    )
