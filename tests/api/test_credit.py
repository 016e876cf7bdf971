"""Registering is looked up in the credit register, and shuts nobody out (R-CRDT-01, R-NB-SS-02)."""

from bidding.application.creditsources import RegisterSource, SourceSilent
from bidding.domain.credit.lists import Listing
from tests.api.conftest import World


async def test_a_registration_records_what_the_register_says(world: World) -> None:
    world.identity._credit = RegisterSource(world.platform.journal, world.clock)
    device = await world.enrol("bidder")
    me = (await world.http.get("/parties/me", headers=device.headers)).json()
    assert me["credit"]["source"] == "平台信用登记簿"
    assert (me["credit"]["uscc"], me["credit"]["listings"]) == (me["uscc"], [])
    assert me["verified"]


class Outside:
    name = "信用中国"
    silent = True

    async def look_up(self, uscc: str, name: str) -> tuple[Listing, ...]:
        if self.silent:
            raise SourceSilent(self.name)
        return ()


async def test_a_silent_source_at_the_registration_is_written_down_and_asked_again(world: World) -> None:
    """R-CRDT-01: nobody is kept from registering, and nobody passes unasked without anybody knowing."""
    outside = Outside()
    world.identity._credit = RegisterSource(world.platform.journal, world.clock, [outside])
    operator = await world.operator()
    device = await world.enrol("bidder")
    known = await world.identity.party(device.party)
    assert (known.credit, known.credit_unanswered) == (None, ("信用中国",))
    path = f"/parties/{device.party}/credit"
    still = await world.post(path, {}, operator)
    assert (still.status_code, still.json()["code"]) == (409, "credit-source-silent")
    outside.silent = False
    assert (await world.post(path, {}, operator)).status_code == 200
    known = await world.identity.party(device.party)
    assert known.credit_unanswered == ()
    assert known.credit is not None
    assert [one.source for one in known.credit.answers or ()] == ["平台信用登记簿", "信用中国"]
    assert (await world.post(path, {}, device)).status_code == 403
