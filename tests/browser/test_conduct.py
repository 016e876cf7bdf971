"""Conduct that waits, decided by a supervisor at its page (R-NB-SS-01, R-NB-SS-02)."""

import secrets
from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from bidding.application.credit import conducts
from bidding.application.creditsources import credit_stream
from bidding.application.ports import Meta, Write
from bidding.domain.command import Facts
from bidding.domain.credit.conduct import Conduct
from bidding.domain.credit.consequences import Finding, Unit
from bidding.domain.credit.standing import found
from bidding.domain.parties import PLATFORM
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.trouble import sound
from tests.system.platforms import Stand

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def waiting(stand: Stand, lot: str, unit: Unit, *kinds: Conduct) -> None:
    """As a lot's reaction writes it. Only live lots find conduct, whose periods no clock of a test runs through."""
    platform = stand.service.platform
    facts = Facts(now=platform.clock.now(), actor=PLATFORM, random=secrets.token_bytes)
    conduct = [Finding(conduct=one, party="-", about="1") for one in kinds]
    events = found((), conduct, unit, lot, conducts(), facts, None)
    write = Write(stream=credit_stream(unit.uscc), expected=0, events=events)
    await platform.journal.append([write], meta=Meta(actor=PLATFORM.party))


def finding(page: Page, kind: str) -> Locator:
    return page.get_by_role("article").filter(has=page.get_by_role("heading", name=kind))


async def decide(page: Page, kind: str, what: str, button: str, reason: str) -> None:
    form = finding(page, kind).locator("details", has=page.get_by_text(what, exact=True))
    await form.locator("summary").click()
    await form.get_by_role("button", name=button).click()
    await expect(form.get_by_text("请填写“理由”。")).to_be_visible()
    await form.get_by_label("理由").fill(reason)
    await form.get_by_role("button", name=button).click()
    await expect(finding(page, kind)).to_have_count(0)


async def test_a_supervisor_records_one_finding_and_dismisses_another_with_reasons(
    visit: Visit, noticed: Play, stand: Stand
) -> None:
    member = noticed.bidders[0].member
    uscc: str = (await member.session.get("/parties/me"))["uscc"]
    unit = Unit(uscc=uscc, name=member.name)
    await waiting(stand, noticed.lot, unit, Conduct.DELIVERY_LATE, Conduct.CONTRACT_UNSIGNED)
    page = await visit("phone", "/app/nowhere")
    await seat(page, noticed.supervisor)
    await page.goto("/app/supervisor/conduct")
    await expect(page.get_by_role("heading", name=uscc)).to_be_visible()
    await expect(finding(page, "逾期交付").get_by_text("已等待 0 天")).to_be_visible()
    await sound(page)
    await decide(page, "逾期交付", "予以认定", "签署认定", "验收单载明逾期九日，已听取陈述")
    await decide(page, "未按期签约", "不予认定", "签署不予认定", "招标人未按时发出合同文本")
    await expect(page.get_by_role("heading", name=uscc)).to_have_count(0)
    await sound(page)

    told: list[dict[str, Any]] = (await member.session.get(f"/credit/{uscc}"))["conduct"]
    assert [(one["conduct"], one["status"], one["reason"], one["decided_by"]) for one in told] == [
        ("DELIVERY_LATE", "RECORDED", "验收单载明逾期九日，已听取陈述", noticed.supervisor.party),
        ("CONTRACT_UNSIGNED", "DISMISSED", "招标人未按时发出合同文本", noticed.supervisor.party),
    ]
