"""A wire between a client and a server on loopback that a test can cut in the middle of a transfer."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Forwards bytes both ways until it is cut; while it is cut, connections are reset."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.port = 0
        self._whole = True
        self._budget: int | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._carriers: set[asyncio.Future[None]] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, host: str, port: int) -> AsyncIterator["Wire"]:
        wire = cls(host, port)
        # Listens to the end: closing an asyncio server leaks a connection it is just accepting.
        async with await asyncio.start_server(wire._accept, "127.0.0.1", 0) as server:
            wire.port = server.sockets[0].getsockname()[1]
            try:
                yield wire
            finally:
                wire.cut()
                await asyncio.gather(*wire._carriers)

    def mend(self) -> None:
        self._budget, self._whole = None, True

    def cut(self) -> None:
        self._whole = False
        for writer in list(self._open):
            writer.transport.abort()

    def cut_after(self, size: int) -> None:
        """Cut when this many more bytes have gone towards the server."""
        self._budget = size

    def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        carrier = asyncio.ensure_future(self._carry(reader, writer))
        self._carriers.add(carrier)
        carrier.add_done_callback(self._carriers.discard)

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(OSError):
            far_reader, far_writer = await asyncio.open_connection(*self._target)
            both = {writer, far_writer}
            self._open |= both
            if not self._whole:  # cut while we were on our way
                writer.transport.abort()
                far_writer.transport.abort()
            await asyncio.gather(
                self._pump(reader, far_writer, counted=True), self._pump(far_reader, writer, counted=False)
            )
            self._open -= both
        writer.transport.abort()

    async def _pump(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, *, counted: bool
    ) -> None:
        with contextlib.suppress(OSError):
            while data := await reader.read(1 << 16):
                if counted and self._budget is not None:
                    self._budget -= len(data)
                    if self._budget <= 0:
                        self.cut()
                        return
                writer.write(data)
                await writer.drain()
        writer.close()
