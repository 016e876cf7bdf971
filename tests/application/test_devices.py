"""Alarms about the devices of a bid, on a real platform (R-CRED-01, F-43)."""

import msgspec
import pytest

from bidding.crypto.canonical import b64
from bidding.crypto.credentials import DeviceCredential
from bidding.domain.bid.commands import SignIn
from bidding.domain.bid.events import CredentialAlarmRaised
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
