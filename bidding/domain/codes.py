"""Official code numbers: 统一社会信用代码, 项目代码, 统一交易标识码 (R-CODE-01, 02, 04, 05)."""

import re
from datetime import date
from enum import StrEnum

import msgspec
from stdnum.cn import uscc as stdnum_uscc
from stdnum.iso7064 import mod_37_2

from bidding.domain.errors import Invalid

#: GB 32100-2015: no I O S V Z.
USCC_ALPHABET = frozenset("0123456789ABCDEFGHJKLMNPQRTUWXY")
DIGITS = frozenset("0123456789")
#: 登记管理部门 + 机构类别 pairs in use (R-CODE-01).
USCC_PREFIXES = frozenset(
    kind + body
    for kind, bodies in (
        ("1", "1239"),  # 机构编制
        ("2", "19"),  # 外交
        ("3", "123459"),  # 司法行政
        ("4", "19"),  # 文化
        ("5", "1239"),  # 民政
        ("6", "129"),  # 旅游
        ("7", "129"),  # 宗教
        ("8", "19"),  # 工会
        ("9", "123"),  # 市场监管
        ("A", "19"),  # 中央军委改革和编制办公室
        ("N", "1239"),  # 农业
        ("Y", "1"),  # 其他
    )
    for body in bodies
)
#: GB 11714 weights over positions 9–16.
ORG_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

#: GB/T 40058-2021: YYMM-region-department-type-serial with check character, 20 characters and 4 hyphens.
PROJECT_CODE = re.compile(r"[0-9]{2}(?:0[1-9]|1[0-2])-[0-9]{6}-[0-9]{2}-[0-9]{2}-[0-9]{5}[0-9A-Z]")
REGION = re.compile(r"[0-9]{6}")


class UsccAnswer(StrEnum):
    ACCEPT = "ACCEPT"
    NEEDS_AUTHORITY_PROOF = "NEEDS_AUTHORITY_PROOF"
    """A check character fails: not accepted until the authority's proof is seen, but no ban (R-DEC-02)."""
    REJECT_FORMAT = "REJECT_FORMAT"


class UsccReason(StrEnum):
    LENGTH = "LENGTH"
    CHARSET = "CHARSET"
    PREFIX = "PREFIX"
    REGION_NOT_DIGITS = "REGION_NOT_DIGITS"
    CHECK_CHARACTER = "CHECK_CHARACTER"
    ORG_CODE_CHECK = "ORG_CODE_CHECK"


class UsccVerdict(msgspec.Struct, frozen=True, kw_only=True):
    """The last three fields are None when the format is wrong: nothing can be computed then."""

    normalized: str
    verdict: UsccAnswer
    reasons: tuple[UsccReason, ...]
    checksum_ok: bool | None = None
    expected_check: str | None = None
    org_check_ok: bool | None = None

    @property
    def format_ok(self) -> bool:
        return self.verdict is not UsccAnswer.REJECT_FORMAT


def check_uscc(code: str) -> UsccVerdict:
    """R-CODE-01, R-CODE-02: judge a 统一社会信用代码 as typed.

    Blanks around it are trimmed and letters raised; nothing inside is repaired. ``stdnum`` computes the
    check character, but its ``validate`` is not used: it drops hyphens and refuses the prefixes A, N, Y.
    """
    normalized = code.strip().upper()
    faults = _format_faults(normalized)
    if faults:
        return UsccVerdict(normalized=normalized, verdict=UsccAnswer.REJECT_FORMAT, reasons=faults)
    expected = str(stdnum_uscc.calc_check_digit(normalized[:17]))
    checksum_ok = normalized[17] == expected
    org_check_ok = normalized[16] == org_check(normalized[8:16])
    doubts = [
        *([] if checksum_ok else [UsccReason.CHECK_CHARACTER]),
        *([] if org_check_ok else [UsccReason.ORG_CODE_CHECK]),
    ]
    return UsccVerdict(
        normalized=normalized,
        verdict=UsccAnswer.NEEDS_AUTHORITY_PROOF if doubts else UsccAnswer.ACCEPT,
        reasons=tuple(doubts),
        checksum_ok=checksum_ok,
        expected_check=expected,
        org_check_ok=org_check_ok,
    )


def _format_faults(code: str) -> tuple[UsccReason, ...]:
    # Length and alphabet first: the other positions mean nothing in a string that is no code at all.
    faults = []
    if len(code) != 18:
        faults.append(UsccReason.LENGTH)
    if not USCC_ALPHABET.issuperset(code):
        faults.append(UsccReason.CHARSET)
    if faults:
        return tuple(faults)
    if code[:2] not in USCC_PREFIXES:
        faults.append(UsccReason.PREFIX)
    if not DIGITS.issuperset(code[2:8]):
        faults.append(UsccReason.REGION_NOT_DIGITS)
    return tuple(faults)


def org_check(body: str) -> str:
    """R-CODE-02, GB 11714: the check character of an 8-character organisation code body (A=10 … Z=35)."""
    total = sum(int(char, 36) * weight for char, weight in zip(body, ORG_WEIGHTS, strict=True))
    remainder = 11 - total % 11
    return {10: "X", 11: "0"}.get(remainder, str(remainder))


def make_uscc(prefix: str, region: str, serial: int) -> str:
    """A valid synthetic USCC for test data: ``MA`` and the six-digit ``serial`` as organisation body."""
    if prefix not in USCC_PREFIXES or REGION.fullmatch(region) is None or not 0 <= serial < 10**6:
        raise ValueError(f"no USCC can be made of {prefix!r}, {region!r}, {serial!r}")
    body = f"MA{serial:06d}"
    stem = f"{prefix}{region}{body}{org_check(body)}"
    return stem + str(stdnum_uscc.calc_check_digit(stem))


def is_project_code(code: str) -> bool:
    """R-CODE-04: the pattern of a 项目代码. Its check algorithm is unpublished: ask the approval platform."""
    return PROJECT_CODE.fullmatch(code) is not None


def mod_37_2_check(payload: str) -> str:
    """R-CODE-05, ISO/IEC 7064 MOD 37-2 over ``0-9A-Z``: the check character, one of ``0-9A-Z*``."""
    if re.fullmatch(r"[0-9A-Z]*", payload) is None:
        raise Invalid("code-charset", rule="R-CODE-05", payload=payload)
    return str(mod_37_2.calc_check_digit(payload))


def unified_deal_code(deal_class: str, uscc: str, day: date, serial: int) -> str:
    """R-CODE-05: UNIFIED_DEAL_CODE, 33 characters. The class (A01, D01 …) enters the check, not the code."""
    if not 0 <= serial < 10**6:
        raise ValueError(f"serial {serial} does not fit in six digits")
    stem = f"{uscc}{day:%Y%m%d}{serial:06d}"
    return stem + mod_37_2_check(deal_class + stem)
