"""The timeline and the signed time over HTTP, and the commands that show the rules (R-NB-ZX-01, R-PAIN-09)."""

import asyncio
import re

import httpx2
import pytest
from typer.testing import CliRunner, Result

from bidding.api.public import TIME_LABEL
from bidding.api.sessions import viewer
from bidding.cli.failure import Exit, Failure
from bidding.cli.rules import constants, rules
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.instant import instant
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain.ruleset import RuleSet
from tests.domain.lots import RULESETS
from tests.domain.opening.hall import HOST
from tests.rules.conftest import LOT, Served


async def get(served: Served, path: str) -> httpx2.Response:
    async with httpx2.AsyncClient(base_url=served.url, timeout=60) as http:
        return await http.get(path)


def run(*arguments: str) -> Result:
    return CliRunner().invoke(rules, list(arguments), env={"COLUMNS": "240", "LC_ALL": "zh_CN.UTF-8"})


# GET /lots/{lot_id}/timeline


async def test_a_spectator_reads_nodes_with_rule_article_and_light(served: Served) -> None:
    answer = await get(served, f"/lots/{LOT}/timeline")
    assert answer.status_code == 200
    said = answer.json()
    assert (said["lot"], said["ruleset"]) == (LOT, "ENG-2026-04-01")
    assert said["now"] == served.clock.instant.isoformat().replace("+00:00", "Z")
    shown = {one["step"]: one for one in said["nodes"]}
    release = shown["release"]
    assert (release["rule"], release["state"], release["light"]) == ("R-OPEN-24", "done", "green")
    assert (release["zh"], release["en"], release["who"]) == ("解密", "releasing keys", ["bidders"])
    assert shown["document-offer"]["article"] == "招投条例 16"
    assert shown["roll"]["article"], "where the rule set names no article the rulebook does"
    assert "R-BID-08" in {one["rule"] for one in said["decisions"]}


async def test_the_host_sees_nodes_that_spectators_do_not(served: Served) -> None:
    """Which deposits must go back is an affair of the offices."""

    async def shown() -> set[str]:
        return {one["step"] for one in (await get(served, f"/lots/{LOT}/timeline")).json()["nodes"]}

    public = await shown()
    served.app.dependency_overrides[viewer] = lambda: HOST
    assert await shown() - public == {"deposit-return"}


async def test_an_unknown_lot_has_no_timeline(served: Served) -> None:
    answer = await get(served, "/lots/nowhere/timeline")
    assert (answer.status_code, answer.json()["code"]) == (404, "no-such-lot")


# R-PAIN-09: anybody may ask for the time, signed


async def test_the_time_is_the_platforms_and_signed(served: Served) -> None:
    said = (await get(served, "/time")).json()
    assert said["now"] == instant(served.clock.instant)
    signature = unb64(said.pop("signature"))
    verify_bytes(TIME_LABEL, Signed(canonical(said), signature), served.keyring.receipt.public)


# bidding rules explain


async def test_explain_shows_the_timeline_and_each_decision_with_its_clause(served: Served) -> None:
    shown = await asyncio.to_thread(run, "explain", LOT, "--url", served.url)
    assert shown.exit_code == 0, shown.output
    for wanted in (
        "槐荫大道改造工程施工",
        "投标截止与开标(T0)",
        "deadline and opening (T0)",
        "R-ENG-04",
        "招投法 23; 招投条例 21",
        "2026-05-25 24:00",
        "减免决策表 D2 行",
        "R-BID-08 20号令 31",
        "设备日志显示私钥文件已删除",
        "● │ 投标截止与开标(T0)",
    ):
        assert wanted in shown.output, wanted


# bidding rules list


@pytest.mark.parametrize("found", RULESETS, ids=lambda one: str(one.version))
def test_every_constant_of_the_version_in_force_is_listed_with_its_source(found: RuleSet) -> None:
    shown = run("list", "--regime", found.regime, "--at", found.effective_from.isoformat())
    assert shown.exit_code == 0, shown.output
    assert found.version in shown.output
    lines = shown.output.splitlines()
    listed = list(constants(found))
    assert len(listed) == len(re.findall(r"rule='R-", str(found)))
    for name, constant in listed:
        (row,) = [one for one in lines if f"│ {name} " in one]
        assert constant.rule in row


def test_values_are_written_as_people_write_them() -> None:
    eng = run("list", "--regime", "eng", "--at", "2026-05-01").output
    for wanted in ("5 日 days", "3 工作日 working days", "¥800,000.00", "2.00%", "2/3", "3–12 个月 months"):
        assert wanted in eng, wanted


def test_without_a_regime_both_are_listed() -> None:
    shown = run("list", "--at", "2026-02-01").output
    assert "ENG-2025-06-01" in shown
    assert "GP-2026-01-01" in shown


def test_a_day_before_the_first_version_is_refused_with_what_to_do() -> None:
    shown = run("list", "--at", "2001-01-01")
    assert isinstance(shown.exception, Failure)
    assert (shown.exception.code, bool(shown.exception.then)) == (Exit.USAGE, True)
