"""What `bidding demo` leaves open for newcomers: a tender under way, and the devices of its parties.

A real platform has none of this: nothing here is ever set but by the demonstration, whose parties and lots are made up.
"""

from dataclasses import dataclass
from typing import Literal

import msgspec

Part = Literal["agency", "tenderer", "bidder", "supervisor", "expert", "operator"]


class Visitor(msgspec.Struct, frozen=True, kw_only=True):
    """A made-up party, and its device to act with: private keys as base64url of 32 bytes. ``trade``: an expert's."""

    part: Part
    party: str
    name: str
    credential: str
    signing: str
    opening: str
    trade: str = ""


@dataclass
class Demonstration:
    """Filled by `bidding demo` once the tender is there; empty on every other platform."""

    lot: str = ""
    visitors: tuple[Visitor, ...] = ()
