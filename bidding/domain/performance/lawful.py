"""What a public body may neither agree nor plead against its creditor (R-NB-HF-04; 款项条例 12, 14; 营商条例 31)."""

import re

from bidding.domain.errors import Invalid
from bidding.domain.lot import Lot
from bidding.domain.waiverinputs import TendererType

#: 机关、事业单位和国有大型企业.
BOUND = frozenset(
    {
        TendererType.AUTHORITY,
        TendererType.INSTITUTION,
        TendererType.STATE_ENTERPRISE,
        TendererType.PLATFORM_COMPANY,
    }
)
SENTENCE = re.compile(r"[^。；;!！\n]+")
DENIAL = re.compile(r"不得|不以|不将|不作|不要求|禁止|无需|无须")
#: 款项条例 12: the result of an audit authority is no condition of settlement.
AUDIT = re.compile(
    r"审计(?:机关|部门|局)?(?:的)?(?:审计)?(?:结果|结论|报告|意见|决定)|审计(?:机关|部门|局)?审定"
)
SETTLEMENT = re.compile(r"结算|付款|支付|价款")
#: 款项条例 14, 营商条例 31: pleas that neither refuse nor delay a payment.
PLEAS = re.compile(
    r"换届|(?:法定代表人|负责人|领导|班子)[^,，。；;]{0,8}(?:变更|变动|更换|调整|调离|离任)|(?:机构|职能)(?:改革|调整)|"
    r"区划调整|内部(?:付款|审批|报销)?流程|(?:等待|待|未完成|尚未)[^,，。；;]{0,8}(?:审计|竣工验收备案)"
)


def check_settlement_terms(lot: Lot, text: str) -> None:
    """Raises ``Invalid`` for a clause that makes an audit's result the basis of settlement."""
    if not _bound(lot):
        return
    for sentence in SENTENCE.findall(text):
        if AUDIT.search(sentence) and SETTLEMENT.search(sentence) and not DENIAL.search(sentence):
            raise Invalid("audit-as-settlement", rule="R-NB-HF-04", clause=sentence.strip())


def check_plea(lot: Lot, reason: str) -> None:
    """Raises ``Invalid`` for a dispute that pleads what the law does not let delay a payment."""
    found = PLEAS.search(reason) if _bound(lot) else None
    if found is not None:
        raise Invalid("plea-unlawful", rule="R-NB-HF-04", plea=found.group())


def _bound(lot: Lot) -> bool:
    return lot.notice.project is not None and lot.notice.project.tenderer_type in BOUND
