"""R-CRYP-01: an SM2 opening key is bound with a licensed authority's certificate, which is checked."""

from pathlib import Path
from typing import Any

import pytest
from cryptography import x509

from bidding.crypto.canonical import b64
from bidding.crypto.sm2_certificate import public_key
from tests.api.conftest import World
from tests.api.devices import AT
from tests.crypto.sm2_authority import authority, issued


@pytest.fixture(scope="module")
def roots(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, bytes]:
    folder = tmp_path_factory.mktemp("sm2")
    return folder, authority(folder, "root")


async def bound(world: World, folder: Path, trusted: tuple[bytes, ...], holder: str = "") -> Any:
    """The answer to a party that binds a certified key. ``holder``: another name than its own in the certificate."""
    world.identity.sm2_authorities = trusted
    device = await world.enrol("bidder")
    party = await world.identity.party(device.party)
    leaf = issued(folder, holder=holder or party.name)
    found = x509.load_der_x509_certificate(leaf)
    world.clock.instant = max(AT, found.not_valid_before_utc)
    await world.log_in(device)
    body = {
        "opening_key": b64(public_key(found)),
        "suite": "gm-1",
        "certificate": b64(leaf),
        "label": "UKey",
        "recovery": True,
    }
    return await world.post("/parties/me/credentials", device.says("registration/bind", body), device)


async def test_a_certified_sm2_key_is_bound(world: World, roots: tuple[Path, bytes]) -> None:
    answer = await bound(world, roots[0], (roots[1],))
    assert answer.status_code == 201, answer.text
    last = answer.json()["credentials"][-1]
    assert (last["suite"], last["recovery"]) == ("gm-1", True)
    assert last["opening_certificate"]


async def test_another_holders_certificate_is_refused(world: World, roots: tuple[Path, bytes]) -> None:
    answer = await bound(world, roots[0], (roots[1],), holder="别家公司")
    assert (answer.status_code, answer.json()["code"]) == (422, "sm2-certificate-refused")


async def test_no_certificate_counts_where_no_authority_is_trusted(
    world: World, roots: tuple[Path, bytes]
) -> None:
    answer = await bound(world, roots[0], ())
    assert (answer.status_code, answer.json()["code"]) == (422, "sm2-certificate-refused")
