"""Fixtures that all tests share."""

import signal

from tests.pg import _pg_admin, pg_dsn, pg_server

__all__ = ["_pg_admin", "pg_dsn", "pg_server"]

# A runner started in the background hands down an ignored SIGINT; the programs under test must hear Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)
