"""R-DOC-02 (20号令 17–19; 招投条例 15, 63): one notice on all media, an alarm where one shows another (F-07)."""

import hashlib
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import msgspec
import pytest

from bidding.application.exchange.courier import ECHO_EVERY, FIRST_PAUSE, LABEL, POLL, Courier
from bidding.application.exchange.ports import Channel
from bidding.application.exchange.publication import (
    KINDS,
    MISSING,
    Publication,
    content_hash,
    published,
    shown_hash,
)
from bidding.application.platform import lot_stream
from bidding.compose.targets import HttpTarget
from bidding.crypto.canonical import unb64
from bidding.crypto.signing import Signed, verify_bytes
from bidding.domain.media.events import EchoAltered, EchoRestored
from bidding.domain.notice.events import ClarificationIssued, NoticePublished, notice_hash
from bidding.domain.parties import Standing
from tests.application.house import LOT, House
from tests.application.test_exchange import outbox, project
from tests.domain.opening.hall import SIGNED, T0, Hall


@dataclass
class Medium:
    """A medium's web server: ``pages`` by path, ``puts`` in their order; ``answers``: what it says next, then 200."""

    url: str = ""
    pages: dict[str, bytes] = field(default_factory=dict)
    puts: list[tuple[str, str, bytes]] = field(default_factory=list)
    signatures: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)

    @property
    def notice(self) -> str:
        return next(path for path in self.pages if "/notice-" in path)


