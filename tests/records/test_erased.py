"""个人信息保护法 47: a verifier takes an event without its salt only where the log says that it was so erased."""

from typing import Any

import msgspec
import pytest
from msgspec.structs import replace

from bidding.application.record import Check, verify_record
from bidding.application.record.format import LotRecord
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.log.leaf import commitment, logged_bytes
from tests.records.altering import KEY
from tests.records.logged import LOG_KEY, PLAYED, recorded, sealed, tree


def without_salt(topic: str, **changed: Any) -> LotRecord:
    """The record, and in it the leaf of one event as if that had been erased. ``changed``: of the leaf besides."""
    file = recorded()
    assert file.log is not None
    place = next(number for number, one in enumerate(PLAYED.events) if one.topic == topic)
    event, salt = tree()[1][place]
    leaf = replace(
        file.log.leaves[place], salt="", commitment=commitment(logged_bytes(event), salt).hex(), **changed
    )
    leaves = (*file.log.leaves[:place], leaf, *file.log.leaves[place + 1 :])
    return replace(file, log=replace(file.log, leaves=leaves))


def last(record: LotRecord) -> Check:
    return verify_record(canonical(sealed(record)), KEY.public, log_key=LOG_KEY)[-1]


@pytest.mark.parametrize(
    "topic", ["lot.guarantee-disclosed.v1", "lot.prices-announced.v1", "lot.roll-published.v1"]
)
def test_a_platform_that_hides_behind_an_erasure_which_nobody_ordered_is_exposed(topic: str) -> None:
    found = last(without_salt(topic))
    assert (found.name, "no event says that it was so erased" in found.fault) == ("log", True), found


def test_a_leaf_with_both_is_held_to_its_salt() -> None:
    file = recorded()
    assert file.log is not None
    first, *rest = file.log.leaves
    assert len(unb64(first.salt)) == 32
    both = replace(first, commitment="ab" * 32)
    found = last(replace(file, log=replace(file.log, leaves=(both, *rest))))
    assert found.name == "log"


def test_a_record_of_which_nothing_was_erased_is_written_as_ever() -> None:
    file = recorded()
    assert file.log is not None
    assert all("commitment" not in msgspec.to_builtins(one) for one in file.log.leaves)
