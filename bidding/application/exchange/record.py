"""Records in the field names of 公共资源交易平台系统数据规范 (R-DATA-01), and the codes that each carries."""

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal

import msgspec

from bidding.crypto.canonical import canonical

#: The law's clock; China has no other zone and no summer time.
BEIJING = timezone(timedelta(hours=8))


class Entity(msgspec.Struct, frozen=True, kw_only=True):
    """One row of one table. ``key`` tells rows of a table apart within the lot, "" where there is but one."""

    table: str
    key: str = ""
    fields: dict[str, str]


class Codes(msgspec.Struct, frozen=True, kw_only=True):
    """What stands in every record of a lot (R-CODE-05, R-CODE-06)."""

    project: str
    section: str
    deal: str
    platform: str
    service: str


class DataRecord(msgspec.Struct, frozen=True, kw_only=True):
    """``key`` and ``stamp`` name it: the same again is the same record, a later stamp a new version."""

    table: str
    key: str
    stamp: str
    fields: dict[str, str]

    def encoded(self) -> bytes:
        """Canonical JSON (RFC 8785)."""
        return canonical(self)


def record(lot_id: str, entity: Entity, codes: Codes, at: datetime) -> DataRecord:
    """``at``: when the event was recorded that the row comes from."""
    stamped = stamp(at)
    return DataRecord(
        table=entity.table,
        key="/".join(part for part in (lot_id, entity.table, entity.key) if part),
        stamp=stamped,
        fields={
            **entity.fields,
            "TENDER_PROJECT_CODE": codes.project,
            "BID_SECTION_CODE": codes.section,
            "UNIFIED_DEAL_CODE": codes.deal,
            "PLATFORM_CODE": codes.platform,
            "PUB_SERVICE_PLAT_CODE": codes.service,
            "DATA_TIMESTAMP": stamped,
        },
    )


def stamp(at: datetime) -> str:
    """yyyyMMddHHmmss and six digits more, Beijing time: the commits of one second stay apart."""
    return f"{at.astimezone(BEIJING):%Y%m%d%H%M%S%f}"


def moment(at: datetime | None) -> str:
    """yyyyMMddHHmmss, Beijing time; empty for none."""
    return "" if at is None else f"{at.astimezone(BEIJING):%Y%m%d%H%M%S}"


def day(on: date | None) -> str:
    """yyyyMMddHHmmss of that day's beginning; empty for none."""
    return "" if on is None else f"{on:%Y%m%d}000000"


def wan(fen: int | None) -> str:
    """万元, exact and without needless zeros; empty for none. 1 分 = 0.000001 万元."""
    if fen is None:
        return ""
    exact = f"{Decimal(fen).scaleb(-6):f}"
    return exact.rstrip("0").rstrip(".") if "." in exact else exact
