"""A prequalification on the real log: streams of its own, what others can see, who may read what (R-ENG-05)."""

import hashlib
from typing import Any

import msgspec
import pytest

from bidding.application.platform import lot_stream
from bidding.application.prequalification import application_stream, proof_key
from bidding.application.projections import public_row
from bidding.crypto.application import Address, seal_application
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.suite import KeyPair
from bidding.domain.admission import decide as admission
from bidding.domain.admission.commands import Admit
from bidding.domain.errors import Conflicting, Forbidden, Invalid, TooEarly, Unknown
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.event import Event, encode
from bidding.domain.experts.events import ExpertListed
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.parties import Actor, Role
from bidding.domain.prequalification import commands as c
from bidding.domain.prequalification.answers import Answer, Contents, Fault, SealedPart
from bidding.domain.prequalification.noticing import publish
from tests.application.house import LOT, House
from tests.domain.lots import AGENCY, OPERATOR, TENDERER, eng_filing, facts, fold
from tests.domain.prequalification.stage import AFTER, DOCUMENT, EARLY, PRIVATE, answers, notice, person

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


def said(*documents: bytes, given: tuple[Answer, ...] | None = None) -> list[bytes]:
    """What an applicant's device seals: the answers with the list of documents, then these."""
    named = [
        DocumentRef(sha256=hashlib.sha256(one).hexdigest(), name=f"证书{at}.pdf", length=len(one))
        for at, one in enumerate(documents)
    ]
    first = Contents(answers=answers() if given is None else given, documents=tuple(named))
    return [msgspec.json.encode(first), *documents]


async def sealed(
    house: House, actor: Actor, contents: list[bytes], *, version: int = 1, sealed_as: int = 0, key: str = ""
) -> c.Apply:
    """Stored, and the command that hands it in. ``sealed_as``: another version; ``key``: another than the notice's."""
    lot = await house.platform.load(LOT)
    address = Address(LOT, actor.party, DOCUMENT.sha256, sealed_as or version)
    made = seal_application(contents, address, unb64(key or b64(PRIVATE.public)))
    for one in made:
        stored = await house.prequalification.store_proof(lot, actor, "part", one.body)
        assert stored.sha256 == one.sha256
    parts = tuple(SealedPart(sha256=one.sha256, length=len(one.body), wrapped=one.wrapped) for one in made)
    return c.Apply(parts=parts, version=version)


async def applied(house: House, name: str) -> Actor:
    actor = applicant(house, name)
    outcome = await house.give(await sealed(house, actor, said(PROOF)), actor)
    assert b'"receipt_signature"' in outcome.answer
    return actor


async def opened(house: House) -> None:
    house.clock.instant = AFTER
    outcome = await house.give(c.OpenApplications(private_key=b64(PRIVATE.private)), AGENCY)
    shown = msgspec.json.decode(outcome.answer)
    assert [one["type"] for one in shown["events"]] == ["lot.applications-opened.v1"]


async def reviewers(house: House) -> list[Actor]:
    await opened(house)
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
    with pytest.raises(Unknown, match="no-such-proof"):  # sealed: the platform itself has nothing to show
        await house.prequalification.proof(lot, own, "a", digest)
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
    others = await sealed(house, applicant(house, "b"), said(PROOF))
    with pytest.raises(Invalid, match="document-not-uploaded"):  # another's file is nobody's else
        await house.give(others, actor)
    own = msgspec.structs.replace(await sealed(house, actor, said(PROOF)), members=("nobody",))
    with pytest.raises(Invalid, match="application-member-unknown"):
        await house.give(own, actor)


async def test_nothing_readable_is_taken_where_the_notice_names_a_key(house: House) -> None:  # R-GEN-04
    await noticed(house)
    actor = applicant(house, "a")
    lot = await house.platform.load(LOT)
    with pytest.raises(Invalid, match="application-not-sealed"):
        await house.prequalification.store_proof(lot, actor, "资质证书.pdf", PROOF)
    with pytest.raises(Invalid, match="application-not-sealed"):
        await house.give(c.Apply(answers=answers()), actor)


