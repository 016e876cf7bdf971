"""The prequalification: applications on streams of their own, and those who review them (R-ENG-05, R-GP-30).

Applications pass the lot's gate together; what needs all of them (draw, conclusion) passes alone, so that one whose
arrival was in time is never left out. Nobody reads an application before the deadline but who handed it in.
"""

import hashlib
from collections.abc import AsyncIterator, Mapping
from functools import partial

import msgspec

from bidding.application.admission import Parties
from bidding.application.experts import ExpertPool
from bidding.application.keyring import Keyring, beside
from bidding.application.notice import document_key
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Missing, Write
from bidding.application.receipts import issuing
from bidding.application.relationships import Relationships
from bidding.application.shelves import Shelf
from bidding.crypto.application import Address, Opened, Part, is_sealed, open_application
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.errors import CryptoError, Layer, OpeningError
from bidding.crypto.suite import key_matches
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Forbidden, Invalid, Unknown
from bidding.domain.evaluation.members import PoolMember
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.notice.prequalifying import PrequalificationTerms
from bidding.domain.notice.terms import DocumentRef
from bidding.domain.parties import Actor, Role, Standing
from bidding.domain.permissions import standings
from bidding.domain.prequalification.answers import Contents, SealedPart
from bidding.domain.prequalification.applying import apply, withdraw
from bidding.domain.prequalification.commands import (
    Apply,
    Clarify,
    Conclude,
    Draw,
    OpenApplications,
    Publish,
    Recuse,
    Review,
    Withdraw,
)
from bidding.domain.prequalification.events import ApplicationReceived
from bidding.domain.prequalification.noticing import clarify, publish, require_open
from bidding.domain.prequalification.opening import Found, open_applications, require_opening
from bidding.domain.prequalification.reviewing import conclude, draw, recuse, require_review, review
from bidding.domain.prequalification.state import Application, replay
from bidding.domain.relations import Unit

#: The largest file of an application, in bytes.
MAX_PROOF = 64 * 1024 * 1024


def application_stream(lot_id: str, party: str) -> str:
    return f"application-{lot_id}-{party}"


def proof_key(lot: Lot, party: str, sha256: str) -> str:
    return f"{Shelf.APPLICATIONS.of(lot)}{party}/{sha256}"


