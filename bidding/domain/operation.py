"""Where the platform runs and by whose certificate: what 20号令 10 asks of it before it takes a tender (R-PLAT-05)."""

from datetime import date
from enum import StrEnum

import msgspec

from bidding.domain.admission.filing import Mode
from bidding.domain.errors import Forbidden


class Standing(StrEnum):
    CERTIFIED = "CERTIFIED"  # 已通过检测认证
    ENDED = "ENDED"  # 认证已到期
    NOT_CERTIFIED = "NOT_CERTIFIED"  # 未经检测认证


class Operation(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``certificate``, ``body``, ``until``: number of the 检测认证, who gave it, its last day. ``place``: where the
    servers stand, ``region`` its six digits. ``production``: live tenders are real, so nothing of this is missing."""

    production: bool = False
    certificate: str = ""
    body: str = ""
    until: date | None = None
    place: str = ""
    region: str = ""

    @property
    def missing(self) -> tuple[str, ...]:
        """Names of what is not said."""
        said = {name: getattr(self, name) for name in ("certificate", "body", "until", "place", "region")}
        return tuple(name for name, value in said.items() if not value)

    def on(self, day: date) -> Standing:
        if self.missing or self.until is None:
            return Standing.NOT_CERTIFIED
        return Standing.CERTIFIED if day <= self.until else Standing.ENDED

    def require(self, mode: Mode, day: date) -> None:
        """Raises ``Forbidden`` where a live tender would begin on a platform in production that may not take it.

        One that was noticed before runs to its end: its bidders did nothing wrong.
        """
        standing = self.on(day)
        if self.production and mode is Mode.LIVE and standing is not Standing.CERTIFIED:
            raise Forbidden(
                "platform-not-certified",
                rule="R-PLAT-05",
                standing=standing.value,
                missing=list(self.missing),
                until=self.until,
            )


UNCERTIFIED = Operation()
