"""What no notice and no document may announce as a way to reject or to choose (R-ENG-19, R-DRAW-03, R-ROOM-04)."""

import re

from bidding.domain.errors import Invalid
from bidding.domain.regime import Regime

SENTENCE = re.compile(r"[^。；;!！\n]+")
DENIAL = re.compile(r"不得|不以|不将|不作|不用|不采|不通过|不设|不允许|禁止|严禁|不再|仅供参考|仅作为?参考")
#: 公平竞争审查规则 2024 [M]: no winner by lot. A coefficient may be drawn, and so may a tie of 政府采购.
LOTTERY = re.compile(r"摇号|抽签|摇珠|抓阄|随机(?:抽取|确定|产生|选取|选择)")
CHOICE = re.compile(r"中标人|中标单位|中标候选人|中标企业|定标")
REFERENCE = re.compile(r"标底")
REJECTION = re.compile(r"否决|废标|无效投标|投标无效|作为?无效|不予评审|拒绝|淘汰")
ABSENCE = re.compile(r"(?:未|没有|不|逾期).{0,4}(?:参加|参与|到场|到会|出席|签到|在线|登录)|缺席|迟到")
RETURN = re.compile(
    r"(?:退回|退还|发还|原封退).{0,6}(?:投标文件|响应文件|标书)|(?:投标文件|响应文件|标书).{0,8}(?:退回|退还|发还|原封退)"
)


def check_methods(text: str, regime: Regime) -> None:
    """Raises ``Invalid`` for a sentence that hands an absent bidder's bid back or, in engineering, lets lots choose the
    winner or the 标底 reject a bid."""
    for sentence in SENTENCE.findall(text):
        if DENIAL.search(sentence):
            continue
        if ABSENCE.search(sentence) and RETURN.search(sentence):
            raise Invalid("absent-bid-returned", rule="R-ROOM-04", clause=sentence.strip())
        if regime is not Regime.ENG:
            continue
        if LOTTERY.search(sentence) and CHOICE.search(sentence):
            raise Invalid("random-winner-forbidden", rule="R-DRAW-03", clause=sentence.strip())
        if REFERENCE.search(sentence) and REJECTION.search(sentence):
            raise Invalid("reference-as-ground", rule="R-ENG-19", clause=sentence.strip())
