"""R-PLAT-09, R-PLAT-10, R-DATA-01 (20号令 41, 45): each entity leaves once, with its codes, nothing secret (F-49)."""

import asyncio
import re
from dataclasses import fields
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, cast

import httpx2
import msgspec
import pytest

from bidding.api import exchange
from bidding.api.app import create_app
from bidding.api.desks import Desks
from bidding.application.exchange import concluding, tendering
from bidding.application.exchange import hall as hall_rows
from bidding.application.exchange.courier import LABEL, Courier
from bidding.application.exchange.ports import Channel, Item
from bidding.application.exchange.projection import NAME, ExchangeProjection
from bidding.application.exchange.record import DataRecord, wan
from bidding.application.platform import lot_stream
from bidding.compose.exchange import StorageOutbox
from bidding.compose.targets import DirectoryTarget
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain.admission.filing import Mode
from bidding.domain.bid.commands import SignIn, StartUpload
from bidding.domain.bid.joint import Qualification
from bidding.domain.codes import mod_37_2_check
from bidding.domain.control.commands import SetTestClock, Suspend
from bidding.domain.disclosure import is_public
from bidding.domain.lot import Lot, evolve
from bidding.domain.notice.events import ClarificationIssued, DeadlineMoved, NoticePublished
from bidding.domain.opening import commands as c
from bidding.domain.opening.entries import DrawnCoefficient
from bidding.domain.opening.events import CoefficientsDrawn, RollPublished
from bidding.domain.regime import Regime
from storage.exchange import Outbox
from tests.application.house import LOT, House
from tests.domain.contract.test_contract import PLAIN, awarded, signing
from tests.domain.evaluation.tender import OWNER
from tests.domain.lots import PARTICULARS, noticed
from tests.domain.opening.hall import HOST, OFFICER, SIGNED, T0, Hall, bidder
from tests.domain.sampling import sample

USCC = "12420902MA0000015T"
COMMON = {
    "TENDER_PROJECT_CODE": "2605-420902-04-01-123456",
    "BID_SECTION_CODE": "2605-420902-04-01-123456001",
    "PLATFORM_CODE": "platform-1",
    "PUB_SERVICE_PLAT_CODE": "service-1",
}


def outbox(house: House) -> StorageOutbox:
    return StorageOutbox(Outbox(house.database))


def projection(house: House) -> ExchangeProjection:
    return ExchangeProjection(
        house.platform,
        outbox(house),
        asyncio.Event(),
        platform_code="platform-1",
        service_code="service-1",
        uscc=USCC,
    )


async def project(house: House) -> None:
    """What the running projection does with every public event of the log that it has not seen."""
    after = await house.platform.journal.checkpoint(NAME) or 0
    for one in await house.platform.journal.load(lot_stream(LOT)):
        if one.position > after and is_public(one.event):
            await projection(house).project(one)


async def records(house: House) -> list[DataRecord]:
    items = await outbox(house).items(Channel.SERVICE, 0, 1000)
    return [parse_canonical(one.body, DataRecord) for one in items]


def announced() -> Hall:
    hall = Hall()
    hall.order("a", "b", "c")
    hall.release("a", "b", "c")
    hall.end_window()
    hall.form_keys()
    hall.give(c.Import(), results=hall.results())
    hall.give(c.Announce(), HOST)
    return hall


# R-DATA-01: the required entities, each with its codes


async def test_every_record_carries_the_codes_and_its_stamp(house: House) -> None:
    await house.plant(announced().log)
    await project(house)
    found = await records(house)
    for one in found:
        assert {name: one.fields[name] for name in COMMON} == COMMON
        assert one.fields["DATA_TIMESTAMP"] == one.stamp
        assert re.fullmatch(r"\d{20}", one.stamp)
    assert {one.table for one in found} >= {
        "TENDER_PROJECT",
        "BID_SECTION",
        "TENDER_INVITATION",
        "TENDER_FILE_CLARI_MODI",
        "TENDER_LIST",
        "BIDDER_MARGIN_INFO",
        "BID_OPEN_DETAIL",
    }


async def test_the_deal_code_is_the_platforms_code_the_day_a_serial_and_its_check(house: House) -> None:
    """R-CODE-05: 33 characters; the class (市政 A02) enters the check and not the code."""
    await house.plant(Hall().log)
    await project(house)
    (code,) = {one.fields["UNIFIED_DEAL_CODE"] for one in await records(house)}
    assert code[:32] == f"{USCC}20260511000001"
    assert code[32] == mod_37_2_check(f"A02{code[:32]}")


async def test_the_second_notice_of_a_day_has_the_second_serial(house: House) -> None:
    box = outbox(house)
    day = T0.date()
    assert [await box.serial(lot, day) for lot in ("x", "y", "x")] == [1, 2, 1]


