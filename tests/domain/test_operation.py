"""R-PLAT-05 (20号令 10): certified, in China, or no live tender begins."""

from datetime import date

import pytest
from msgspec.structs import replace

from bidding.domain.admission.filing import Mode
from bidding.domain.errors import Forbidden
from bidding.domain.operation import UNCERTIFIED, Operation, Standing

LAST = date(2027, 12, 31)
CERTIFIED = Operation(
    production=True,
    certificate="CTS-2026-018",
    body="国家信息中心检测机构",
    until=LAST,
    place="孝感市孝南区政务数据中心",
    region="420902",
)


def test_a_certificate_counts_through_its_last_day() -> None:
    assert CERTIFIED.on(LAST) is Standing.CERTIFIED
    assert CERTIFIED.on(date(2028, 1, 1)) is Standing.ENDED
    CERTIFIED.require(Mode.LIVE, LAST)
    with pytest.raises(Forbidden, match="platform-not-certified") as caught:
        CERTIFIED.require(Mode.LIVE, date(2028, 1, 1))
    assert (caught.value.found["standing"], caught.value.found["until"]) == ("ENDED", LAST)


@pytest.mark.parametrize("missing", ["certificate", "body", "until", "place", "region"])
def test_what_is_not_said_is_not_certified(missing: str) -> None:
    partly = replace(CERTIFIED, **{missing: None if missing == "until" else ""})
    assert partly.missing == (missing,)
    assert partly.on(LAST) is Standing.NOT_CERTIFIED
    with pytest.raises(Forbidden) as caught:
        partly.require(Mode.LIVE, LAST)
    assert caught.value.found["missing"] == [missing]
    assert caught.value.rule == "R-PLAT-05"


def test_test_lots_and_platforms_that_are_for_show_go_on() -> None:
    replace(CERTIFIED, certificate="").require(Mode.TEST, LAST)
    UNCERTIFIED.require(Mode.LIVE, LAST)
    assert UNCERTIFIED.on(LAST) is Standing.NOT_CERTIFIED
