"""Services beside the platform let an idle connection live longer than whoever asks them."""

import socket

import pytest
import uvicorn

from bidding.api import app
from bidding.client.session import LIMITS
from bidding.compose.ports import serve_alone


def test_a_signer_or_witness_closes_no_connection_before_its_clients_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A signature asked for over one that is just closing is lost, and with it a bidder's receipt."""
    ran: list[uvicorn.Config] = []

    def run(self: uvicorn.Server, sockets: list[socket.socket] | None = None) -> None:
        ran.append(self.config)

    monkeypatch.setattr(uvicorn.Server, "run", run)
    with socket.socket() as listening:
        serve_alone(None, listening)
    assert LIMITS.keepalive_expiry is not None
    assert ran[0].timeout_keep_alive == app.KEEP_ALIVE > LIMITS.keepalive_expiry
    assert not ran[0].access_log
