"""What a notice says of the project, and whom to ask about it (R-PLAT-09; 20号令 41).

Published as such: what the register knows of a party's people stays there (个人信息保护法 6).
"""

from typing import Annotated

import msgspec

from bidding.domain.errors import Invalid

Said = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=4000)]
Line = Annotated[str, msgspec.Meta(pattern=r"\S", max_length=200)]
Phone = Annotated[str, msgspec.Meta(pattern=r"^[0-9+()转 -]{5,40}$", max_length=40)]


class OfficeContact(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``person``: 联系人; ``address``: 地址; ``email`` "" where the office names none."""

    person: Line
    phone: Phone
    address: Line
    email: Annotated[str, msgspec.Meta(max_length=200)] = ""


class Particulars(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """``scope``: 招标范围; ``scale``: 建设规模, in GP 采购数量; ``agency`` None: the tenderer tenders by itself."""

    scope: Said
    scale: Said
    tenderer: OfficeContact
    agency: OfficeContact | None = None


def check_particulars(said: Particulars, *, has_agency: bool) -> None:
    """Raises ``Invalid`` if the agency is not to be reached, or one is named that the lot does not have."""
    if has_agency and said.agency is None:
        raise Invalid("agency-contact-missing", rule="R-PLAT-09")
    if not has_agency and said.agency is not None:
        raise Invalid("agency-contact-of-nobody", rule="R-PLAT-09")
