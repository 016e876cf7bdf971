"""A lot filed over HTTP, as the tests of the command routes need one."""

from dataclasses import dataclass
from typing import Any

from bidding.api.examples import example
from tests.api.conftest import World
from tests.api.devices import Device


@dataclass
class Filed:
    """``etag``: of the lot as its host saw it last."""

    id: str
    etag: str
    agency: Device
    tenderer: Device
    operator: Device


def filing(tenderer: Device) -> dict[str, Any]:
    return {**example("admission/submit"), "tenderer": tenderer.party}


async def file_lot(world: World) -> Filed:
    operator = await world.operator()
    agency, tenderer = await world.enrol("agency"), await world.enrol("tenderer")
    answer = await world.post("/lots", filing(tenderer), agency)
    assert answer.status_code == 201, answer.text
    lot = answer.headers["location"].removeprefix("/lots/")
    return Filed(lot, answer.headers["etag"], agency, tenderer, operator)
