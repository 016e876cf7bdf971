"""Audits are no condition of settlement, changes of office no plea: R-NB-HF-04; 款项条例 12, 14; 营商条例 31."""

import msgspec
import pytest
from msgspec.structs import replace

from bidding.domain.errors import Invalid
from bidding.domain.lot import Lot
from bidding.domain.performance import commands as c
from bidding.domain.performance.lawful import check_plea, check_settlement_terms
from bidding.domain.waiverinputs import TendererType
from tests.domain.contract.test_contract import PLAIN, awarded
from tests.domain.lots import at, noticed
from tests.domain.performance.test_performance import give, invoiced, refused


def of(kind: TendererType) -> Lot:
    lot = noticed()
    project = lot.notice.project
    assert project is not None
    return replace(lot, notice=replace(lot.notice, project=replace(project, tenderer_type=kind)))


PUBLIC = of(TendererType.AUTHORITY)


@pytest.mark.parametrize(
    "clause",
    [
        "工程结算以审计机关的审计结果为依据",
        "余款待区审计局审计结论出具后一次性支付",
        "最终价款以审计审定金额为准",
    ],
)
def test_a_clause_that_waits_for_an_audit_is_named(clause: str) -> None:
    with pytest.raises(Invalid) as caught:
        check_settlement_terms(PUBLIC, f"第一条 按期交付。第二条 {clause};第三条 其他。")
    assert (caught.value.code, caught.value.rule) == ("audit-as-settlement", "R-NB-HF-04")
    assert clause in caught.value.found["clause"]


@pytest.mark.parametrize(
    "text",
    [
        "甲方不得以审计结果作为结算依据。",
        "甲方依法接受审计监督。结算按合同单价和验收数量办理。",
        "乙方配合审计机关提供资料",
    ],
)
def test_what_is_lawful_passes(text: str) -> None:
    check_settlement_terms(PUBLIC, text)


@pytest.mark.parametrize("kind", list(TendererType))
def test_the_law_binds_public_bodies_and_what_they_own(kind: TendererType) -> None:
    free = {TendererType.PRIVATE_ENTERPRISE, TendererType.ORGANISATION}
    clause = "结算以审计结果为依据"
    if kind in free:
        check_settlement_terms(of(kind), clause)
        check_plea(of(kind), "换届")
        return
    with pytest.raises(Invalid):
        check_settlement_terms(of(kind), clause)
    with pytest.raises(Invalid):
        check_plea(of(kind), "换届")


@pytest.mark.parametrize(
    "plea",
    [
        "单位换届,待新班子研究",
        "主要负责人已经调整",
        "法定代表人变更",
        "机构改革尚未到位",
        "履行内部付款流程",
        "等待决算审计",
        "尚未竣工验收备案",
    ],
)
def test_a_plea_that_the_law_does_not_know_delays_nothing(plea: str) -> None:
    with pytest.raises(Invalid, match="plea-unlawful"):
        check_plea(PUBLIC, plea)


@pytest.mark.parametrize("reason", ["土方量与签证不符", "第二批设备未到货", "负责人签字的验收单数量有误"])
def test_a_dispute_of_the_thing_itself_is_heard(reason: str) -> None:
    check_plea(PUBLIC, reason)


def test_neither_is_drafted_nor_disputed() -> None:
    plea = c.RaiseDispute(invoice="FP1", amount_fen=1, reason="待审计")
    assert refused(invoiced(), plea, at(10, month=6)) == "plea-unlawful"
    assert (
        give(invoiced(), replace(plea, reason="土方量"), at(10, month=6)).performance.debts[0].disputed_fen
        == 1
    )
    desk = awarded()
    desk.lot = replace(desk.lot, notice=replace(desk.lot.notice, project=PUBLIC.notice.project))
    with pytest.raises(Invalid, match="audit-as-settlement"):
        desk.give(msgspec.structs.replace(PLAIN, terms="结算以审计结论为准"))
