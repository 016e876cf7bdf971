"""Commands out of their order: refused in every phase that is not theirs, whoever gives them (R-STATE-01)."""

from pathlib import Path

import pytest

from bidding.api.examples import example
from bidding.client.session import Problem
from bidding.domain.parties import Standing
from bidding.domain.registry import COMMANDS
from bidding.stage.play import Play
from tests.system.platforms import Stand
from tests.system.tenders import closed, tender

pytestmark = pytest.mark.asyncio(loop_scope="session")


#: Commands that any phase admits, or that are about money and incidents rather than the order of steps.
ANY_TIME = {"control", "booking", "money", "bid", "registration", "experts"}
#: A disturbance before T0 moves T0 (R-INC-01).
DISTURBANCES = {"opening/open-incident", "opening/close-incident"}
#: A 标底 is bound to while bids are handed in, and at no other time (R-ENG-19).
BEFORE_T0 = {"opening/commit-reference"}


def office_commands() -> list[str]:
    """Commands that agency, tenderer, operator or supervisor give in an order of phases."""
    offices = {Standing.HOST, Standing.TENDERER, Standing.SUPERVISOR, Standing.OPERATOR}
    return [
        name
        for name, kind in sorted(COMMANDS.items())
        if kind.BY & offices and name.partition("/")[0] not in ANY_TIME and name not in DISTURBANCES
    ]


async def given(play: Play, name: str) -> Problem | None:
    """Give the command as the office that may; its refusal."""
    by = COMMANDS[name].BY
    member = (
        play.agency
        if Standing.HOST in by
        else play.tenderer
        if Standing.TENDERER in by
        else play.supervisor
        if Standing.SUPERVISOR in by
        else play.troupe.operator
    )
    try:
        await member.session.command(play.lot, name, example(name))
    except Problem as refused:
        return refused
    return None


async def test_no_step_can_be_taken_before_its_time(play: Play) -> None:
    wrong = {}
    names = [
        name
        for name in office_commands()
        if name.partition("/")[0] not in ("notice",) and name not in BEFORE_T0
    ]
    assert len(names) > 20
    for name in names:
        refused = await given(play, name)
        if refused is None or refused.status not in (404, 409):
            wrong[name] = str(refused)
    assert wrong == {}


async def test_no_step_can_be_taken_after_the_lot_has_failed(stand: Stand, folder: Path) -> None:
    async with tender(stand, folder, bidders=1) as play:
        assert (await closed(play))["phase"] == "failed"
        wrong = {}
        for name in office_commands():
            refused = await given(play, name)
            if refused is None or refused.status not in (404, 409):
                wrong[name] = str(refused)
        assert wrong == {}
