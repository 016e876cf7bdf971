"""Ties between units: R-ENG-31 (招投条例 34), R-GP-27 (采购条例 18)."""

import pytest

from bidding.domain.regime import Regime
from bidding.domain.relations import (
    HALF,
    Above,
    Person,
    Relations,
    Superior,
    TieFound,
    TieKind,
    Unit,
    controllers,
    ties,
    within,
)

ID, OTHER_ID = "ab" * 32, "cd" * 32
ENG, GP = Regime.ENG, Regime.GP


def unit(name: str, head: Person | None = None, *above: Above) -> Unit:
    return Unit(party=name, name=f"{name}公司", uscc=f"USCC-{name}", head=head, above=above)


def over(name: str, *via: str, tie: TieKind = TieKind.HOLDING, uscc: str | None = None) -> Above:
    return Above(name=f"{name}公司", uscc=f"USCC-{name}" if uscc is None else uscc, tie=tie, via=via)


def found(one: Unit, other: Unit, regime: Regime = ENG) -> list[tuple[TieFound, bool]]:
    return [(tie.kind, tie.certain) for tie in ties(one, other, regime)]


@pytest.mark.parametrize("regime", [ENG, GP])
def test_one_head_of_two_units_by_the_digest_of_his_identity(regime: Regime) -> None:
    one, other = unit("a", Person(name="张三", id_digest=ID)), unit("b", Person(name="张叁", id_digest=ID))
    assert found(one, other, regime) == [(TieFound.SAME_HEAD, True)]


def test_two_heads_of_one_name_are_two_people_if_their_digests_differ() -> None:
    one, other = (unit(n, Person(name="张伟", id_digest=d)) for n, d in (("a", ID), ("b", OTHER_ID)))
    assert found(one, other) == []


@pytest.mark.parametrize("digest", ["", ID])
def test_equal_names_alone_are_a_doubt_not_a_certainty(digest: str) -> None:
    one, other = unit("a", Person(name="张 伟", id_digest=digest)), unit("b", Person(name="张伟"))
    assert found(one, other) == [(TieFound.SAME_HEAD, False)]


def test_who_has_declared_nothing_is_not_compared() -> None:
    assert found(unit("a"), unit("b", Person(name="张三"))) == []
    assert found(unit("a", Person(name="李四")), unit("b", Person(name="张三"))) == []


@pytest.mark.parametrize("tie", list(TieKind))
@pytest.mark.parametrize("regime", [ENG, GP])
def test_a_direct_tie_counts_in_both_regimes_whoever_is_named_first(tie: TieKind, regime: Regime) -> None:
    lower, upper = unit("a", None, over("b", tie=tie)), unit("b")
    assert found(lower, upper, regime) == found(upper, lower, regime) == [(TieFound(tie.value), True)]


def test_holding_through_others_counts_in_eng_and_not_in_gp() -> None:
    lower, upper = unit("a", None, over("b", "中间公司")), unit("b")
    assert found(lower, upper, ENG) == [(TieFound.HOLDING, True)]
    assert found(lower, upper, GP) == []
    (tie,) = ties(lower, upper, ENG)
    assert tie.evidence == "b公司控股a公司（经中间公司）"


def test_daughters_of_one_mother_are_not_barred_by_the_words_of_the_law() -> None:
    assert found(unit("a", None, over("m")), unit("b", None, over("m"))) == []


def test_without_a_code_the_names_agree_in_doubt() -> None:
    lower = unit("a", None, Above(name="B（中国）公司", uscc="", tie=TieKind.HOLDING))
    upper = Unit(party="b", name="b(中国) 公司", uscc="USCC-b")
    assert found(lower, upper) == [(TieFound.HOLDING, False)]
    assert found(unit("a", None, over("b", uscc="USCC-x")), unit("b")) == []  # another code, another unit


def test_one_unit_is_itself_however_it_is_registered() -> None:
    assert found(unit("a"), unit("a")) == [(TieFound.SAME_UNIT, True)]
    twice = Unit(party="z", name="别名", uscc="USCC-a")
    assert found(unit("a"), twice) == [(TieFound.SAME_UNIT, True)]


@pytest.mark.parametrize(
    ("share", "decisive", "tie", "counts"),
    [
        (HALF + 1, False, TieKind.HOLDING, True),
        (HALF, False, TieKind.HOLDING, False),
        (3000, True, TieKind.HOLDING, True),
        (0, False, TieKind.MANAGEMENT, True),
    ],
)
def test_a_holder_controls_by_more_than_half_or_decisively(
    share: int, decisive: bool, tie: TieKind, counts: bool
) -> None:
    one = Superior(name="甲", tie=tie, share_bp=share, decisive=decisive)
    assert controllers(Relations(head=Person(name="张三"), superiors=(one,))) == ((one,) if counts else ())
    assert controllers(None) == ()


def test_the_operators_group_reaches_down_to_whom_it_controls() -> None:  # R-PLAT-07
    group = [("USCC-op", "运营公司")]
    assert within(unit("a"), group) == ""
    assert within(unit("a", None, over("op", "中间公司")), group) == "运营公司"
    assert within(Unit(party="x", name="任意", uscc="USCC-op"), group) == "运营公司"
    assert within(unit("a"), []) == ""


def test_another_superior_named_first_hides_no_tie() -> None:  # R-ENG-31
    below = unit("a", None, over("z"), over("b", "y"), over("b"))
    assert found(below, unit("b")) == [(TieFound.HOLDING, True), (TieFound.HOLDING, True)]
    assert found(below, unit("b"), GP) == [(TieFound.HOLDING, True)]


def test_without_a_code_the_name_tells_the_same_unit() -> None:
    one, other = (Unit(party=party, name="某公司", uscc="", head=None, above=()) for party in "ab")
    assert [tie.kind for tie in ties(one, other, ENG)] == [TieFound.SAME_UNIT]


@pytest.mark.parametrize(
    ("lower", "upper", "said"),
    [
        (unit("a"), Unit(party="z", name="别名", uscc="USCC-a"), "a公司与别名为同一单位"),
        (
            unit("a", Person(name="张三", id_digest=ID)),
            unit("b", Person(name="张叁", id_digest=ID)),
            "a公司与b公司的单位负责人均为张三（身份证件摘要一致）",
        ),
        (
            unit("a", Person(name="张三", id_digest=ID)),
            unit("b", Person(name="张三")),
            "a公司与b公司的单位负责人均为张三（姓名相同，证件未核）",
        ),
        (unit("a", None, over("b")), unit("b"), "b公司控股a公司"),
        (unit("a", None, over("b", tie=TieKind.MANAGEMENT)), unit("b"), "b公司管理a公司"),
        (unit("a", None, over("b", "甲", "乙")), unit("b"), "b公司控股a公司（经甲、乙）"),
    ],
)
def test_a_tie_says_what_it_rests_on(lower: Unit, upper: Unit, said: str) -> None:
    assert [tie.evidence for tie in ties(lower, upper, ENG)] == [said]


def test_a_unit_of_the_group_is_known_by_its_name_where_a_code_is_missing() -> None:  # R-PLAT-07
    group = [("", "运营(集团)公司")]
    itself = Unit(party="x", name="运营（集团） 公司", uscc="USCC-op")
    below = Unit(party="y", name="某公司", uscc="", above=(over("op", uscc=""),))
    assert within(itself, group) == "运营(集团)公司"
    assert within(below, group) == ""
    assert within(below, [*group, ("USCC-op", "op公司")]) == "op公司"
