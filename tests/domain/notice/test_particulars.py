"""R-PLAT-09 (20号令 41): scope, scale and whom to ask stand in the notice, and older notices keep their hash."""

import msgspec
import pytest
from msgspec.structs import replace

from bidding.domain.disclosure import is_public, view
from bidding.domain.errors import Invalid
from bidding.domain.event import decode, encode
from bidding.domain.lot import Lot
from bidding.domain.notice import decide
from bidding.domain.notice.events import NoticePublished, notice_hash
from bidding.domain.notice.particulars import OfficeContact, Particulars
from bidding.domain.parties import Standing
from tests.domain.lots import PARTICULARS, booked, facts, publication


def published(lot: Lot) -> NoticePublished:
    events = decide.publish(lot, publication(), facts())
    (notice,) = [one for one in events if isinstance(one, NoticePublished)]
    return notice


# What the notice says, and to whom


def test_everybody_reads_scope_scale_and_both_contacts() -> None:
    notice = published(booked())
    assert is_public(notice)
    assert notice.particulars == PARTICULARS
    shown = view("lot-1", [notice], frozenset({Standing.ANYONE})).notice.particulars
    assert shown == PARTICULARS
    assert PARTICULARS.agency is not None


def test_the_hash_covers_them() -> None:
    """R-DOC-02: a medium that shows another telephone is found out."""
    notice = published(booked())
    altered = replace(PARTICULARS, tenderer=replace(PARTICULARS.tenderer, phone="0712-9999999"))
    assert notice_hash(replace(notice, particulars=altered)) != notice.notice_hash


def test_an_older_notice_keeps_its_bytes_and_its_hash() -> None:
    older = replace(published(booked()), particulars=msgspec.UNSET)
    said = encode(older)
    assert b"particulars" not in said
    again = decode(NoticePublished.TOPIC, said)
    assert again == older
    assert isinstance(again, NoticePublished)
    assert notice_hash(again) == notice_hash(older)
    assert view("lot-1", [older], frozenset({Standing.ANYONE})).notice.particulars is None


# What is refused


def test_an_agency_says_whom_to_ask() -> None:
    with pytest.raises(Invalid, match="agency-contact-missing"):
        decide.publish(booked(), publication(particulars=replace(PARTICULARS, agency=None)), facts())


def test_where_the_tenderer_tenders_by_itself_no_agency_is_named() -> None:
    lot = booked()
    lot = replace(lot, admission=replace(lot.admission, tenderer=lot.admission.host))
    with pytest.raises(Invalid, match="agency-contact-of-nobody"):
        decide.publish(lot, publication(), facts())
    alone = decide.publish(lot, publication(particulars=replace(PARTICULARS, agency=None)), facts())
    assert any(isinstance(one, NoticePublished) for one in alone)


@pytest.mark.parametrize(
    "changes", [{"scope": " "}, {"scale": ""}, {"tenderer": {"person": "张工", "phone": "?", "address": "x"}}]
)
def test_blank_particulars_are_no_particulars(changes: dict[str, object]) -> None:
    whole = {**msgspec.to_builtins(PARTICULARS), **changes}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(whole, Particulars)


def test_an_email_is_optional() -> None:
    contact = {"person": "张工", "phone": "0712-2850001 转 8", "address": "城站路 1 号"}
    assert msgspec.convert(contact, OfficeContact).email == ""
