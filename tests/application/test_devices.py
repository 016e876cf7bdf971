"""Alarms about the devices of a bid, on a real platform (R-CRED-01, F-43)."""

import asyncio
from datetime import timedelta

import msgspec
import pytest

from bidding.application.devicewatch import DeviceWatch
from bidding.application.platform import lot_stream
from bidding.application.projections import LotsProjection
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential
from bidding.domain.bid.commands import SignIn
from bidding.domain.bid.events import CredentialAlarmRaised, CredentialReminded
from bidding.domain.errors import Refusal
from bidding.domain.registration.state import Credential
from tests.application.bidding_day import Day
from tests.application.house import LOT, House
from tests.domain.opening.hall import MINUTE, T0


@pytest.fixture
async def day(house: House, tmp_path_factory: pytest.TempPathFactory) -> Day:
    made = Day(house, tmp_path_factory.mktemp("bids"))
    await made.begin("a", "b")
    await made.submit("a")
    return made


def renewed(day: Day, name: str) -> None:
    """Its device is revoked and another bound, as a renewed certificate is."""
    party = day.house.register.known[name]
    device = DeviceCredential.generate()
    new = Credential(
        credential=device.id,
        signing_key=b64(device.signing.public),
        certificate="Y2VydA",
        opening_key=b64(device.opening.public),
        opening_certificate="",
        label="续办后的证书",
        proved_at=T0,
    )
    old = msgspec.structs.replace(party.credentials[0], revoked="续办")
    day.house.register.known[name] = msgspec.structs.replace(party, credentials=(old, new))


async def test_a_renewed_certificate_raises_an_alarm_on_every_open_bid_and_on_no_other(day: Day) -> None:
    topics = await day.house.topics()
    assert await day.house.bids.placed_on("a") == [LOT]
    assert await day.house.bids.placed_on("b") == []
    renewed(day, "a")
    await day.house.bids.devices_changed("a")
    last = (await day.house.platform.journal.load(f"bid-{LOT}-a"))[-1].event
    assert isinstance(last, CredentialAlarmRaised)
    assert ([one.kind.value for one in last.alarms], last.must_reseal) == (["REVOKED", "NOT_SEALED_TO"], True)
    await day.house.bids.devices_changed("a")  # said once
    await day.house.bids.devices_changed("b")
    assert [one.event for one in await day.house.platform.journal.load(f"bid-{LOT}-a")][-1] == last
    assert await day.house.topics() == topics  # the lot does not tell (R-GEN-04)
    lot, bid = await day.house.platform.load(LOT), await day.house.bids.bid(LOT, "a")
    assert (await day.house.bids.alarms(lot, bid)).must_reseal


async def test_signing_in_tells_what_will_not_open(day: Day) -> None:
    day.house.clock.instant = T0 - 30 * MINUTE
    well = await day.house.give(SignIn(), day.actors["a"])
    assert msgspec.json.decode(well.answer)["devices"] == {"alarms": [], "must_reseal": False}
    renewed(day, "a")
    told = await day.house.give(SignIn(), day.actors["a"])
    assert msgspec.json.decode(told.answer)["devices"]["must_reseal"] is True


async def test_the_certificates_under_a_bid_are_kept_with_it(day: Day) -> None:
    """R-CRED-01: which encryption certificate, and until when, as it was at the upload."""
    (device,) = day.house.register.known["a"].credentials
    (kept,) = (await day.house.bids.bid(LOT, "a")).versions[-1].sealed_to
    assert (kept.credential, kept.opening_key) == (device.credential, device.opening_key)
    assert kept.until == device.expires_at


async def test_the_clock_reminds_each_bidder_daily_and_the_lot_does_not_move(day: Day) -> None:
    """R-CRED-01, R-GEN-04: looked over every day, told in the own stream alone, by a second clock not again."""
    house = day.house
    last = (await house.platform.journal.load(lot_stream(LOT)))[-1]
    await LotsProjection(house.platform, asyncio.Event()).project(last)
    topics = await house.topics()
    renewed(day, "a")
    house.clock.instant = T0 - timedelta(days=3)
    watch = DeviceWatch(house.platform, house.register)
    await watch.step()
    await watch.step()
    await DeviceWatch(house.platform, house.register).step()
    assert await _reminders(house) == 1
    house.clock.instant += timedelta(days=1)
    await watch.step()
    assert await _reminders(house) == 2
    assert await house.topics() == topics
    assert await house.platform.journal.load(f"bid-{LOT}-b") == []


async def _reminders(house: House) -> int:
    recorded = await house.platform.journal.load(f"bid-{LOT}-a")
    return sum(isinstance(one.event, CredentialReminded) for one in recorded)


async def test_a_bid_sealed_to_an_untried_device_is_refused_with_a_receipt(day: Day) -> None:
    """R-CRED-03, R-BID-04: and taken once the device has decrypted its trial."""
    party = day.house.register.known["b"]
    (device,) = party.credentials
    untried = msgspec.structs.replace(device, proved_at=None)
    day.house.register.known["b"] = msgspec.structs.replace(party, credentials=(untried,))
    with pytest.raises(Refusal) as caught:
        await day.submit("b")
    assert caught.value.code == "bid-unproved-device"
    assert (caught.value.rule, caught.value.found["units"]) == ("R-CRED-03", ("电脑",))
    assert caught.value.found["receipt"]
    day.house.register.known["b"] = party
    await day.submit("b")
    assert (await day.house.bids.bid(LOT, "b")).effective is not None
