"""How far ``make soak`` goes."""

import os

#: Examples of each property; 0 in a plain run of the tests.
SOAK = int(os.environ.get("SOAK_EXAMPLES", "0"))
