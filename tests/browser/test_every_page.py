"""Every page of every role on a phone, in English and in large type: sound, in one language, no word missing."""

import re
from collections.abc import Sequence

import pytest
from playwright.async_api import expect

from bidding.stage.cast import Member
from bidding.stage.play import Play
from tests.browser.conftest import Visit
from tests.browser.desks import seat
from tests.browser.reading import CLIENT, LISTEN, unspoken, untranslated
from tests.browser.trouble import faults
from tests.system.platforms import Stand

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Milliseconds: the statistics are made when they are first asked for.
SLOW = 60_000
LOT, OFFICE = "/lots/{lot}", "/agency/lots/{lot}"
#: By role and by the lot: ``noticed`` takes bids, ``played`` has its contract.
PAGES: dict[tuple[str, str], Sequence[str]] = {
    ("spectator", "noticed"): (
        "/",
        "/openings?mode=test",
        "/wall?mode=test",
        LOT,
        f"{LOT}/hall",
        "/dashboard?set=test",
        "/commitments",
        "/payments",
        "/account/enrol",
        "/account/add-device",
        "/account/scan",
    ),
    ("spectator", "played"): (
        LOT,
        *(
            f"{LOT}/{one}"
            for one in ("hall", "replay", "draw", "experts", "money", "remedies", "prequalification")
        ),
    ),
    ("agency", "noticed"): (
        "/agency",
        "/agency/file",
        OFFICE,
        *(f"{OFFICE}/{one}" for one in ("file", "rooms", "notice", "questions")),
        f"{LOT}/reference",
        f"{LOT}/promises",
        f"{LOT}/trustees",
    ),
    ("agency", "played"): (
        *(f"{OFFICE}/{one}" for one in ("opening", "evaluation", "award")),
        f"{LOT}/performance",
    ),
    ("bidder", "noticed"): (
        "/account",
        "/account/licence",
        "/bidder/lots?mode=test",
        "/bidder/lots/{lot}",
    ),
    ("bidder", "played"): (
        "/bidder",
        "/bidder/lots/{lot}/opening",
        "/bidder/lots/{lot}/result",
        f"{LOT}/remedies",
    ),
    ("expert", "played"): ("/expert", "/expert/{lot}"),
    ("supervisor", "noticed"): (
        "/supervisor",
        "/supervisor/credit",
        "/supervisor/conduct",
        "/supervisor/{lot}",
    ),
    ("supervisor", "played"): ("/supervisor/{lot}", f"{LOT}/erasure"),
    ("operator", "noticed"): (
        *(f"/centre{one}" for one in ("", "/parties", "/rooms", "/experts", "/group", "/erasures")),
        "/centre/lots/{lot}",
    ),
    ("operator", "played"): (f"{LOT}/money", f"{LOT}/erasure"),
}


async def test_no_page_of_the_client_is_left_out() -> None:
    sections = [one.read_text(encoding="utf-8") for one in CLIENT.glob("pages/*/section.ts")]
    known = {
        path.replace(":lot", "{lot}") for one in sections for path in re.findall(r"\bpath: '([^']+)'", one)
    }
    assert known == {path.partition("?")[0] for paths in PAGES.values() for path in paths}


async def sits(play: Play, stand: Stand, who: str) -> Member | None:
    """Who looks; None for a spectator."""
    if who == "spectator":
        return None
    if who == "bidder":
        return play.bidders[0].member
    if who == "expert":
        drawn = [one for one in play.experts if "committee" in (await play.view(one.session))["standings"]]
        return drawn[0]
    found: Member = stand.operator if who == "operator" else getattr(play, who)
    return found


@pytest.mark.parametrize(("who", "lot"), PAGES)
async def test_every_page_is_sound_in_english_and_large_type(
    visit: Visit, stand: Stand, noticed: Play, played: Play, who: str, lot: str
) -> None:
    play = {"noticed": noticed, "played": played}[lot]
    page = await visit("phone", "/app/nowhere")
    member = await sits(play, stand, who)
    if member is not None:
        await seat(page, member)
    await page.evaluate(
        "localStorage.setItem('bidding.language', 'en'); localStorage.setItem('bidding.senior', 'yes')"
    )
    await page.add_init_script(LISTEN)
    wrong: list[str] = []
    for path in PAGES[who, lot]:
        await page.goto(f"/app{path.format(lot=play.lot)}")
        await expect(page.get_by_role("heading", level=1)).to_be_visible()
        await page.wait_for_load_state("networkidle")
        await expect(page.get_by_text("Loading…")).to_have_count(0, timeout=SLOW)
        await expect(page.locator("html.senior[lang=en]")).to_be_attached()
        found = (*await unspoken(page), *await untranslated(page), *await faults(page))
        wrong += [f"{path}: {one}" for one in found]
    assert not wrong, "\n".join(wrong)
