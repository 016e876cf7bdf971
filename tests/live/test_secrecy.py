"""Before the roll is public nothing tells how many bids there are (R-GEN-04, R-DOC-03)."""

import json
import re

from bidding.domain.bid import commands as b
from bidding.domain.event import Event
from bidding.domain.opening import commands as c
from bidding.domain.opening.events import SubmissionClosed
from tests.domain.opening.hall import MINUTE, T0, Hall, bidder
from tests.live.conftest import Stage, staged

INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[0-9.]*Z")


def story(names: list[str]) -> list[tuple[str, Event]]:
    """Bids, replacements, withdrawals and sign-ins between the same public events, up to the close."""
    hall = Hall()
    for name in names[:1]:
        hall.upload(name)
        hall.submit(name)
    number = hall.incident()
    for name in names[1:]:
        hall.upload(name)
        hall.submit(name)
        hall.submit(name)
    hall.recover(number)
    hall.submit("gone")
    hall.withdraw("gone")
    hall.now = T0 - 10 * MINUTE
    for name in names:
        hall.give(b.SignIn(), bidder(name))
    hall.now = T0
    while hall.lot.phase == "noticed":
        hall.now += MINUTE  # past what the incident added
        if hall.lot.notice.deadline is not None and hall.now >= hall.lot.notice.deadline:
            hall.give(c.Close())
    return hall.log


async def watched(stage: Stage, names: list[str]) -> list[str]:
    """Everything that a spectator's sockets say: live, resumed at each point, and joining after each event."""
    log = story(names)
    at = next(n for n, (stream, _) in enumerate(log) if stream.startswith("bid-"))
    await stage.tell_all(log[:at])
    said: list[str] = []
    async with stage.listen() as socket:
        said.append(str(await socket.recv()))
        for stream, event in log[at:]:
            await stage.tell(event, stream=stream)
            if isinstance(event, SubmissionClosed):
                break
            if stream.startswith("lot-"):
                said.append(str(await socket.recv()))
                async with stage.listen() as joined:
                    said.append(str(await joined.recv()))
        last = json.loads(str(await socket.recv()))
        assert last["event"]["type"] == SubmissionClosed.TOPIC
        assert last["event"]["received"] == len(names)
        said.append(json.dumps({**last, "event": {**last["event"], "received": "all learn it now"}}))
    for after in range(last["position"] - 1):
        async with stage.listen(query=f"?after={after}") as resumed:
            said.append(str(await resumed.recv()))
    return [INSTANT.sub("…", text) for text in said]


async def test_two_bidders_and_five_look_the_same_until_the_close(pg_dsn: str, other_dsn: str) -> None:
    async with staged(pg_dsn) as stage:
        two = await watched(stage, ["a", "b"])
    async with staged(other_dsn) as stage:
        five = await watched(stage, ["a", "b", "c", "d", "e"])
        positions = await stage.platform.journal.position(), await stage.platform.journal.feed_end()
    assert positions[0] > positions[1] + 10, "the bids were made"
    assert len(two) > 8
    assert two == five
