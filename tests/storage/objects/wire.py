"""A wire between a client and a server on loopback that a test can cut in the middle of a transfer."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Wire:
    """Forwards bytes both ways until it is cut; while it is cut, connections are refused."""

    def __init__(self, host: str, port: int) -> None:
        self._target = host, port
        self.port = 0
        self._budget: int | None = None
        self._server: asyncio.Server | None = None
        self._open: set[asyncio.StreamWriter] = set()
        self._carriers: set[asyncio.Future[None]] = set()

    @classmethod
    @asynccontextmanager
    async def to(cls, host: str, port: int) -> AsyncIterator["Wire"]:
        wire = cls(host, port)
        await wire.mend()
        try:
            yield wire
        finally:
            wire.cut()
            await asyncio.gather(*wire._carriers)

    async def mend(self) -> None:
        """Whole again, on the same port."""
        self._budget = None
        listening = socket.socket()
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(("127.0.0.1", self.port))
        self.port = listening.getsockname()[1]
        self._server = await asyncio.start_server(self._accept, sock=listening)

    def cut(self) -> None:
        """Connections are reset, new ones refused."""
        if self._server is not None:
            self._server.close()
            self._server = None
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
            if self._server is None:  # cut while we were on our way
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
