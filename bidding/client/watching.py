"""Following an opening over the websocket: the state, then every event, across lost connections."""

import asyncio
from collections.abc import AsyncGenerator
from typing import Any

import msgspec
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed, InvalidMessage, InvalidStatus

RETRY = 1.0
UNAVAILABLE = 503


async def watch(
    live_url: str, lot: str, *, token: str = "", after: int | None = None
) -> AsyncGenerator[dict[str, Any], None]:
    """Every frame, for ever: one state (unless ``after`` resumes), then events without gap or duplicate.

    A lost connection is taken up again behind the last position seen, a full or starting gateway is asked again.
    Raises websockets' ``InvalidStatus`` for a lot that is not there. Leave it with ``contextlib.aclosing``.
    """
    headers = {"Authorization": f"Bearer {token}"} if token else None
    cursor = "lot" if token else "feed"  # what ``after`` counts
    while True:
        query = "" if after is None else f"?after={after}&cursor={cursor}"
        try:
            async with connect(
                f"{live_url}/live/lots/{lot}{query}", additional_headers=headers, max_size=None
            ) as socket:
                async for message in socket:
                    frame: dict[str, Any] = msgspec.json.decode(message)
                    if "position" in frame:
                        after = frame["position"]
                    yield frame
        except InvalidStatus as refusal:
            if refusal.response.status_code != UNAVAILABLE:
                raise
        except (ConnectionClosed, InvalidMessage, OSError):
            pass
        await asyncio.sleep(RETRY)
