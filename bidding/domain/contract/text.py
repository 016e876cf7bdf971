"""The contract as text: what both parties sign, byte for byte."""

import hashlib

from bidding.domain.contract.commands import DraftContract
from bidding.domain.lot import Lot


def contract_text(lot: Lot, command: DraftContract, number: str) -> str:
    """The terms that the law ties to the bid come first, the further clauses after (GB/T 36298-2018)."""
    notice, award = lot.notice, lot.award
    bond = (
        "不收取履约保证金"
        if command.performance_bond_fen == 0
        else f"履约保证金{_yuan(command.performance_bond_fen)}"
    )
    return "\n".join(
        (
            f"合同编号：{number}",
            f"中标通知书编号：{award.number}",
            f"项目名称：{notice.title}",
            f"甲方（{'采购人' if notice.regime == 'GP' else '招标人'}）：{notice.tenderer_name}",
            f"乙方（中标人）：{award.name}",
            f"合同价款：{_yuan(command.price_fen)}",
            f"工期（交货期）：{command.duration_days}天",
            f"质量：{command.quality}",
            f"项目负责人：{command.project_lead}",
            f"履约担保：{bond}",
            f"招标文件：{notice.document.sha256 if notice.document is not None else ''}",
            "",
            command.terms,
            "",
        )
    )


def contract_hash(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes: the value that both parties sign."""
    return hashlib.sha256(text.encode()).hexdigest()


def _yuan(fen: int) -> str:
    return f"人民币{fen // 100}.{fen % 100:02d}元"
