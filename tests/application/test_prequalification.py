"""A prequalification on the real log: streams of its own, what others can see, who may read what (R-ENG-05)."""

import hashlib

import pytest

from bidding.application.platform import lot_stream
from bidding.application.prequalification import application_stream
from bidding.application.projections import public_row
from bidding.crypto.credentials import DeviceCredential
from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import Admit
from bidding.domain.errors import Forbidden, Invalid, TooEarly, Unknown
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.event import Event
from bidding.domain.experts.events import ExpertListed
from bidding.domain.lot import Lot, Phase
from bidding.domain.parties import Actor, Role
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification.noticing import publish
from tests.application.house import LOT, House
from tests.domain.lots import AGENCY, OPERATOR, TENDERER, eng_filing, facts, fold
from tests.domain.prequalification.stage import AFTER, EARLY, answers, notice, person

NAMES = ("a", "b", "c")
PROOF = "资质证书".encode()


async def noticed(house: House) -> None:
    lot = Lot(lot_id=LOT)
    events: list[Event] = []

    def happen(new: list[Event]) -> None:
        nonlocal lot
        lot = fold(lot, new)
        events.extend(new)

    happen(admission.submit(lot, eng_filing(), facts(), tenderer=TENDERER))
    happen(admission.admit(lot, Admit(), facts(OPERATOR)))
    happen(publish(lot, notice(), facts()))
    experts = [
        ExpertListed(party=f"e{n}", name=f"专家{n}", trade="市政", units=(), at=EARLY, by="centre")
        for n in range(1, 7)
    ]
    await house.plant([*((lot_stream(LOT), one) for one in events), *(("experts", one) for one in experts)])
    house.clock.instant = EARLY


def applicant(house: House, name: str) -> Actor:
    return house.register.enrol(name, DeviceCredential.generate())


async def applied(house: House, name: str) -> Actor:
    actor = applicant(house, name)
    lot = await house.platform.load(LOT)
    proof = await house.prequalification.store_proof(lot, actor, "资质证书.pdf", PROOF)
    outcome = await house.give(c.Apply(answers=answers(), documents=(proof,)), actor)
    assert b'"receipt_signature"' in outcome.answer
    return actor


async def reviewers(house: House) -> list[Actor]:
    house.clock.instant = AFTER
    await house.give(c.Draw(), AGENCY)
    lot = await house.platform.load(LOT)
    return [person(one, Role.EXPERT) for one in sorted(lot.prequalification.members)]


async def test_applications_leave_the_lot_its_feed_and_its_row_as_they_were(house: House) -> None:  # R-GEN-04
    await noticed(house)

    async def seen() -> tuple[list[str], int, object]:
        row = public_row(LOT, await house.platform.journal.load(lot_stream(LOT)))
        return await house.topics(), await house.platform.journal.feed_end(), row

    before = await seen()
    for name in NAMES:
        await applied(house, name)
    assert await seen() == before
    assert await house.topics(application_stream(LOT, "a")) == ["application.received.v1"]


async def test_nobody_reads_before_the_deadline_and_afterwards_who_reviews_alone(
    house: House,
) -> None:  # 招投法 22
    await noticed(house)
    own = await applied(house, "a")
    lot, digest = await house.platform.load(LOT), hashlib.sha256(PROOF).hexdigest()
    _, body = await house.prequalification.proof(lot, own, "a", digest)
    assert b"".join([chunk async for chunk in body]) == PROOF
    with pytest.raises(Unknown, match="no-such-proof"):
        await house.prequalification.proof(lot, own, "a", "0" * 64)
    for outsider in (AGENCY, OPERATOR, applicant(house, "b"), person("bureau", Role.SUPERVISOR)):
        with pytest.raises(Forbidden):
            await house.prequalification.to_review(lot, outsider)
        with pytest.raises(Forbidden):
            await house.prequalification.proof(lot, outsider, "a", digest)
    with pytest.raises(TooEarly, match="applications-open"):
        await house.give(c.Draw(), AGENCY)
    (first, *_) = await reviewers(house)
    lot = await house.platform.load(LOT)
    assert [one.applicant for one in await house.prequalification.to_review(lot, first)] == ["a"]
    _, body = await house.prequalification.proof(lot, first, "a", digest)
    assert b"".join([chunk async for chunk in body]) == PROOF
    with pytest.raises(Forbidden):
        await house.prequalification.to_review(lot, AGENCY)


async def test_a_proof_that_was_not_stored_cannot_be_named(house: House) -> None:
    await noticed(house)
    actor = applicant(house, "a")
    lot = await house.platform.load(LOT)
    stored = await house.prequalification.store_proof(lot, applicant(house, "b"), "x.pdf", PROOF)
    with pytest.raises(Invalid, match="document-not-uploaded"):  # another's file is nobody's else
        await house.give(c.Apply(answers=answers(), documents=(stored,)), actor)
    with pytest.raises(Invalid, match="application-member-unknown"):
        await house.give(c.Apply(answers=answers(), members=("nobody",)), actor)


async def test_it_ends_with_a_result_for_each_alone(house: House) -> None:  # 招投条例 19
    await noticed(house)
    for name in NAMES:
        await applied(house, name)
    members = await reviewers(house)
    for member in members:
        for name in NAMES:
            await house.give(c.Review(applicant=name), member)
    outcome = await house.give(c.Conclude(), members[0])
    assert b"lot.prequalification-ended.v1" in outcome.answer
    lot = await house.platform.load(LOT)
    assert (lot.phase, [one.applicant for one in lot.prequalification.qualified or ()]) == (
        Phase.PREQUALIFYING,
        list(NAMES),
    )
    own = await house.prequalification.application(LOT, "a")
    assert own.result is not None
    assert own.result.qualified


async def test_the_host_learns_from_the_draw_neither_who_nor_how_many(house: House) -> None:  # R-EVAL-08
    await noticed(house)
    tied = PoolMember(party="t", name="在甲任职", units=("a公司",))
    await house.plant(
        [
            (
                "experts",
                ExpertListed(
                    **{f: getattr(tied, f) for f in ("party", "name", "units")},
                    trade="市政",
                    at=EARLY,
                    by="centre",
                ),
            )
        ]
    )
    await applied(house, "a")
    house.clock.instant = AFTER
    outcome = await house.give(c.Draw(), AGENCY)
    assert b"reviewers-seated" not in outcome.answer
    assert b'"e' not in outcome.answer.replace(b'"events"', b"")
    members = (await house.platform.load(LOT)).prequalification.members
    assert "t" not in members
