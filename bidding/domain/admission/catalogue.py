"""What an admission file must hold, by category (R-SVC-03).

``MAIN`` items keep a file out until they are there; ``DEFERRABLE`` ones may follow (R-NB-HM-01).
"""

from enum import StrEnum

import msgspec

from bidding.domain.admission.filing import Category


class Need(StrEnum):
    MAIN = "MAIN"
    DEFERRABLE = "DEFERRABLE"


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """``agency_only``: asked only where an agency hosts the lot. ``source``: the article that asks for it.

    ``of_project``: the same for every section of a project; what was accepted once is not asked again (R-NB-HM-05).
    """

    code: str
    title: str
    source: str
    need: Need = Need.MAIN
    agency_only: bool = False
    of_project: bool = False


AGENCY_CONTRACT = Item(
    code="agency-contract", title="招标（采购）代理委托合同", source="招投法 15; 采购法 20", agency_only=True
)

#: Every construction project: 招投法 9 wants approval and money before a tender.
CONSTRUCTION = (
    Item(code="approval", title="项目审批、核准或者备案文件", source="招投法 9", of_project=True),
    Item(
        code="tender-scheme",
        title="招标范围、招标方式、招标组织形式的核准文件",
        source="招投条例 7",
        of_project=True,
    ),
    Item(code="funding-proof", title="资金来源已经落实的证明", source="招投法 9", of_project=True),
    AGENCY_CONTRACT,
    Item(
        code="price-limit",
        title="最高投标限价或者其计算方法",
        source="招投条例 27",
        need=Need.DEFERRABLE,
    ),
)
PROCUREMENT = (
    Item(code="budget-approval", title="政府采购预算批复", source="采购法 33", of_project=True),
    Item(code="procurement-plan", title="政府采购实施计划备案", source="采购条例 29"),
    Item(code="requirements", title="采购需求", source="采购条例 15"),
    AGENCY_CONTRACT,
    Item(
        code="sme-reservation",
        title="面向中小企业预留份额的说明",
        source="财库〔2020〕46号",
        need=Need.DEFERRABLE,
    ),
)

CATALOGUE: dict[Category, tuple[Item, ...]] = {
    Category.BUILDING: (
        *CONSTRUCTION,
        Item(code="design", title="招标所需的设计图纸及技术资料", source="30号令 8 [M]"),
        Item(
            code="planning-permit",
            title="建设工程规划许可证",
            source="城乡规划法 40",
            need=Need.DEFERRABLE,
            of_project=True,
        ),
    ),
    Category.MUNICIPAL: (
        *CONSTRUCTION,
        Item(code="design", title="招标所需的设计图纸及技术资料", source="30号令 8 [M]"),
    ),
    Category.TRANSPORT: (
        *CONSTRUCTION,
        Item(code="design", title="初步设计或者施工图设计批复", source="交通运输部2015年24号令 8 [M]"),
    ),
    Category.WATER: (
        *CONSTRUCTION,
        Item(code="design", title="初步设计报告批复", source="水利部14号令 16 [M]"),
    ),
    Category.GOODS: PROCUREMENT,
    Category.SERVICES: PROCUREMENT,
}


def items(category: Category, *, with_agency: bool) -> tuple[Item, ...]:
    """The items asked of a file of this category."""
    return tuple(item for item in CATALOGUE[category] if with_agency or not item.agency_only)
