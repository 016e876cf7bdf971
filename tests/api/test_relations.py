"""Declaring relations and keeping the operator's group, over HTTP (R-ENG-31, R-PLAT-07)."""

from bidding.api.examples import example
from tests.api.conftest import World
from tests.api.devices import Device

GROUP_UNIT = "911101066976941872"
DECLARED = {
    "head": {"name": "张三", "id_digest": "ab" * 32},
    "superiors": [{"name": "集团", "uscc": GROUP_UNIT, "tie": "HOLDING", "share_bp": 6000}],
}
ENTRY = {"uscc": GROUP_UNIT, "name": "集团", "basis": "股权登记"}


async def test_relations_are_declared_by_the_unit_itself_and_shown_to_it_and_the_centre(world: World) -> None:
    operator, device, other = await world.operator(), await world.enrol("bidder"), await world.enrol("bidder")
    said = device.says("registration/declare-relations", {"relations": DECLARED})
    answer = await world.post("/parties/me/relations", said, device)
    assert answer.status_code == 200, answer.text
    for reader in (device, operator):
        shown = await world.http.get(f"/parties/{device.party}", headers=reader.headers)
        assert shown.json()["relations"]["head"]["name"] == "张三"
    assert (await world.http.get(f"/parties/{device.party}", headers=other.headers)).status_code == 404


async def test_relations_are_declared_at_enrolment(world: World) -> None:
    device = await world.enrol("bidder", relations=DECLARED)
    me = (await world.http.get("/parties/me", headers=device.headers)).json()
    assert me["relations"]["superiors"][0]["uscc"] == GROUP_UNIT


async def test_the_operators_group_is_public_and_bars_bidders_and_agencies(world: World) -> None:  # F-63
    operator = await world.operator()
    answer = await world.post("/parties/operator-group", ENTRY, operator)
    assert answer.status_code == 201, answer.text
    assert (await world.http.get("/parties/operator-group")).json()["members"][0]["name"] == "集团"
    for role in ("bidder", "agency"):
        sent = Device().enrols(kind="organisation", name="集团", uscc=GROUP_UNIT, requested_roles=[role])
        refused = await world.post("/parties", sent)
        assert (refused.status_code, refused.json()["code"]) == (403, "operator-group")
    daughter = await world.enrol("bidder")
    said = daughter.says("registration/declare-relations", {"relations": DECLARED})
    refused = await world.post("/parties/me/relations", said, daughter)
    assert (refused.status_code, refused.json()["code"]) == (403, "operator-group")
    gone = await world.post(
        "/parties/operator-group/delist", {"uscc": GROUP_UNIT, "reason": "已转让"}, operator
    )
    assert gone.json()["members"] == []
    again = daughter.says("registration/declare-relations", {"relations": DECLARED})
    assert (await world.post("/parties/me/relations", again, daughter)).status_code == 200


async def test_an_agency_entered_later_files_no_lot_for_others(world: World) -> None:  # R-PLAT-07
    operator, agency, owner = (
        await world.operator(),
        await world.enrol("agency"),
        await world.enrol("tenderer"),
    )
    me = (await world.http.get("/parties/me", headers=agency.headers)).json()
    await world.post("/parties/operator-group", {**ENTRY, "uscc": me["uscc"], "name": me["name"]}, operator)
    refused = await world.post("/lots", {**example("admission/submit"), "tenderer": owner.party}, agency)
    assert (refused.status_code, refused.json()["code"]) == (403, "operator-group")


async def test_nobody_else_changes_the_list_and_a_repeated_request_does_not_twice(world: World) -> None:
    operator, device = await world.operator(), await world.enrol("tenderer")
    assert (await world.post("/parties/operator-group", ENTRY, device)).json()["code"] == "not-permitted"
    headers = {"Idempotency-Key": "the-same-key"}
    first = await world.post("/parties/operator-group", ENTRY, operator, **headers)
    again = await world.post("/parties/operator-group", ENTRY, operator, **headers)
    assert (first.status_code, again.json()) == (201, first.json())
    refused = await world.post("/parties/operator-group", ENTRY, operator)
    assert (refused.status_code, refused.json()["code"]) == (409, "affiliate-listed-already")
