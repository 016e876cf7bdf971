"""R-STAT-07: the generated data set gives the published figures, and says that it is generated (F-40)."""

from collections import Counter
from collections.abc import Sequence

import pytest

from bidding.application.statistics import Folded, PublicEvent, Statement, fold, statement
from bidding.domain.admission.filing import Mode
from bidding.domain.award.events import AwardNoticeIssued
from bidding.domain.benefits.figures import Dimension, grouped, total
from bidding.domain.benefits.lines import Figure
from bidding.domain.codes import UsccAnswer, check_uscc
from bidding.domain.contract.events import ContractFiled
from bidding.domain.disclosure import is_public
from bidding.domain.event import decode, encode
from bidding.domain.lot import Phase, replay
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening.events import LotFailed, RollPublished, SubmissionClosed
from bidding.stage.dataset import two_years


def test_the_published_figures_come_out_to_the_fen(said: Statement) -> None:
    assert total(said.lines, Figure.ENTERPRISES).value == 1861
    assert total(said.lines, Figure.BID_DEPOSIT).value == 5_5600_0000_00
    assert total(said.lines, Figure.PERFORMANCE_BOND).value == 9_9900_0000_00
    assert total(said.lines, Figure.INFO_FEE).value == 303_9300_00
    assert 180_0000_00 < total(said.lines, Figure.DOCUMENTS).value < 200_0000_00


@pytest.mark.parametrize("seed", [1, 2])
def test_they_come_out_of_other_draws_too(seed: int) -> None:
    other = statement(fold(two_years(seed)))
    exact = (Figure.ENTERPRISES, Figure.BID_DEPOSIT, Figure.PERFORMANCE_BOND, Figure.INFO_FEE)
    assert [total(other.lines, figure).value for figure in exact] == [
        1861,
        5_5600_0000_00,
        9_9900_0000_00,
        303_9300_00,
    ]
    assert total(other.lines, Figure.DOCUMENTS).value > 180_0000_00


def test_a_seed_gives_the_same_events_again(events: Sequence[PublicEvent]) -> None:
    again = two_years.__wrapped__()
    assert again is not events
    assert again == tuple(events)


def test_they_are_public_events_that_the_log_could_hold(events: Sequence[PublicEvent]) -> None:
    assert [one.position for one in events] == list(range(1, len(events) + 1))
    assert all(is_public(one.event) for one in events)
    assert all(decode(one.event.TOPIC, encode(one.event)) == one.event for one in events[:400])


def test_every_lot_is_marked_as_generated(events: Sequence[PublicEvent]) -> None:
    notices = [one for one in events if isinstance(one.event, NoticePublished)]
    assert len(notices) > 500
    for one in notices:
        assert isinstance(one.event, NoticePublished)
        assert one.lot.startswith("generated-")
        assert one.event.title.startswith("【生成数据】")
        assert one.event.mode is Mode.TEST


def test_each_lots_events_fold_to_a_lot(events: Sequence[PublicEvent]) -> None:
    phases: Counter[Phase] = Counter()
    for lot in {one.lot for one in events}:
        phases[replay(lot, (one.event for one in events if one.lot == lot)).phase] += 1
    assert set(phases) <= {Phase.NOTICED, Phase.FAILED, Phase.OPENING, Phase.AWARDED, Phase.CONTRACTED}
    assert phases[Phase.CONTRACTED] > 500
    assert phases[Phase.FAILED] > 10


def test_the_two_years_hold_what_two_years_hold(events: Sequence[PublicEvent], said: Statement) -> None:
    kinds = Counter(type(one.event) for one in events)
    assert kinds[LotFailed] == said.indicators.failed > 0
    assert said.indicators.retenders > 0
    assert kinds[AwardNoticeIssued] > kinds[ContractFiled]
    assert kinds[RollPublished] == kinds[SubmissionClosed] - kinds[LotFailed]
    assert list(grouped(said.lines, Figure.BID_DEPOSIT, Dimension.POLICY)) == ["D2", "D3", "D4"]
    months = list(grouped(said.lines, Figure.BID_DEPOSIT, Dimension.MONTH))
    assert (len(months), months[0], months[-1]) == (22, "2022-01", "2023-10")


def test_the_enterprises_have_valid_codes(said: Statement) -> None:
    codes = {line.uscc for line in said.lines if line.uscc}
    assert {check_uscc(code).verdict for code in codes} == {UsccAnswer.ACCEPT}


def test_what_was_recorded_is_what_the_rules_give(said: Statement, folded: Folded) -> None:
    assert said.deviations == ()
    assert folded.position > 9000
