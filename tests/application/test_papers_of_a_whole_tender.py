"""R-CRYP-03 (F-45): opening record, report, award notice and contract as OFD and PDF say what the events say."""

from collections.abc import Callable

import pytest
from msgspec.structs import replace

from bidding.application.papers import TEXTS, OfficeSeal, PaperKind, Papers
from bidding.crypto.instant import instant
from bidding.crypto.ofd.package import read_sealed
from bidding.domain.errors import Unknown
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor, Role
from tests.application.house import House
from tests.application.test_papercopy import pages, squeezed
from tests.application.test_papers import office
from tests.crypto.test_ofd import Office
from tests.domain.opening.hall import HOST, OFFICER
from tests.domain.walk.lot import OWNER, WholeLot

__all__ = ["office"]

KINDS = (PaperKind.OPENING_RECORD, PaperKind.REPORT, PaperKind.AWARD_NOTICE, PaperKind.CONTRACT)
YUAN = 100


@pytest.fixture(scope="module")
def played() -> WholeLot:
    """Municipal works with four bidders, from the file to the contract signed by both."""
    hall = WholeLot("D2")
    while hall.lot.phase is not Phase.CONTRACTED:
        hall.step()
    return hall


def opened(lot: Lot) -> list[str]:
    """Every bidder with all that its form announced, when it was opened, and the hash of the table."""
    announcement = lot.opening.announcement
    assert announcement is not None
    said = [lot.notice.title, announcement.table_hash]
    for row in announcement.table:
        assert row.form is not None
        said += [row.name, row.form.quality, row.form.project_lead, f"{row.form.duration_days}"]
        said.append(str(row.form.price_fen))
    return said


def reported(lot: Lot) -> list[str]:
    names = {one.bidder: one.name for one in lot.opening.roll}
    said = [lot.evaluation.report]
    for one in lot.evaluation.ranking:
        said += [names[one.bidder], str(one.total)]
    return said


def awarded(lot: Lot) -> list[str]:
    award = lot.award
    assert award.issued_at is not None
    assert award.contract_due is not None
    return [
        award.number,
        award.name,
        lot.notice.title,
        lot.notice.tenderer_name,
        f"{award.price_fen // YUAN}.{award.price_fen % YUAN:02d}元",
        f"{award.duration_days}天",
        award.quality,
        award.project_lead,
        instant(award.issued_at),
        instant(award.contract_due),
    ]


def contracted(lot: Lot) -> list[str]:
    contract = lot.contract
    return [
        contract.number,
        contract.award_number,
        f"{contract.price_fen // YUAN}.{contract.price_fen % YUAN:02d}元",
        contract.quality,
        contract.project_lead,
        contract.text,
    ]


DATA: dict[PaperKind, Callable[[Lot], list[str]]] = {
    PaperKind.OPENING_RECORD: opened,
    PaperKind.REPORT: reported,
    PaperKind.AWARD_NOTICE: awarded,
    PaperKind.CONTRACT: contracted,
}


@pytest.fixture
async def made(house: House, played: WholeLot, office: Office) -> Papers:
    await house.plant(played.log)
    house.clock.instant = office.at
    return Papers(house.platform, house.bids, OfficeSeal(office.stamp, (office.root,), (office.root,)))


@pytest.mark.parametrize("kind", KINDS)
async def test_ofd_and_pdf_say_every_datum_of_the_events(
    made: Papers, played: WholeLot, office: Office, kind: PaperKind
) -> None:
    lot = played.lot
    ofd = await made.export(lot.lot_id, kind, HOST)
    read = read_sealed(ofd, [office.root], [office.root])
    copy = squeezed("".join(pages(await made.copy(lot.lot_id, kind, HOST))))
    assert read.title == TEXTS[kind](lot)[0]
    for datum in DATA[kind](lot):
        assert datum
        assert squeezed(datum) in squeezed(read.text), datum
        for line in datum.split("\n"):
            assert squeezed(line) in without_marks(copy), line


def without_marks(copy: str) -> str:
    """What is said of the copy stands between the lines of two pages."""
    head, tail = "副本：以签章的版式文件（OFD）为准", "OFD阅读器。"
    parts = copy.split(head)
    return "".join(
        part.split("签章原件（OFD）的SHA-256")[0].partition("页，共")[2][2:] for part in parts if tail in part
    )


@pytest.mark.parametrize(
    ("kind", "actor", "may"),
    [
        (PaperKind.OPENING_RECORD, None, True),
        (PaperKind.REPORT, None, False),
        (PaperKind.REPORT, Actor(party="bidder-a", roles=frozenset({Role.BIDDER})), False),
        (PaperKind.REPORT, OWNER, True),
        (PaperKind.REPORT, OFFICER, True),
        (PaperKind.AWARD_NOTICE, None, True),
        (PaperKind.CONTRACT, None, False),
        (PaperKind.CONTRACT, OWNER, True),
    ],
)
async def test_each_is_for_those_who_may_see_its_events(
    made: Papers, played: WholeLot, kind: PaperKind, actor: Actor | None, may: bool
) -> None:
    lot_id = played.lot.lot_id
    assert (kind in await made.listed(lot_id, actor)) is may
    for give in (made.export, made.copy):
        if may:
            assert await give(lot_id, kind, actor)
        else:
            with pytest.raises(Unknown, match="no-such-paper"):
                await give(lot_id, kind, actor)


@pytest.mark.parametrize("kind", KINDS)
def test_a_lot_that_has_not_come_so_far_has_none(played: WholeLot, kind: PaperKind) -> None:
    lot = played.lot
    empty = Lot()
    before = replace(
        lot, opening=empty.opening, evaluation=empty.evaluation, award=empty.award, contract=empty.contract
    )
    assert TEXTS[kind](before)[1] == ""
