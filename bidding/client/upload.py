"""Resumable uploads of sealed files over tus 1.0: whatever arrived stays, the rest is sent again."""

import asyncio
import base64
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from urllib.parse import urlsplit

import httpx2

from bidding.client.session import Problem, Session, raise_for

CHUNK = 8 * 1024 * 1024
BLOCK = 256 * 1024
ATTEMPTS = 8
#: (bytes there, bytes in all)
Progress = Callable[[int, int], None]

_TUS = {"Tus-Resumable": "1.0.0"}
NOT_FOUND, CONFLICT, GONE, LOCKED, UNAVAILABLE = 404, 409, 410, 423, 503


async def upload(
    session: Session,
    lot: str,
    envelope: str,
    path: Path,
    *,
    known: str | None = None,
    progress: Progress | None = None,
    began: Callable[[str], None] | None = None,
) -> str:
    """Upload one sealed envelope; returns the upload's id.

    ``known``: the id of an unfinished upload to go on with; ``began`` is told a new one's id, so that it can
    be kept before the first byte goes out. Raises ``Problem``; gives up after ATTEMPTS lost connections.
    """
    total = (await asyncio.to_thread(path.stat)).st_size
    location = f"/uploads/{known}" if known else ""
    offset = await _known_offset(session, location) if known else None
    if offset is None:  # none yet, or the platform has cleared it away
        location = await _create(session, lot, envelope, total)
        offset = 0
        if began is not None:
            began(_id(location))
    failures = 0
    while offset < total:
        try:
            offset = await _send(session, location, path, offset, total)
            failures = 0
        except (httpx2.TransportError, Problem) as error:
            failures += 1
            if failures >= ATTEMPTS or not _passing(error):
                raise
            await asyncio.sleep(min(0.2 * 2**failures, 10))
            offset = await _arrived(session, location, offset)
        if progress is not None:
            progress(offset, total)
    if progress is not None:
        progress(offset, total)
    return _id(location)


def _id(location: str) -> str:
    return location.rpartition("/")[2]


def _passing(error: httpx2.TransportError | Problem) -> bool:
    return not isinstance(error, Problem) or error.status in (CONFLICT, LOCKED, UNAVAILABLE)


async def _arrived(session: Session, location: str, known: int) -> int:
    """Where to go on: what was sent last may have arrived although its answer did not."""
    try:
        return await _offset(session, location)
    except (httpx2.TransportError, Problem) as error:
        if not _passing(error):
            raise
        return known


async def _known_offset(session: Session, location: str) -> int | None:
    try:
        return await _offset(session, location)
    except Problem as problem:
        if problem.status in (NOT_FOUND, GONE):
            return None
        raise


async def _create(session: Session, lot: str, envelope: str, total: int) -> str:
    metadata = ",".join(
        f"{name} {base64.b64encode(value.encode()).decode()}"
        for name, value in (("lot", lot), ("envelope", envelope))
    )
    response = await session.http.post(
        "/uploads", headers={**_TUS, "Upload-Length": str(total), "Upload-Metadata": metadata}
    )
    raise_for(response)
    return urlsplit(response.headers["Location"]).path


async def _offset(session: Session, location: str) -> int:
    response = await session.http.head(location, headers=_TUS)
    raise_for(response)
    return int(response.headers["Upload-Offset"])


async def _send(session: Session, location: str, path: Path, offset: int, total: int) -> int:
    length = min(CHUNK, total - offset)

    async def body() -> AsyncIterator[bytes]:
        file = await asyncio.to_thread(path.open, "rb")
        with file:
            file.seek(offset)
            left = length
            while left:
                data = await asyncio.to_thread(file.read, min(BLOCK, left))
                left -= len(data)
                yield data

    response = await session.http.patch(
        location,
        content=body(),
        headers={
            **_TUS,
            "Upload-Offset": str(offset),
            "Content-Type": "application/offset+octet-stream",
            "Content-Length": str(length),
        },
    )
    raise_for(response)
    return int(response.headers["Upload-Offset"])
