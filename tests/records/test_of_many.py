"""The bundle of many bids that the speed of verifying is measured with is one that holds."""

from benchmarks.tender_of_many import Tender
from bidding.application.record import verify_bundle


def test_what_is_measured_is_a_bundle_that_holds() -> None:
    tender = Tender(2)
    checks = verify_bundle(tender.bundle(), tender.key)
    assert [one for one in checks if one.fault] == []
    assert any(one.name.startswith("history") for one in checks)