async def test_before_the_deadline_the_operator_has_nothing_to_read(
    house: House,
) -> None:  # 招投法 22, R-GEN-04
    """Not in the log, not among the objects, and with no key that lies here; afterwards both hold it."""
    await noticed(house)
    said_of_it = "具备".encode()

    async def lies() -> tuple[bool, bool]:
        events = [one.event for one in await house.platform.journal.load(application_stream(LOT, "a"))]
        store = house.scratch.parent / "objects"
        files = [one.read_bytes() for one in store.rglob("*") if one.is_file()]
        return any(said_of_it in encode(one) for one in events), any(PROOF in one for one in files)

    await applied(house, "a")
    assert await lies() == (False, False)
    house.clock.instant = AFTER
    with pytest.raises(Invalid, match="review-key-wrong"):
        await house.give(c.OpenApplications(private_key=b64(bytes(32))), AGENCY)
    with pytest.raises(TooEarly, match="applications-sealed"):
        await house.give(c.Draw(), AGENCY)
    assert await lies() == (False, False)
    await opened(house)
    assert await lies() == (True, True)
    with pytest.raises(Conflicting, match="applications-opened"):
        await opened(house)


async def test_they_are_not_opened_before_they_are_closed(house: House) -> None:  # 招投法 22
    await noticed(house)
    await applied(house, "a")
    with pytest.raises(TooEarly, match="applications-open"):
        await house.give(c.OpenApplications(private_key=b64(PRIVATE.private)), AGENCY)
    assert (await house.prequalification.application(LOT, "a")).answers == ()


@pytest.mark.parametrize(
    ("contents", "changed", "failure"),
    [
        (said(PROOF), {"sealed_as": 2}, "manifest"),
        (said(PROOF), {"key": b64(KeyPair.generate().public)}, "manifest"),
        ([b"no contents"], {}, "container"),
        (said(PROOF)[:1], {}, "container"),
        ([*said(PROOF)[:1], b"another document"], {}, "container"),
        (said(given=answers()[:1]), {}, "incomplete"),
    ],
)
async def test_one_that_does_not_open_is_kept_as_such_and_spoils_no_other(
    house: House, contents: list[bytes], changed: dict[str, Any], failure: str
) -> None:
    await noticed(house)
    await applied(house, "a")
    actor = applicant(house, "b")
    await house.give(await sealed(house, actor, contents, **changed), actor)
    (first, *_) = await reviewers(house)
    found = {one: await house.prequalification.application(LOT, one) for one in ("a", "b")}
    assert (found["a"].failure, found["a"].answers) == ("", answers())
    assert (found["b"].failure, found["b"].answers, found["b"].documents) == (failure, (), ())
    with pytest.raises(Invalid, match="application-unopened"):
        await house.give(c.Review(applicant="b"), first)
    fault = Fault(requirement=answers()[0].requirement, reason="未能解封")
    await house.give(c.Review(applicant="b", faults=(fault,)), first)


async def test_one_whose_file_the_store_has_lost_spoils_no_other(house: House) -> None:
    await noticed(house)
    await applied(house, "a")
    await applied(house, "b")
    lot = await house.platform.load(LOT)
    lost = await house.prequalification.application(LOT, "b")
    await house.platform.objects.delete(proof_key(lot, "b", lost.parts[-1].sha256))
    await reviewers(house)
    found = {one: await house.prequalification.application(LOT, one) for one in ("a", "b")}
    assert (found["a"].failure, found["a"].answers) == ("", answers())
    assert (found["b"].failure, found["b"].answers) == ("root", ())


async def test_the_last_one_is_opened_and_a_withdrawn_one_is_not(house: House) -> None:
    await noticed(house)
    actor, gone = await applied(house, "a"), await applied(house, "b")
    again = b"another certificate"
    with pytest.raises(Conflicting, match="application-version"):
        await house.give(await sealed(house, actor, said(again), version=1), actor)
    await house.give(await sealed(house, actor, said(again), version=2), actor)
    await house.give(c.Withdraw(), gone)
    await opened(house)
    own = await house.prequalification.application(LOT, "a")
    assert [one.sha256 for one in own.documents] == [hashlib.sha256(again).hexdigest()]
    assert (await house.prequalification.application(LOT, "b")).opened_at is None


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
    await opened(house)
    outcome = await house.give(c.Draw(), AGENCY)
    assert b"reviewers-seated" not in outcome.answer
    assert b'"e' not in outcome.answer.replace(b'"events"', b"")
    members = (await house.platform.load(LOT)).prequalification.members
    assert "t" not in members