async def test_bids_are_listed_with_what_was_read_out(house: House) -> None:
    """What the roll said first is one version, what was read out the next of the same key (R-DATA-01)."""
    log = announced().log
    for one in log:  # each a commit of its own
        await house.plant([one])
    await project(house)
    rows = [one for one in await records(house) if one.table == "TENDER_LIST" and one.key.endswith("/a")]
    assert [one.fields["BID_PRICE"] for one in rows] == ["", "90.001"]
    assert rows[1].fields["PRICE_UNIT"] == "万元"
    assert rows[1].fields["TIME_LIMIT"] == "150"
    assert rows[1].fields["BID_MANAGER"] == "a经理"
    assert rows[0].key == rows[1].key
    assert rows[0].stamp < rows[1].stamp


def test_the_project_says_scope_scale_and_whom_to_ask() -> None:
    """R-PLAT-09: and a notice of before this was said leaves the fields empty."""
    lot = noticed()
    event = sample(NoticePublished)
    project = tendering.rows(lot, event)[0].fields
    assert project["TENDER_PROJECT_SCOPE"] == PARTICULARS.scope
    assert project["TENDER_PROJECT_SCALE"] == PARTICULARS.scale
    assert project["TENDERER_CONTACT_PHONE"] == "0712-2850001"
    assert project["TENDER_AGENCY_CONTACT_PERSON"] == "李工"
    older = msgspec.structs.replace(lot, notice=msgspec.structs.replace(lot.notice, particulars=None))
    bare = tendering.rows(older, event)[0].fields
    assert bare.keys() == project.keys()
    assert bare["TENDERER_CONTACT_PHONE"] == ""


def test_the_roll_says_who_is_qualified_how_and_when_it_signed_in() -> None:
    """R-PLAT-09, R-DATA-01: CHECKIN_TIME of who signed in, empty of who did not."""
    stated = (Qualification(title="市政总承包二级", certificate="D242"), Qualification(title="安全生产许可"))
    hall = Hall()
    hall.submit("a", qualifications=stated)
    for name in ("b", "c"):
        hall.submit(name)
    hall.now = T0 - timedelta(minutes=30)
    hall.give(SignIn(), bidder("a"))
    hall.close()
    hall.give(c.PublishRoll(), HOST)
    (event,) = [one for one in hall.events if isinstance(one, RollPublished)]
    listed = [row for row in hall_rows.rows(hall.lot, event) if row.table == "TENDER_LIST"]
    rows = {row.key: row.fields for row in listed}
    assert rows["a"]["BIDDER_QUALIFICATION"] == "市政总承包二级(D242)、安全生产许可"
    assert rows["a"]["CHECKIN_TIME"] == "20260609090000"
    assert (rows["b"]["BIDDER_QUALIFICATION"], rows["b"]["CHECKIN_TIME"]) == ("", "")


def test_a_bidder_without_these_keeps_the_bytes_of_its_entry() -> None:
    """A record that was signed before is computed again byte for byte."""
    hall = Hall()
    hall.close("a", "b", "c")
    hall.give(c.PublishRoll(), HOST)
    said = msgspec.json.encode(hall.lot.opening.roll)
    assert b"qualifications" not in said
    assert b"signed_in_at" not in said


@pytest.mark.parametrize(
    ("fen", "said"),
    [
        (0, "0"),
        (1, "0.000001"),
        (90_001_000, "90.001"),
        (2_655_000_000, "2655"),
        (10**15 + 1, "1000000000.000001"),
    ],
)
def test_amounts_are_exact_decimals_of_ten_thousand_yuan(fen: int, said: str) -> None:
    assert wan(fen) == said
    assert Decimal(said) * 1_000_000 == fen


def test_the_result_and_the_contract_have_rows_with_their_amounts() -> None:
    """BID_AMOUNT in 万元; the contract's row is the performance's first."""
    at = awarded()
    at.give(PLAIN)
    for actor in (OWNER, bidder("b")):
        at.give(signing(at), actor)
    lot, rows = Lot(lot_id="lot-1"), []
    for event in at.events:
        if is_public(event):
            lot = evolve(lot, event)
            rows += concluding.rows(lot, event)
    by_table = {row.table: row.fields for row in rows}
    assert by_table["WIN_CANDIDATE"]["BID_AMOUNT"]
    assert by_table["WIN_BID_INFO"]["BID_AMOUNT"] == "72"
    assert by_table["PERFORMANCE"]["CONTRACT_PRICE"] == "72"
    assert by_table["PERFORMANCE"]["SETTLE_PRICE"] == ""


def test_each_drawn_coefficient_is_a_row_with_its_value() -> None:
    """R-OPEN-27: drawn balls are exchanged data."""
    drawn = sample(DrawnCoefficient)
    event = CoefficientsDrawn(at=T0, drawn=(msgspec.structs.replace(drawn, value="0.97"),))
    (row,) = hall_rows.rows(Hall().lot, event)
    assert (row.table, row.key) == ("BID_OPEN_DETAIL", f"draw-{drawn.coefficient}")
    assert (row.fields["VALUE_RESULT"], row.fields["DRAW_SEED"]) == ("0.97", drawn.seed)


async def test_a_stop_and_a_failure_are_exceptions(house: House) -> None:
    hall = Hall()
    hall.close("a", "b")
    await house.plant(hall.log)
    await project(house)
    (row,) = [one for one in await records(house) if one.table == "EXCEPTION_REPORT"]
    assert row.fields["EXCEPTION_TYPE"] == "流标"


