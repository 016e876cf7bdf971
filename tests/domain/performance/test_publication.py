"""The yearly list of what public bodies owe (R-NB-HF-04, 款项条例 18)."""

from datetime import date

import msgspec
from msgspec.structs import replace

from bidding.api.performance import shown_as
from bidding.domain.performance.events import Instalment, Milestone
from bidding.domain.performance.publication import overdue_list
from bidding.domain.performance.standing import ContractDebts, by_department, debts_of, standing
from bidding.domain.performance.state import Debt, Obligation, Performance
from bidding.domain.waiverinputs import TendererType
from tests.domain.lots import noticed

NOTICED = noticed()


def owing(*debts: Debt, kind: TendererType = TendererType.AUTHORITY, body: str = "住建局") -> ContractDebts:
    project = NOTICED.notice.project
    assert project is not None
    notice = replace(NOTICED.notice, tenderer_name=body, project=replace(project, tenderer_type=kind))
    return debts_of(replace(NOTICED, notice=notice, performance=Performance(debts=debts)))


def debt(amount: int, due: date, **changes: int) -> Debt:
    return replace(
        Debt(invoice=f"i{amount}", milestone=1, amount_fen=amount, due=due, rule="R-NB-HF-02"), **changes
    )


LATE, LATER = date(2026, 12, 30), date(2026, 12, 31)


def test_it_counts_contracts_and_the_undisputed_money_past_its_last_day() -> None:
    found = overdue_list(
        [
            owing(debt(1000, LATE, disputed_fen=100), debt(500, LATE, paid_fen=200)),
            owing(debt(70, LATE)),
            owing(debt(9, LATE), body="教育局"),
            owing(debt(5, LATER)),
            owing(debt(4, LATE, paid_fen=4)),
        ],
        2026,
    )
    assert [(one.body, one.contracts, one.invoices, one.amount_fen) for one in found.lines] == [
        ("住建局", 2, 3, 1270),
        ("教育局", 1, 1, 9),
    ]
    assert (found.contracts, found.amount_fen) == (3, 1279)
    assert (found.as_of, found.publish_by) == (date(2026, 12, 31), date(2027, 3, 31))


def test_authorities_and_institutions_publish_and_enterprises_do_not() -> None:
    kinds = {kind for kind in TendererType if overdue_list([owing(debt(1, LATE), kind=kind)], 2026).lines}
    assert kinds == {TendererType.AUTHORITY, TendererType.INSTITUTION}


def test_a_department_is_shown_with_all_its_classes() -> None:  # R-NB-HF-05
    known = by_department([owing(debt(1000, LATE), debt(500, LATER))], LATER)
    shown = msgspec.to_builtins(shown_as("住建局", known["住建局"]))
    assert (shown["name"], shown["total_fen"], shown["score"]) == ("住建局", 1500, 33)
    assert (shown["amounts"]["overdue"], shown["amounts"]["open"]) == (1000, 500)


def test_who_does_not_publish_hides_nobody_after_it() -> None:  # R-NB-HF-04
    firm = owing(debt(9, LATE), kind=TendererType.PRIVATE_ENTERPRISE, body="某公司")
    nobody = owing(debt(5, LATER), body="教育局")
    found = overdue_list([firm, nobody, owing(debt(70, LATE))], 2026)
    assert [(one.body, one.amount_fen) for one in found.lines] == [("住建局", 70)]


def test_what_was_not_delivered_adds_up_over_contracts() -> None:  # R-NB-HF-05
    def promised(*due: date) -> Performance:
        known = tuple(
            Obligation(number=place, milestone=Milestone(name="路基", due=one, amount_fen=1))
            for place, one in enumerate(due, start=1)
        )
        return Performance(obligations=known)

    both = (promised(LATE), promised(LATE, LATER, date(2027, 1, 1)))
    assert standing(both, LATER).undelivered == 2
    assert standing(both, date(2027, 1, 2)).undelivered == 4


def test_disputed_money_is_in_its_own_class_and_bears_no_interest_yet() -> None:  # R-NB-HF-05, 款项条例 15
    found = standing([Performance(debts=(debt(1000, LATE, disputed_fen=1000), debt(70, LATE)))], LATER)
    assert (found.amounts["disputed"], found.counts["disputed"]) == (1000, 1)
    assert (found.amounts["overdue"], found.count, found.total_fen) == (70, 2, 1070)


def test_money_under_a_plan_or_past_its_day_lowers_the_score_alike() -> None:  # R-NB-HF-05, R-NB-HF-06
    plan = (Instalment(due=date(2027, 3, 1), amount_fen=100),)
    agreed = replace(debt(100, LATE), agreed=plan)
    assert agreed.class_on(LATER) == "agreed"
    found = standing([Performance(debts=(agreed, debt(300, LATE), debt(600, LATER)))], LATER)
    assert (found.amounts["agreed"], found.amounts["overdue"], found.score) == (100, 300, 60)
