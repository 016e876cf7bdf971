"""A request's body, received into the buffers of whoever takes it.

ASGI hands a body on as `bytes`, copied four times on the way and a coroutine woken for every 64 KiB: more
work than hashing what arrives. Uploads may take the other way: `fill` puts the socket's bytes where they are
hashed and written to the disk from, and wakes once per buffer. Outside of a `fill` the connection is uvicorn's as
ever, so answers, pipelined requests, time-outs and shutdown are too.
"""

import asyncio
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

EXTENSION = "bidding.intake"
"""The key in ``scope["extensions"]``, for requests with a `Content-Length`; see `intake_of`."""


class Intake:
    """The body of one request. `left`: bytes not handed over yet; `arrived`: bytes of the last `fill`."""

    def __init__(self, protocol: "IntakeProtocol", length: int) -> None:
        self._protocol = protocol
        self.left = length
        self.arrived = 0
        self.unparsed = length

    async def fill(self, buffer: memoryview, *, idle_timeout: float) -> None:
        """Until `buffer` is full or the body at its end. `arrived` bytes are in it, also after an exception.

        Raises `ConnectionResetError`, and `TimeoutError` once no byte has come for `idle_timeout` seconds.
        """
        self.arrived = 0
        buffer = buffer[: self.left]
        cycle: RequestResponseCycle = self._protocol.cycle
        try:
            early = memoryview(cycle.body)[: len(buffer)]
            self.arrived = len(early)
            buffer[: self.arrived] = early
            early.release()
            del cycle.body[: self.arrived]
            if self.arrived < len(buffer):
                await self._receive(cycle, buffer, idle_timeout)
        finally:
            self.left -= self.arrived

    async def _receive(self, cycle: RequestResponseCycle, buffer: memoryview, idle_timeout: float) -> None:
        if cycle.waiting_for_100_continue:
            self._protocol.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")
            cycle.waiting_for_100_continue = False
        sink = _Sink(self, self._protocol, buffer)
        self._protocol.lend(sink)
        try:
            while not sink.ended.done():
                before = self.arrived
                await asyncio.wait((sink.ended,), timeout=idle_timeout)
                if self.arrived == before and not sink.ended.done():
                    raise TimeoutError
        finally:
            self._protocol.take_back(self)
        if cycle.disconnected:
            raise ConnectionResetError


class IntakeProtocol(HttpToolsProtocol):
    """uvicorn's, for ``uvicorn.Config(http=…)``."""

    _intake: Intake | None = None
    _direct: Intake | None = None  # whose remaining body no parser counts

    def on_headers_complete(self) -> None:
        self._intake = None
        for name, value in self.headers:
            if name == b"content-length":
                self._intake = Intake(self, int(value))
                self.scope["extensions"] = {EXTENSION: {"intake": self._intake}}
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        if self._intake is not None:
            self._intake.unparsed -= len(body)
        super().on_body(body)

    def data_received(self, data: bytes) -> None:
        if self._direct is not None:  # an answer was given before the body's end, or somebody calls `receive`
            rest = self._direct.unparsed
            self.on_body(data[:rest])
            if len(data) >= rest:
                self._body_ends()
            data = data[rest:]
            if not data:
                return
        super().data_received(data)

    def connection_lost(self, exc: Exception | None) -> None:
        self._direct = None
        super().connection_lost(exc)

    def lend(self, sink: "_Sink") -> None:
        if self.cycle.disconnected:
            sink.end()
            return
        if self._direct is None:
            # The parser waits for bytes that it will not see.
            self._direct = self._intake
            self.parser = httptools.HttpRequestParser(self)
        # Paused and resumed: that is when a transport looks at what kind of protocol it has.
        self.flow.pause_reading()
        self.transport.set_protocol(sink)
        self.flow.resume_reading()

    def take_back(self, intake: Intake) -> None:
        if self.cycle.disconnected or self.transport.is_closing():
            return
        self.flow.pause_reading()
        self.transport.set_protocol(self)
        if not intake.unparsed:
            self._body_ends()
            self.flow.resume_reading()

    def _body_ends(self) -> None:
        self._direct = None
        self.on_message_complete()


class _Sink(asyncio.BufferedProtocol):
    """The connection's protocol while a buffer is filled."""

    def __init__(self, intake: Intake, protocol: IntakeProtocol, buffer: memoryview) -> None:
        self._intake, self._protocol, self._buffer = intake, protocol, buffer
        self.ended: asyncio.Future[None] = protocol.loop.create_future()

    def get_buffer(self, sizehint: int) -> memoryview:
        return self._buffer[self._intake.arrived :]

    def buffer_updated(self, nbytes: int) -> None:
        self._intake.arrived += nbytes
        self._intake.unparsed -= nbytes
        if self._intake.arrived == len(self._buffer):
            self._protocol.flow.pause_reading()
            self.end()

    def eof_received(self) -> None:
        pass  # as uvicorn: the transport closes

    def connection_lost(self, exc: Exception | None) -> None:
        self._protocol.connection_lost(exc)
        self.end()

    def pause_writing(self) -> None:
        self._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._protocol.resume_writing()

    def end(self) -> None:
        if not self.ended.done():
            self.ended.set_result(None)


def intake_of(scope: Any) -> Intake | None:
    """The request's intake, if the server has one for it."""
    found = scope.get("extensions", {}).get(EXTENSION, {}).get("intake")
    return found if isinstance(found, Intake) and found.left else None
