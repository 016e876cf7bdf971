"""Rows from the notice up to the deadline: project, section, invitation, document (R-DATA-01, R-PLAT-09)."""

from bidding.application.exchange.record import Entity, moment, wan
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice import events as n
from bidding.domain.notice.particulars import Particulars
from bidding.domain.notice.state import Notice

WAN = "万元"
CURRENCY = "CNY"


def rows(lot: Lot, event: Event) -> list[Entity]:
    """``lot``: as the public knows it after ``event``."""
    notice = lot.notice
    match event:
        case n.NoticePublished():
            return [_project(notice), _section(notice), _invitation(notice)]
        case n.DeadlineMoved():
            return [_invitation(notice)]
        case n.DocumentIssued():
            return [_document(notice, f"v{event.version}", event.reason or "招标文件", event.sha256)]
        case n.ClarificationIssued():
            return [_document(notice, f"c{event.number}", event.text, "", moment(event.issued_at))]
        case _:
            return []


def _project(notice: Notice) -> Entity:
    project = notice.project
    return Entity(
        table="TENDER_PROJECT",
        fields={
            "TENDER_PROJECT_NAME": "" if project is None else project.name,
            "PROJECT_CODE": "" if project is None else project.project_code,
            "APPROVAL_NUMBER": "" if project is None else project.authority_document,
            "REGION_CODE": notice.region,
            "TENDER_PROJECT_TYPE": str(notice.category or ""),
            "TENDER_MODE": str(notice.method),
            "TENDERER_NAME": notice.tenderer_name,
            "TENDER_AGENCY_NAME": notice.agency_name,
            # R-DATA-02: the source of the money is published (20号令 41 [M]).
            "FUND_SOURCE": "、".join(str(line.source) for line in notice.fund_lines),
            **_particulars(notice.particulars),
        },
    )


def _particulars(said: Particulars | None) -> dict[str, str]:
    """R-PLAT-09. Empty where the notice is older than these, and of an agency that the lot does not have."""
    fields = {
        "TENDER_PROJECT_SCOPE": said.scope if said else "",
        "TENDER_PROJECT_SCALE": said.scale if said else "",
    }
    for office, contact in (
        ("TENDERER", said.tenderer if said else None),
        ("TENDER_AGENCY", said.agency if said else None),
    ):
        fields[f"{office}_CONTACT_PERSON"] = contact.person if contact else ""
        fields[f"{office}_CONTACT_PHONE"] = contact.phone if contact else ""
        fields[f"{office}_CONTACT_ADDRESS"] = contact.address if contact else ""
        fields[f"{office}_CONTACT_EMAIL"] = contact.email if contact else ""
    return fields


def _section(notice: Notice) -> Entity:
    return Entity(
        table="BID_SECTION",
        fields={
            "BID_SECTION_NAME": notice.title,
            "BID_SECTION_NUMBER": f"{notice.section:03d}",
            "BID_SECTION_CONTENT": notice.text,
            "CONTRACT_RECKON_PRICE": wan(notice.base_fen),
            "PRICE_UNIT": WAN,
            "CURRENCY_CODE": CURRENCY,
        },
    )


def _invitation(notice: Notice) -> Entity:
    return Entity(
        table="TENDER_INVITATION",
        fields={
            "NOTICE_NAME": notice.title,
            "NOTICE_CONTENT": notice.text,
            "NOTICE_SEND_TIME": moment(notice.published_at),
            "BID_DOC_REFER_END_TIME": moment(notice.deadline),
            "BID_OPEN_TIME": moment(notice.deadline),
            "NOTICE_HASH": notice.notice_hash,
        },
    )


def _document(notice: Notice, key: str, content: str, sha256: str, sent: str = "") -> Entity:
    terms = notice.terms
    return Entity(
        table="TENDER_FILE_CLARI_MODI",
        key=key,
        fields={
            "CLARI_MODI_CONTENT": content,
            "CLARI_MODI_SEND_TIME": sent or moment(notice.published_at),
            "FILE_SHA256": sha256,
            "BID_OPEN_TIME": moment(notice.deadline),
            "VALID_PERIOD": "" if terms is None else str(terms.bid_validity_days),
            "MARGIN_PAY_TYPE": "" if terms is None else "、".join(str(form) for form in terms.deposit_forms),
            "MARGIN_AMOUNT": "" if terms is None else wan(terms.bid_deposit_fen),
            "MARGIN_CURRENCY": CURRENCY,
            "MARGIN_UNIT": WAN,
            "CONTROL_PRICE": wan(notice.price_limit_fen),
            "PRICE_UNIT": WAN,
        },
    )
