"""No winner by lot (R-DRAW-03; 公平竞争审查规则), no rejection by 标底 (R-ENG-19; 招投条例 50), no bid handed back."""

import pytest

from bidding.domain.errors import Invalid
from bidding.domain.notice.forbidden import check_methods
from bidding.domain.regime import Regime


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("评标合格的投标人以摇号方式确定中标人。", "random-winner-forbidden"),
        ("从合格投标人中随机抽取三名中标候选人", "random-winner-forbidden"),
        ("一、定标：采用抽签方式产生中标单位；二、其他", "random-winner-forbidden"),
        ("投标报价超出标底上下百分之五的,其投标将被否决。", "reference-as-ground"),
        ("高于标底的作无效投标处理", "reference-as-ground"),
    ],
)
def test_the_sentence_is_named(text: str, code: str) -> None:
    with pytest.raises(Invalid) as refused:
        check_methods(text, Regime.ENG)
    assert refused.value.code == code
    assert refused.value.found["clause"] in text


@pytest.mark.parametrize(
    "text",
    [
        "开标时随机抽取系数K,评标委员会推荐中标候选人三名;评标专家从专家库中随机抽取",
        "不得以摇号、抽签等方式确定中标人",
        "标底仅供参考,不作为否决投标的依据",
        "本工程设标底一个。投标报价高于最高投标限价的,否决其投标。",
    ],
)
def test_what_is_lawful_passes(text: str) -> None:
    for sentence in text.replace(",评标委员会", "。评标委员会").split("\n"):
        check_methods(sentence, Regime.ENG)


@pytest.mark.parametrize("regime", list(Regime))
@pytest.mark.parametrize(
    "text",
    [
        "投标人未参加开标的,退回其投标文件。",
        "开标时缺席的投标人,其标书当场退还",
        "未按时签到者,代理机构将投标文件原封退回。",
    ],
)
def test_no_bid_is_handed_back_to_who_is_absent(text: str, regime: Regime) -> None:  # R-ROOM-04, 20号令 31
    with pytest.raises(Invalid, match="absent-bid-returned"):
        check_methods(text, regime)


@pytest.mark.parametrize(
    "text",
    ["投标人未参加开标的,不得退回其投标文件", "未参加开标的,视同认可开标结果", "投标保证金的退还见第三章"],
)
def test_other_words_on_absence_pass(text: str) -> None:
    check_methods(text, Regime.GP)


def test_a_tie_of_procurement_may_be_drawn() -> None:
    check_methods("得分和报价均相同的,采取随机抽取方式确定中标人。", Regime.GP)  # 87号令 31, 56 [M]
