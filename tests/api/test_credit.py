"""Registering is looked up in the credit register, and shuts nobody out (R-CRDT-01, R-NB-SS-02)."""

from bidding.application.credit import RegisterSource
from tests.api.conftest import World


async def test_a_registration_records_what_the_register_says(world: World) -> None:
    world.identity._credit = RegisterSource(world.platform.journal, world.clock)
    device = await world.enrol("bidder")
    me = (await world.http.get("/parties/me", headers=device.headers)).json()
    assert me["credit"]["source"] == "平台信用登记簿"
    assert (me["credit"]["uscc"], me["credit"]["listings"]) == (me["uscc"], [])
    assert me["verified"]
