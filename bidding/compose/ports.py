"""Ports to listen on: the wanted one if it is free, else any; and small services of their own that do."""

import socket
from typing import Any

#: Seconds that a service beside the platform keeps an idle connection, as the API does (``bidding.api.app``): whoever
#: asks it lets go first, so that no request meets a connection that is just closing.
KEEP_ALIVE = 75


class NoPort(OSError):
    """Nothing can listen on ``host``; ``port`` is the last one tried (0: any)."""

    def __init__(self, host: str, port: int) -> None:
        super().__init__(f"cannot listen on {host}:{port}")
        self.host, self.port = host, port


def bound(host: str, wanted: int) -> socket.socket:
    """A bound TCP socket, on ``wanted`` or, where that is taken, on a free port. Raises NoPort.

    It is handed on as it is: a port looked up and bound later could be lost in between.
    """
    for port in (wanted, 0):
        made = _try(host, port)
        if made is not None:
            return made
    raise NoPort(host, wanted)


def port_of(made: socket.socket) -> int:
    return int(made.getsockname()[1])


def serve_alone(app: Any, listening: socket.socket) -> None:
    """An ASGI application, until the process is stopped; nothing about its requests is logged."""
    import uvicorn

    config = uvicorn.Config(
        app, log_config=None, lifespan="off", access_log=False, timeout_keep_alive=KEEP_ALIVE
    )
    uvicorn.Server(config).run(sockets=[listening])


def _try(host: str, port: int) -> socket.socket | None:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        made = socket.socket(family, kind, protocol)
    except OSError:
        return None
    made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        made.bind(address)
    except OSError:
        made.close()
        return None
    return made
