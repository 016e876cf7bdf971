"""Fixtures that all tests share."""

import signal

from hypothesis import settings

from tests.pg import _pg_admin, pg_dsn, pg_server
from tests.soaking import SOAK

__all__ = ["_pg_admin", "pg_dsn", "pg_server"]

# A runner started in the background hands down an ignored SIGINT; the programs under test must hear Ctrl-C.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

# A plain run tries the same examples each time, without a clock; ``make soak`` draws others, and more of them.
settings.register_profile(
    "house", max_examples=SOAK or 100, derandomize=not SOAK, database=None, deadline=None
)
settings.load_profile("house")