@pytest.fixture
def medium() -> Iterator[Medium]:
    shown = Medium()

    class Handler(BaseHTTPRequestHandler):
        def do_PUT(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            status = shown.answers.pop(0) if shown.answers else 200
            if status == 200:
                shown.pages[self.path] = body
                shown.puts.append((self.path, self.headers["Idempotency-Key"], body))
                shown.signatures.append(self.headers["Bidding-Signature"])
            self._say(status, b"")

        def do_GET(self) -> None:
            body = shown.pages.get(self.path)
            self._say(404 if body is None else 200, body or b"")

        def _say(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    shown.url = f"http://127.0.0.1:{server.server_address[1]}/notices"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield shown
    server.shutdown()
    thread.join()
    server.server_close()


async def step(house: House, medium: Medium) -> float:
    target = HttpTarget.of("省公共资源网", medium.url)
    courier = Courier(house.platform, outbox(house), Channel.MEDIA, target, house.keyring.receipt)
    try:
        return await courier.step()
    finally:
        await target.close()


async def noticed(house: House, medium: Medium) -> None:
    await house.plant(Hall().log)
    await project(house)
    assert await step(house, medium) == POLL


async def later(house: House, medium: Medium) -> None:
    house.clock.instant += ECHO_EVERY + timedelta(seconds=1)
    await step(house, medium)


async def alarms(house: House) -> list[EchoAltered | EchoRestored]:
    recorded = await house.platform.journal.load(lot_stream(LOT))
    return [one.event for one in recorded if isinstance(one.event, EchoAltered | EchoRestored)]


def altered(body: bytes, **fields: object) -> bytes:
    shown = msgspec.json.decode(body)
    shown["content"].update(fields)
    return msgspec.json.encode(shown)


# the same on all media, hash equal


async def test_the_medium_shows_the_notice_with_its_hash_signed_by_the_platform(
    house: House, medium: Medium
) -> None:
    await noticed(house, medium)
    shown = msgspec.json.decode(medium.pages[medium.notice], type=Publication)
    (notice,) = [
        one.event
        for one in await house.platform.journal.load(lot_stream(LOT))
        if isinstance(one.event, NoticePublished)
    ]
    assert shown.hash == notice_hash(notice) == shown_hash("notice", medium.pages[medium.notice])
    ((_, _, body),) = medium.puts
    (signature,) = medium.signatures
    verify_bytes(LABEL, Signed(body, unb64(signature)), house.keyring.receipt.public)
    assert await alarms(house) == []


async def test_a_clarification_goes_to_the_medium_too(house: House, medium: Medium) -> None:
    await noticed(house, medium)
    clarified = ClarificationIssued(
        number=1, text="更正", affects_bids=False, document_version=1, issued_at=T0, signed=SIGNED
    )
    await house.plant([("lot-lot-1", clarified)])
    await project(house)
    await step(house, medium)
    assert [path.rsplit("/", 1)[1].split("-")[0] for path, _, _ in medium.puts] == ["notice", "clarification"]


async def test_nothing_is_sent_twice(house: House, medium: Medium) -> None:
    await noticed(house, medium)
    await project(house)
    await step(house, medium)
    assert len(medium.puts) == 1


# an altered echo raises the alarm event


@pytest.mark.parametrize("field", ["deadline", "title", "text"])
async def test_an_altered_echo_raises_the_alarm_event(house: House, medium: Medium, field: str) -> None:
    await noticed(house, medium)
    other = {"deadline": "2026-06-30T01:30:00Z", "title": "另一工程", "text": "公告。"}[field]
    medium.pages[medium.notice] = altered(medium.pages[medium.notice], **{field: other})
    await later(house, medium)
    (alarm,) = await alarms(house)
    assert isinstance(alarm, EchoAltered)
    assert (alarm.medium, alarm.kind) == ("省公共资源网", "notice")
    assert alarm.shown != alarm.hash
    lot = await house.platform.load(LOT)
    assert [one.item for one in lot.media.altered] == [alarm.item]


async def test_a_medium_that_shows_the_old_hash_over_new_words_is_found_out(
    house: House, medium: Medium
) -> None:
    """The hash is computed from what is shown: the one printed beside it proves nothing."""
    await noticed(house, medium)
    body = altered(medium.pages[medium.notice], text="公告。")
    assert msgspec.json.decode(body)["hash"] == msgspec.json.decode(medium.pages[medium.notice])["hash"]
    medium.pages[medium.notice] = body
    await later(house, medium)
    assert len(await alarms(house)) == 1


async def test_a_notice_taken_down_and_a_page_that_is_none_are_alarms(house: House, medium: Medium) -> None:
    await noticed(house, medium)
    path = medium.notice
    del medium.pages[path]
    await later(house, medium)
    for page in (b"<html>", "公告".encode("gbk"), b'{"content":' + b"[" * 20_000):
        medium.pages[path] = page
        await later(house, medium)
    found = await alarms(house)
    assert [isinstance(one, EchoAltered) for one in found] == [True] * 4
    assert isinstance(found[0], EchoAltered)
    assert found[0].shown == MISSING


async def test_an_alarm_is_raised_once_and_ends_when_the_notice_is_back(house: House, medium: Medium) -> None:
    await noticed(house, medium)
    true = medium.pages[medium.notice]
    medium.pages[medium.notice] = altered(true, text="公告。")
    await later(house, medium)
    await later(house, medium)
    assert len(await alarms(house)) == 1
    medium.pages[medium.notice] = true
    await later(house, medium)
    assert [type(one) for one in await alarms(house)] == [EchoAltered, EchoRestored]
    assert (await house.platform.load(LOT)).media.altered == ()


async def test_other_whitespace_is_the_same_notice(house: House, medium: Medium) -> None:
    await noticed(house, medium)
    medium.pages[medium.notice] = msgspec.json.format(medium.pages[medium.notice], indent=2)
    await later(house, medium)
    assert await alarms(house) == []


def test_the_alarm_is_for_the_offices_and_supervision() -> None:
    assert {Standing.HOST, Standing.TENDERER, Standing.OPERATOR, Standing.SUPERVISOR} == EchoAltered.AUDIENCE


# retry with back-off, idempotent


async def test_a_medium_that_fails_gets_it_later_once(house: House, medium: Medium) -> None:
    await house.plant(Hall().log)
    await project(house)
    medium.answers = [503]
    assert await step(house, medium) == FIRST_PAUSE
    assert medium.puts == []
    assert await step(house, medium) == POLL
    assert len(medium.puts) == 1


async def test_the_pause_doubles_with_each_failure(house: House, medium: Medium) -> None:
    await house.plant(Hall().log)
    await project(house)
    medium.answers = [503, 429, 500]
    target = HttpTarget.of("m", medium.url)
    courier = Courier(house.platform, outbox(house), Channel.MEDIA, target, house.keyring.receipt)
    assert [await courier.step() for _ in range(4)] == [1.0, 2.0, 4.0, POLL]
    await target.close()


async def test_a_medium_that_is_away_delays_and_loses_nothing(house: House, medium: Medium) -> None:
    await house.plant(Hall().log)
    await project(house)
    away = Medium(url="http://127.0.0.1:9/notices")
    assert await step(house, away) == FIRST_PAUSE
    await step(house, medium)
    assert len(medium.puts) == 1


async def test_what_a_medium_refuses_for_good_is_kept_for_people_and_holds_up_nothing(
    house: House, medium: Medium
) -> None:
    await house.plant(Hall().log)
    clarified = ClarificationIssued(
        number=1, text="更正", affects_bids=False, document_version=1, issued_at=T0, signed=SIGNED
    )
    await house.plant([("lot-lot-1", clarified)])
    await project(house)
    medium.answers = [422]
    await step(house, medium)
    assert [path.rsplit("/", 1)[1].split("-")[0] for path, _, _ in medium.puts] == ["clarification"]
    ((_, reason),) = await outbox(house).refused("media:省公共资源网")
    assert reason == "HTTP 422"


def test_every_kind_of_publication_is_read_back_from_its_own_bytes() -> None:
    hall = Hall()
    notice = next(one for one in hall.events if isinstance(one, NoticePublished))
    assert set(KINDS.values()) == {
        "notice",
        "clarification",
        "deadline",
        "answer",
        "candidates",
        "award",
        "result",
    }
    assert content_hash(notice) == notice_hash(notice)


def test_what_was_published_before_its_event_gained_a_field_is_still_the_same() -> None:
    """An upgrade raises no alarm over notices that stand on the media already."""
    notice = next(one for one in Hall().events if isinstance(one, NoticePublished))
    shown = msgspec.json.decode(published(LOT, "lot/notice-1", notice))
    assert shown["content"]["terms"].pop("credit_promise") is False
    earlier = {name: value for name, value in shown["content"].items() if name != "notice_hash"}
    then = hashlib.sha256(msgspec.json.encode(earlier, order="sorted")).hexdigest()
    assert shown_hash("notice", msgspec.json.encode(shown)) == then != notice_hash(notice)
    shown["content"]["title"] = "另一项目"
    assert shown_hash("notice", msgspec.json.encode(shown)) != then
