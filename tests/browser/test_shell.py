"""The frame of every page: languages, large type, keyboard, screen readers, addresses that lead nowhere."""

import pytest
from playwright.async_api import expect

from tests.browser.chromium import INSECURE
from tests.browser.conftest import Visit
from tests.browser.trouble import expected, sound
from tests.system.platforms import Stand

pytestmark = pytest.mark.asyncio(loop_scope="session")


@pytest.mark.parametrize("screen", ["phone", "desktop"])
@pytest.mark.parametrize("path", ["/app/", "/app/nowhere/at/all"])
async def test_a_page_is_sound_on_every_screen_in_both_languages_and_large(
    visit: Visit, screen: str, path: str
) -> None:
    page = await visit(screen, path)
    await expect(page.locator("h1")).to_be_visible()
    await sound(page)
    if screen == "phone":
        await page.get_by_role("button", name="菜单").click()
        await sound(page)
    await page.get_by_role("button", name="English").click()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await page.get_by_role("button", name="Large type").click()
    await sound(page)


async def test_a_menu_longer_than_the_screen_scrolls_to_its_end(visit: Visit) -> None:
    page = await visit("phone", "/app/")
    await page.get_by_role("button", name="菜单").click()
    await page.get_by_role("button", name="长者模式").click()
    await page.set_viewport_size({"width": 740, "height": 300})
    last = page.get_by_role("button", name="登录")
    await expect(last).not_to_be_in_viewport()
    await last.scroll_into_view_if_needed()
    await expect(last).to_be_in_viewport(ratio=1)
    assert await page.evaluate("window.scrollY") == 0, "the header scrolls, not the page"


async def test_a_link_followed_without_a_network_leaves_the_page_as_it_is(visit: Visit) -> None:
    page = await visit("desktop", "/app/account/enrol")
    name = page.get_by_label("名称", exact=True)
    await name.fill("安陆断网建设有限公司")
    await page.context.set_offline(True)
    link = page.get_by_role("navigation").get_by_role("link", name="零成本账本")
    await link.click()
    await expect(page.get_by_role("alert").get_by_text("连不上平台")).to_be_visible()
    await expect(name).to_have_value("安陆断网建设有限公司")
    await page.context.set_offline(False)
    await link.click()
    await expect(page).to_have_url("/app/dashboard")
    await expect(page.get_by_role("alert").get_by_text("连不上平台")).to_have_count(0)
    expected(page, "ERR_INTERNET_DISCONNECTED", "Failed to load resource", "net::", "Failed to fetch")


async def test_language_and_large_type_are_remembered(visit: Visit) -> None:
    page = await visit("desktop", "/app/")
    await page.get_by_role("button", name="长者模式").click()
    await page.get_by_role("button", name="English").click()
    await page.reload()
    await expect(page.locator("html")).to_have_attribute("lang", "en")
    await expect(page.get_by_role("button", name="Large type")).to_have_attribute("aria-pressed", "true")


async def test_the_first_stop_of_the_keyboard_leads_past_the_header(visit: Visit) -> None:
    page = await visit("desktop", "/app/")
    await page.keyboard.press("Tab")
    await expect(page.get_by_role("link", name="跳到正文")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()


async def test_an_address_of_nothing_says_so_and_leads_back(visit: Visit) -> None:
    page = await visit("phone", "/app/nowhere")
    await expect(page.get_by_role("heading", level=1)).to_have_text("没有这个页面")
    await page.get_by_role("link", name="回到首页").click()
    await expect(page.get_by_role("heading", level=1)).to_be_focused()
    await expect(page).to_have_url("/app/")


async def test_the_policy_stops_foreign_and_inline_code(visit: Visit) -> None:
    page = await visit("desktop", "/app/")
    ran = await page.evaluate(
        """async () => {
          const script = document.createElement('script')
          script.textContent = 'window.ran = true'
          document.head.append(script)
          await fetch('https://example.com/').catch(() => undefined)
          return window.ran === true
        }"""
    )
    assert not ran
    expected(page, "Content Security Policy", "example.com")


async def test_an_insecure_address_says_what_to_do_and_lets_people_watch(visit: Visit, stand: Stand) -> None:
    address = stand.api.replace("127.0.0.1", INSECURE)
    page = await visit("phone", f"{address}/app/account/enrol", ignore_https_errors=True)
    await expect(page.get_by_role("heading", level=1)).to_have_text("请换一种方式打开")
    await expect(page.get_by_text("请使用以 https:// 开头的地址打开")).to_be_visible()
    await sound(page)
    await page.goto(f"{address}/app/openings")
    await expect(page.get_by_role("heading", level=1)).to_have_text("开标大厅")
    expected(page, "Cross-Origin-Opener-Policy")


async def test_a_browser_inside_another_application_is_told_to_leave_it(visit: Visit) -> None:
    inside = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Chrome/130 Mobile MicroMessenger/8.0"
    page = await visit("phone", "/app/account/enrol", user_agent=inside)
    await expect(page.get_by_text("在浏览器中打开")).to_be_visible()
