"""The file that an agency hands in for a lot (进场资料, R-SVC-03)."""

from enum import StrEnum

import msgspec

from bidding.domain.regime import LotObject, Regime
from bidding.domain.waiver import FundLine, LotPart, ProjectCodeType, TendererType


class Category(StrEnum):
    """进场交易类别; the first four stand under ENG, the last two under GP (R-GEN-01)."""

    BUILDING = "房建"
    MUNICIPAL = "市政"
    TRANSPORT = "交通"
    WATER = "水利"
    GOODS = "货物"
    SERVICES = "服务"


class Method(StrEnum):
    """How is bought. Only the open tender is carried out here; the others are named so that a file that
    asks for them is refused by name (R-GEN-01: a third family, deferred)."""

    OPEN = "公开招标"
    INVITED = "邀请招标"
    NEGOTIATION = "竞争性谈判"
    CONSULTATION = "竞争性磋商"
    INQUIRY = "询价"
    SINGLE_SOURCE = "单一来源"


class Mode(StrEnum):
    """A test lot lives in virtual time, in rooms and object stores of its own, and off the public lists."""

    LIVE = "live"
    TEST = "test"


class Compulsory(StrEnum):
    """Whether the lot must be tendered by law (R-ENG-01)."""

    COMPULSORY = "COMPULSORY"
    NOT_COMPULSORY = "NOT_COMPULSORY"
    UNDECIDED = "UNDECIDED"


class CompulsoryVerdict(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``reasons``: facts and articles, in the order in which they were weighed."""

    answer: Compulsory
    reasons: tuple[str, ...]


class Infrastructure(StrEnum):
    """大型基础设施、公用事业 (16号令 4), by the catalogue of 发改法规规〔2018〕843号 2 [M]."""

    NONE = "NONE"  # 不属于
    ENERGY = "ENERGY"  # 煤炭、石油、天然气、电力、新能源
    TRANSPORT = "TRANSPORT"  # 铁路、公路、管道、水运、公共航空和 A1 级通用机场
    TELECOM = "TELECOM"  # 电信枢纽、通信信息网络
    WATER = "WATER"  # 防洪、灌溉、排涝、引(供)水
    URBAN_TRANSIT = "URBAN_TRANSIT"  # 城市轨道交通


class Project(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``region``: six digits; ``project_code``: R-CODE-04, empty only where no code was issued (type 无).

    ``authority_document``: number of the approval, plan or entrustment that the tender rests on.
    """

    project_code: str
    name: str
    authority_document: str
    region: str
    project_code_type: ProjectCodeType | None = None
    tenderer_type: TendererType | None = None


class ChecklistEntry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``item``: a code of ``catalogue``; ``reference``: number or place of the document. ``shared_from``: number of the
    accepted file that the platform took it over from, "" where the filer brought it (R-NB-HM-05)."""

    item: str
    provided: bool
    reference: str = ""
    shared_from: str = ""


class Defect(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``item``: a code of ``catalogue``, a waiver reason (``waiver:…``) or the officer's own word."""

    item: str
    reason: str


class Funding(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The money facts of R-WAIVE-03. What is unknown stays None: the waiver table then holds (D7).

    ``estimate_fen`` 估算价 belongs to ENG, ``budget_fen`` 预算金额 to GP, both of this lot, in 分.
    """

    fund_lines: tuple[FundLine, ...] = ()
    mixed_separable: bool | None = None
    lot_part: LotPart = LotPart.WHOLE
    estimate_fen: int | None = None
    budget_fen: int | None = None


class Filing(Funding, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``price_limit_fen``: 最高投标限价, if fixed already; ``section``: the lot's number in its project."""

    project: Project
    tenderer: str
    title: str
    category: Category
    regime: Regime
    object: LotObject
    method: Method = Method.OPEN
    price_limit_fen: int | None = None
    section: int = 1
    infrastructure: Infrastructure | None = None
    checklist: tuple[ChecklistEntry, ...] = ()
    mode: Mode = Mode.LIVE