class PrequalificationDesk:
    def __init__(
        self,
        platform: Platform,
        parties: Parties,
        keyring: Keyring,
        pool: ExpertPool,
        workers: CryptoWorkers,
    ) -> None:
        self._platform, self._parties, self._keyring, self._pool = platform, parties, keyring, pool
        self._workers = workers
        self._relationships = Relationships(platform.journal, parties)

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            Publish: self._publish,
            Clarify: self._clarify,
            Apply: self._apply,
            Withdraw: self._withdraw,
            OpenApplications: self._open,
            Draw: self._draw,
            Recuse: self._recuse,
            Review: self._review,
            Conclude: self._conclude,
        }

    async def application(self, lot_id: str, party: str) -> Application:
        """The party's own; at version 0 if it has done nothing."""
        recorded = await self._platform.journal.load(application_stream(lot_id, party))
        return replay((one.event for one in recorded), lot=lot_id, applicant=party)

    async def applications(self, lot_id: str) -> list[Application]:
        """All of the lot, withdrawn ones too. For the platform's own use at and after the deadline."""
        by_stream: dict[str, list[Event]] = {}
        prefix = application_stream(lot_id, "")
        for one in await self._platform.journal.load_prefix(prefix):
            by_stream.setdefault(one.stream, []).append(one.event)
        return [
            replay(events, lot=lot_id, applicant=stream.removeprefix(prefix))
            for stream, events in sorted(by_stream.items())
        ]

    async def to_review(self, lot: Lot, actor: Actor) -> list[Application]:
        """What the actor reviews: nothing before the deadline, nothing to others.

        Raises ``Forbidden``, ``TooEarly``."""
        self._require_reviewing(lot, actor)
        return [one for one in await self.applications(lot.lot_id) if one.stands]

    async def store_proof(self, lot: Lot, actor: Actor, name: str, data: bytes) -> DocumentRef:
        """Keep one of the actor's own files, to be named in its application afterwards.

        Where the notice names a review key nothing readable is taken: nobody here could keep it secret (R-GEN-04)."""
        if Role.BIDDER not in actor.roles:
            raise Forbidden("not-permitted", command=Apply.NAME, needed=[Standing.BIDDER])
        terms = require_open(lot, self._platform.lot_now(lot))
        if terms.review_key and not is_sealed(data):
            raise Invalid("application-not-sealed", rule="R-GEN-04")
        digest = hashlib.sha256(data).hexdigest()
        await self._platform.objects.put(proof_key(lot, actor.party, digest), data)
        return DocumentRef(sha256=digest, name=name, length=len(data))

    async def proof(
        self, lot: Lot, actor: Actor, applicant: str, sha256: str
    ) -> tuple[DocumentRef, AsyncIterator[bytes]]:
        """A file of an application: for its applicant at any time, for reviewers after the deadline."""
        if actor.party != applicant:
            self._require_reviewing(lot, actor)
        found = await self.application(lot.lot_id, applicant)
        shown = found.documents if actor.party == applicant or found.stands else ()
        for document in shown:
            if document.sha256 == sha256:
                return document, self._platform.objects.get(proof_key(lot, applicant, sha256))
        raise Unknown("no-such-proof", rule="R-ENG-05")

    def _require_reviewing(self, lot: Lot, actor: Actor) -> None:
        if Standing.COMMITTEE not in standings(actor, lot):
            raise Forbidden("not-permitted", command=Review.NAME, needed=[Standing.COMMITTEE])
        if lot.prequalification.ended_at is None:
            require_review(lot, self._platform.facts(lot, Call(actor=actor)))

    async def _publish(self, lot: Lot, command: Publish, call: Call, facts: Facts) -> Plan:
        events = publish(lot, command, facts)
        await self._require_stored(lot, command.document)
        return Plan(events=events)

    async def _clarify(self, lot: Lot, command: Clarify, call: Call, facts: Facts) -> Plan:
        events = clarify(lot, command, facts)
        if command.document is not None:
            await self._require_stored(lot, command.document)
        return Plan(events=events)

    async def _require_stored(self, lot: Lot, document: DocumentRef) -> None:
        if await self._platform.objects.size(document_key(lot, document.sha256)) != document.length:
            raise Invalid("document-not-uploaded", rule="R-DOC-02", sha256=document.sha256)

    async def _apply(self, lot: Lot, command: Apply, call: Call, facts: Facts) -> Plan:
        party = await self._parties.party(call.actor.party)
        application = await self.application(lot.lot_id, party.party)
        signs = self._keyring.receipt_key(lot.admission.mode)
        issue = issuing(signs, party.uscc)
        events = await beside(signs, lambda: apply(lot, command, facts, application=application, issue=issue))
        named: list[DocumentRef | SealedPart] = [*command.documents, *command.parts]
        for stored in named:
            key = proof_key(lot, party.party, stored.sha256)
            if await self._platform.objects.size(key) != stored.length:
                raise Invalid("document-not-uploaded", rule="R-DOC-02", sha256=stored.sha256)
        unknown = [one for one in command.members if not (await self._parties.party(one)).verified]
        if unknown:
            raise Invalid("application-member-unknown", rule="R-ENG-30", members=unknown)
        (received,) = events
        assert isinstance(received, ApplicationReceived)
        answer = {
            "receipt_number": received.receipt_number,
            "receipt": received.receipt,
            "receipt_signature": received.receipt_signature,
        }
        return Plan(writes=[self._write(application, events)], answer=answer)

    async def _withdraw(self, lot: Lot, command: Withdraw, call: Call, facts: Facts) -> Plan:
        application = await self.application(lot.lot_id, call.actor.party)
        events = withdraw(lot, command, facts, application=application)
        return Plan(writes=[self._write(application, events)], answer={"withdrawn": True})

    async def _open(self, lot: Lot, command: OpenApplications, call: Call, facts: Facts) -> Plan:
        terms = require_opening(lot, facts)
        private = self._review_key(terms, command)
        found, applications = {}, [one for one in await self.applications(lot.lot_id) if one.stands]
        for one in applications:
            found[one.applicant] = await self._opened(lot, terms, one, private)
        events, opened = open_applications(lot, facts, found)
        writes = [self._write(one, [opened[one.applicant]]) for one in applications]
        return Plan(events=events, writes=writes, answer={"opened": True})

    def _review_key(self, terms: PrequalificationTerms, command: OpenApplications) -> bytes:
        try:
            private = unb64(command.private_key)
            if key_matches(private, unb64(terms.review_key)):
                return private
        except CryptoError:
            pass  # no key at all is as wrong as another one
        raise Invalid("review-key-wrong", rule="R-GEN-04")

    async def _opened(
        self, lot: Lot, terms: PrequalificationTerms, application: Application, private: bytes
    ) -> Found:
        """What it holds; its documents are kept as files from now on, to be read like those of old."""
        address = Address(
            lot.lot_id, application.applicant, terms.documents[0].sha256, version=application.number
        )
        try:
            parts = [
                Part(await self._stored(lot, application.applicant, one.sha256), one.sha256, one.wrapped)
                for one in application.parts
            ]
        except Missing:
            return Found(contents=None, failure=Layer.ROOT.value)  # as a part that is not the one handed in
        try:
            opened = await self._workers.run(partial(open_application, parts, address, private))
            said = _contents(opened)
        except OpeningError as error:
            return Found(contents=None, failure=error.layer.value)
        keys = tuple(b64(one) for one in opened.keys)
        if said is None:
            return Found(contents=None, keys=keys, failure="container")
        for document, data in zip(said.documents, opened.contents[1:], strict=True):
            await self._platform.objects.put(proof_key(lot, application.applicant, document.sha256), data)
        return Found(contents=said, keys=keys)

    async def _stored(self, lot: Lot, party: str, sha256: str) -> bytes:
        """Raises ``Missing``."""
        chunks = self._platform.objects.get(proof_key(lot, party, sha256))
        return b"".join([chunk async for chunk in chunks])

    async def _draw(self, lot: Lot, command: Draw, call: Call, facts: Facts) -> Plan:
        named = [await self._parties.party(party) for party in command.representatives]
        return Plan(
            events=draw(
                lot,
                command,
                facts,
                pool=(await self._pool.pool()).members,
                representatives=[
                    PoolMember(party=one.party, name=one.name)
                    for one in named
                    if one.verified and one.version
                ],
                interests=await self._interests(lot),
            ),
            answer={"drawn": True},
        )

    async def _recuse(self, lot: Lot, command: Recuse, call: Call, facts: Facts) -> Plan:
        pool = (await self._pool.pool()).members
        events = recuse(lot, command, facts, pool=pool, interests=await self._interests(lot))
        return Plan(events=events)

    async def _interests(self, lot: Lot) -> list[Unit]:
        """Every applicant and member with what it declared, the tenderer and the agency (R-EVAL-08)."""
        parties = [
            party for one in await self.applications(lot.lot_id) if one.stands for party in one.parties
        ]
        offices = [one for one in (lot.notice.tenderer, lot.notice.host) if one]
        return list((await self._relationships.units([*parties, *offices])).values())

    async def _review(self, lot: Lot, command: Review, call: Call, facts: Facts) -> Plan:
        application = await self.application(lot.lot_id, command.applicant)
        events = review(lot, command, facts, application=application)
        return Plan(writes=[self._write(application, events)], answer={"reviewed": command.applicant})

    async def _conclude(self, lot: Lot, command: Conclude, call: Call, facts: Facts) -> Plan:
        applications = await self.applications(lot.lot_id)
        events, results = conclude(lot, command, facts, applications=applications)
        # A result stands behind what was found: a voice that comes meanwhile makes it be decided anew.
        writes = [
            self._write(one, [results[one.applicant]]) for one in applications if one.applicant in results
        ]
        return Plan(events=events, writes=writes)

    def _write(self, application: Application, events: list[Event]) -> Write:
        return Write(
            stream=application_stream(application.lot, application.applicant),
            expected=application.version,
            events=events,
        )


def _contents(opened: Opened) -> Contents | None:
    """What the first part says, if the documents that it names are the other parts. None otherwise."""
    first, *rest = opened.contents
    try:
        said = msgspec.json.decode(first, type=Contents)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    named = [(one.sha256, one.length) for one in said.documents]
    return said if named == [(hashlib.sha256(one).hexdigest(), len(one)) for one in rest] else None
