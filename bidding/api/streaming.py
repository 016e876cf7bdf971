"""Answers with a file out of the object store."""

from collections.abc import AsyncIterator, Mapping

from fastapi.responses import StreamingResponse


async def stored(
    body: AsyncIterator[bytes], status: int = 200, *, media_type: str, headers: Mapping[str, str]
) -> StreamingResponse:
    """Begun when the first bytes are there: what the store has lost or does not give is a problem that says so, and
    no answer that breaks off. Raises ``PortError``, and what ``body`` raises."""
    first = await anext(body, b"")

    async def whole() -> AsyncIterator[bytes]:
        yield first
        async for chunk in body:
            yield chunk

    return StreamingResponse(whole(), status, media_type=media_type, headers=headers)
