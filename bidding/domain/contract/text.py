"""The contract as text: what both parties sign, byte for byte."""

import hashlib

from bidding.domain.contract.commands import DraftContract
from bidding.domain.lot import Lot
from bidding.domain.registration.events import Change, ChangeKind


def contract_text(lot: Lot, command: DraftContract, number: str) -> str:
    """The terms that the law ties to the bid come first, the further clauses after (GB/T 36298-2018)."""
    notice, award = lot.notice, lot.award
    first, second = notice.tenderer, award.winner
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
            f"{label(lot, first)}{party_named(lot, first) or notice.tenderer_name}",
            f"{label(lot, second)}{party_named(lot, second) or award.name}",
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


def label(lot: Lot, party: str) -> str:
    """What stands before the party's name in the heading; nothing of a consortium's member, whom it does not name."""
    if party == lot.notice.tenderer:
        return f"甲方（{'采购人' if lot.notice.regime == 'GP' else '招标人'}）："
    return "乙方（中标人）：" if party == lot.award.winner else ""


def party_named(lot: Lot, party: str) -> str | None:
    """The name that the contract knows the party by: as it was noticed or bid, or as it was changed to since
    (R-NB-HS-01). None: no party to the contract."""
    names = {lot.notice.tenderer: lot.notice.tenderer_name, lot.award.winner: lot.award.name}
    entry = next((one for one in lot.opening.roll if one.bidder == lot.award.winner), None)
    for member in entry.consortium if entry is not None else ():
        names.setdefault(member.party, member.name)
    if not party or party not in names:
        return None
    told = [one.change for one in lot.conflicts.changes if one.party == party]
    told += [one.change for one in lot.contract.renamed if one.party == party]
    for change in told:
        if change.kind is ChangeKind.NAME and change.before == names[party]:
            names[party] = change.after
    return names[party]


def notation(lot: Lot, party: str, change: Change) -> str:
    """Beside a signed contract, of which it changes nothing (民法典 532)."""
    return "\n".join(
        (
            f"合同编号：{lot.contract.number}",
            f"合同正文 SHA-256：{lot.contract.contract_hash}",
            f"{label(lot, party) or '联合体成员：'}{change.before}",
            f"变更后名称：{change.after}",
            f"变更证明：{change.evidence}",
            "主体的统一社会信用代码不变。合同正文、已有签名和各方的权利义务不变（民法典第五百三十二条）。",
            "",
        )
    )


def contract_hash(text: str) -> str:
    """Hex SHA-256 of the UTF-8 bytes: the value that both parties sign."""
    return hashlib.sha256(text.encode()).hexdigest()


def _yuan(fen: int) -> str:
    return f"人民币{fen // 100}.{fen % 100:02d}元"
