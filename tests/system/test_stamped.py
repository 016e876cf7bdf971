"""R-CRYP-06 (GB/T 20520, RFC 3161): a played tender, stamped by an authority outside, and what its bundle shows."""

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from pydantic import SecretStr

from bidding.application.record import verify_bundle
from bidding.application.record.bundle_format import Bundle
from bidding.compose.settings import Settings
from bidding.crypto.canonical import parse_canonical, unb64
from bidding.crypto.timestamp import read_roots
from bidding.domain.event import decode
from bidding.domain.timestamp.decide import CHECKPOINTED
from bidding.domain.timestamp.events import Timestamped
from bidding.stage import opening
from tests.system.platforms import Stand, standing
from tests.system.tenders import all_hand_in, closed, tender
from tests.time_authority import TimeAuthority, listening

pytestmark = pytest.mark.asyncio(loop_scope="session")

#: Up to the opening record: the close, the roll, the window's end, the import, the record.
EVENTS, CHECKPOINTS, BIDS = 5, len(CHECKPOINTED), 3


class Stamping(msgspec.Struct, frozen=True):
    stand: Stand
    authority: TimeAuthority


@pytest_asyncio.fixture(loop_scope="session")
async def stamping(pg_dsn: str, folder: Path) -> AsyncIterator[Stamping]:
    """A platform with an authority of OpenSSL's beside it."""
    with listening(TimeAuthority(folder / "authority")) as authority:
        settings = Settings(
            data=folder / "data",
            port=0,
            live_port=0,
            database_url=SecretStr(pg_dsn),
            time_authorities={"国家授时": authority.url},
            time_roots=authority.roots,
        )
        async with AsyncExitStack() as stack:
            yield Stamping(await standing(settings, stack), authority)


async def test_the_bundle_of_a_played_tender_carries_tokens_that_the_authority_itself_confirms(
    stamping: Stamping, folder: Path
) -> None:
    stand, authority = stamping.stand, stamping.authority
    async with tender(stand, folder / "play", bidders=BIDS) as play:
        await all_hand_in(play)
        await closed(play)
        await opening.opening(play)
        await play.wait_for(
            "every token is there", lambda now: len(now["timestamps"]["stamped"]) >= EVENTS + CHECKPOINTS
        )
        answer = await play.agency.session.http.get(f"/lots/{play.lot}/bundle", params={"for": "public"})
    key = stand.service.keyring.receipt_key("test").public
    checks = verify_bundle(
        answer.content,
        key,
        time_roots=read_roots(authority.roots.read_bytes()),
        log_key=stand.service.log.identity.key,
    )
    assert [one for one in checks if not one.ok] == []
    said = [one.name for one in checks]
    assert Counter(one.split(":")[0] for one in said if "国家授时" in one) == {
        "time-stamps": EVENTS + CHECKPOINTS,
        "checkpoints": CHECKPOINTS,
    }
    assert all("under a root that you gave" in one for one in said if one.startswith("time-stamps"))
    (close,) = [one for one in said if one.startswith("checkpoints: lot.submission-closed.v1")]
    assert f"and {BIDS} bids stood in the log" in close
    record = parse_canonical(answer.content, Bundle).record
    events = [decode(one.topic, one.state.encode()) for one in record.events]
    tokens = [one for one in events if isinstance(one, Timestamped)]
    assert all(authority.verifies(unb64(one.token), one.imprint) for one in tokens)
    other = TimeAuthority(folder / "other")
    (fault,) = [
        one
        for one in verify_bundle(answer.content, key, time_roots=read_roots(other.roots.read_bytes()))
        if not one.ok
    ]
    assert fault.name == "time-stamps"
