"""What an opened bid's files say of their making, and what the tender document calls suspicious (R-EVAL-04)."""

from enum import StrEnum

import msgspec


class TraceField(StrEnum):
    """A mark that a program left in a file (practice: 黄石 2021, 大庆高新 2021)."""

    AUTHOR = "AUTHOR"  # 文件作者
    LAST_SAVED_BY = "LAST_SAVED_BY"  # 最后保存者
    COMPANY = "COMPANY"  # 文件属性中的单位
    MAC = "MAC"  # 网卡地址
    CPU = "CPU"  # CPU 序列号
    DISK = "DISK"  # 硬盘序列号
    LOCK = "LOCK"  # 计价软件加密锁号
    FILE_ID = "FILE_ID"  # 文件创建标识码


class CollusionTerms(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which fields are compared and when what agrees is reported: the tender document's to define (R-EVAL-04).

    Two bids are reported when they share values of at least ``threshold`` fields that are not all ``weak``: a CPU
    serial alone is held insufficient (practice: 中国政府采购报). ``ignored``: values that programs give to
    everybody, compared without regard to case. ``series_length``: so many prices at regular differences;
    ``tolerance``: by what share of itself a price may miss its place in the series, decimal text.
    """

    fields: tuple[TraceField, ...] = tuple(TraceField)
    threshold: int = 1
    weak: tuple[TraceField, ...] = (TraceField.CPU, TraceField.COMPANY)
    ignored: tuple[str, ...] = (
        "admin",
        "administrator",
        "user",
        "owner",
        "root",
        "windows user",
        "microsoft office user",
        "微软用户",
        "微软中国",
        "用户",
        "apache poi",
        "openpyxl",
        "python-docx",
        "anonymous",
        "(anonymous)",
        "unspecified",
        "wps office",
        "wps_office",
    )
    series_length: int = 3
    tolerance: str = "0.000001"


class Trace(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One mark. ``file``: the envelope and the member of its archive that carries it."""

    field: TraceField
    value: str
    file: str


class MentionKind(StrEnum):
    NAME = "NAME"
    USCC = "USCC"
    PROJECT_LEAD = "PROJECT_LEAD"


class Mention(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Another bidder in one's own documents (招投条例 40(五) 相互混装). ``page`` from 1; 0: the file has no pages."""

    other: str
    kind: MentionKind
    file: str
    page: int = 0


class BidTraces(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Everything that one bid's files gave. ``read``: how many files; ``unread``: those that nothing could be
    read from, so that silence about them is not taken for innocence."""

    bidder: str
    read: int
    unread: tuple[str, ...] = ()
    traces: tuple[Trace, ...] = ()
    mentions: tuple[Mention, ...] = ()


class FindingKind(StrEnum):
    """招投条例 40: what may be a sign of collusion. A sign is not a finding of fact (R-EVAL-04)."""

    SHARED_TRACES = "SHARED_TRACES"  # (一)(二) the same author, device, program or file
    MIXED_UP = "MIXED_UP"  # (五) another bidder's name, code or project lead
    EQUAL_PRICES = "EQUAL_PRICES"  # (四) 报价异常一致
    ARITHMETIC_PRICES = "ARITHMETIC_PRICES"  # (四) 报价呈规律性差异: equal differences
    GEOMETRIC_PRICES = "GEOMETRIC_PRICES"  # (四) 报价呈规律性差异: equal ratios


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """``bidders``: all whom it concerns; ``evidence``: each value with the files that carry it."""

    kind: FindingKind
    bidders: tuple[str, ...]
    evidence: tuple[str, ...]