# idempotent by (entity key, DATA_TIMESTAMP); a correction is a new version


async def test_a_moved_deadline_is_a_new_version_of_the_invitation_alone(house: House) -> None:
    hall = Hall()
    await house.plant(hall.log)
    await project(house)
    before = await records(house)
    moved = DeadlineMoved(previous=T0, deadline=T0.replace(day=12), rule="R-ENG-04")
    await house.plant([("lot-lot-1", moved)])
    await project(house)
    fresh = (await records(house))[len(before) :]
    assert [one.table for one in fresh] == ["TENDER_INVITATION"]
    assert fresh[0].fields["BID_OPEN_TIME"] == "20260612093000"


async def test_events_projected_again_bring_no_second_record(house: House) -> None:
    await house.plant(announced().log)
    await project(house)
    before = await outbox(house).items(Channel.SERVICE, 0, 1000)
    await house.database.execute("DELETE FROM tracking WHERE name = $1", NAME)
    await project(house)
    assert await outbox(house).items(Channel.SERVICE, 0, 1000) == before


# nothing secret before T0: the mapping reads public events only


async def test_before_the_deadline_records_do_not_depend_on_bids(house: House) -> None:
    """R-GEN-04, R-DOC-03: the same bytes with three bids as with none."""
    hall = Hall()
    await house.plant(hall.log)
    await project(house)
    before = await outbox(house).items(Channel.SERVICE, 0, 1000)
    planted = len(hall.log)
    for name in ("a", "b", "c"):
        hall.submit(name)
    await house.plant(hall.log[planted:])
    await house.give(StartUpload(envelope="form", length=9), bidder("d"))
    await project(house)
    assert await outbox(house).items(Channel.SERVICE, 0, 1000) == before


async def test_a_test_lot_leaves_nothing(house: House) -> None:
    hall = Hall(mode=Mode.TEST)
    hall.give(SetTestClock(rate=1), HOST, real=hall.now)
    hall.notice(Regime.ENG, True, True)
    await house.plant(hall.log)
    await project(house)
    assert await outbox(house).items(Channel.SERVICE, 0, 10) == []
    assert await outbox(house).items(Channel.MEDIA, 0, 10) == []


# the push: a target's own tracking row, the embedded folder


async def test_the_folder_gets_every_record_once_signed_by_the_platform(house: House, tmp_path: Path) -> None:
    await house.plant(announced().log)
    await project(house)
    folder = tmp_path / "pushed"
    courier = Courier(
        house.platform,
        outbox(house),
        Channel.SERVICE,
        DirectoryTarget("folder", folder),
        house.keyring.receipt,
    )
    await courier.step()
    items = await outbox(house).items(Channel.SERVICE, 0, 1000)
    written = sorted(folder.rglob("*.json"))
    assert len(written) == len(items) > 10
    for file in written:
        signature = unb64(file.with_suffix(".sig").read_text())
        verify_bytes(LABEL, Signed(file.read_bytes(), signature), house.keyring.receipt.public)
    assert await outbox(house).reached(courier.name) == items[-1].number


async def test_only_what_is_new_is_sent_after_a_restart(house: House) -> None:
    class Counting(DirectoryTarget):
        sent: list[str]

        async def deliver(self, item: Item, signature: str) -> None:
            self.sent.append(item.key)

    await house.plant(Hall().log)
    await project(house)
    target = Counting("counting", Path("unused"))
    target.sent = []

    def courier() -> Courier:
        return Courier(house.platform, outbox(house), Channel.SERVICE, target, house.keyring.receipt)

    await courier().step()
    first = len(target.sent)
    clarified = ClarificationIssued(
        number=1, text="更正", affects_bids=False, document_version=1, issued_at=T0, signed=SIGNED
    )
    await house.plant([("lot-lot-1", clarified)])
    await house.give(Suspend(reason="核查", order="1号"), OFFICER)
    await project(house)
    await courier().step()
    assert [key.split("/", 1)[1] for key in target.sent[first:]] == [
        "TENDER_FILE_CLARI_MODI/c1",
        "EXCEPTION_REPORT/suspension",
    ]


# the pull: for platforms that fetch


async def test_a_platform_fetches_page_by_page_and_then_what_is_new(house: House) -> None:
    await house.plant(announced().log)
    await project(house)
    app = create_app(None, routers=(exchange.router,))
    absent = cast(Any, None)  # the route asks the outbox and nothing else
    app.state.desks = Desks(**{**{one.name: absent for one in fields(Desks)}, "outbox": outbox(house)})
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://platform") as web:
        seen: list[dict[str, Any]] = []
        after = 0
        while True:
            page = (await web.get("/exchange/records", params={"after": after, "limit": 4})).json()
            seen += page["records"]
            if page["next"] is None:
                break
            after = page["next"]
        last = seen[-1]["number"]
        assert (await web.get("/exchange/records", params={"after": last})).json() == {
            "records": [],
            "next": None,
        }
    assert [one["fields"] for one in seen] == [one.fields for one in await records(house)]
