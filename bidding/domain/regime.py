"""Which law a lot stands under, and what is bought (R-GEN-01)."""

from enum import StrEnum


class Regime(StrEnum):
    """``ENG``: 工程建设项目 (招投法, 招投条例). ``GP``: tendered goods and services of 政府采购 (采购法)."""

    ENG = "ENG"
    GP = "GP"


class LotObject(StrEnum):
    """What the lot buys. ``SERVICE`` = services other than survey and design (supervision included)."""

    WORKS = "WORKS"
    GOODS = "GOODS"
    SURVEY_DESIGN = "SURVEY_DESIGN"
    SERVICE = "SERVICE"
