"""Bids: what a bidder does before the opening, in a stream of its own (R-BID-01…10).

Nothing here touches the lot's stream before the roll is public. A submission passes the lot's gate together
with others; the close of submission passes alone. So the close waits for submissions whose transmission was
complete before the deadline, and for none that was not.
"""

import hashlib
from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial

import msgspec

from bidding.application.admission import Parties
from bidding.application.grading import known
from bidding.application.keyring import Keyring, beside
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import UploadFacts, VersionMoved, Write
from bidding.application.receipts import issuing
from bidding.application.relationships import Relationships
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CanonicalError, CryptoError
from bidding.crypto.manifest import Manifest, SpareFile, manifest_hash, verify_manifest
from bidding.crypto.manifest_check import Expected, Uploaded, check_manifest
from bidding.crypto.parts import root
from bidding.crypto.signing import Signed
from bidding.domain.bid.commands import (
    Join,
    RecordDeposit,
    ReturnDeposit,
    SignIn,
    StartUpload,
    Submit,
    Withdraw,
)
from bidding.domain.bid.decide import HandedIn, join, sign_in, start_upload, submit, watch_devices, withdraw
from bidding.domain.bid.deposits import grade_deposit, record_deposit, return_deposit
from bidding.domain.bid.devices import NONE, Alarms, device_alarms, unproved
from bidding.domain.bid.entry import entry_finding
from bidding.domain.bid.events import (
    BidPlaced,
    BidReceived,
    BidRefused,
    SealedObject,
    SealedTo,
    UploadStarted,
)
from bidding.domain.bid.joint import Contender, agreed
from bidding.domain.bid.refusals import Finding, RefusalCode, message_code, rule_of
from bidding.domain.bid.state import Bid, evolve, replay
from bidding.domain.command import Command, Facts
from bidding.domain.credit.graded import grades
from bidding.domain.errors import Invalid
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.parties import PLATFORM, Role
from bidding.domain.registration.state import Credential, Party
from bidding.domain.ruleset import Charged

#: What uploads of sealed envelopes are admitted for.
PURPOSE = "bid"
#: How often an alarm is decided anew because the bidder wrote to its bid meanwhile.
WATCH_ATTEMPTS = 8


def bid_stream(lot_id: str, bidder: str) -> str:
    return f"bid-{lot_id}-{bidder}"


def bids_of(bidder: str) -> str:
    return f"bids-of-{bidder}"


def upload_subject(lot_id: str, envelope: str) -> str:
    return f"{lot_id}/{envelope}"


async def all_bids(platform: Platform, lot_id: str) -> list[Bid]:
    """Every bidder's bid on the lot. For the platform's own use: at and after the deadline, and for what the clock
    tells each bidder in its own stream."""
    by_stream: dict[str, list[Event]] = {}
    for one in await platform.journal.load_prefix(f"bid-{lot_id}-"):
        by_stream.setdefault(one.stream, []).append(one.event)
    prefix = len(bid_stream(lot_id, ""))
    return [replay(events, lot=lot_id, bidder=name[prefix:]) for name, events in by_stream.items()]


def unmoved(bids: Iterable[Bid]) -> dict[str, int]:
    """Guards for a decision about all bids: one that is withdrawn meanwhile makes it be decided anew."""
    return {bid_stream(bid.lot, bid.bidder): bid.version for bid in bids}


class BidDesk:
    def __init__(self, platform: Platform, parties: Parties, keyring: Keyring) -> None:
        self._platform, self._parties, self._keyring = platform, parties, keyring
        self._relationships = Relationships(platform.journal, parties)

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            StartUpload: self._start_upload,
            Submit: self._submit,
            Join: self._join,
            Withdraw: self._withdraw,
            SignIn: self._sign_in,
            RecordDeposit: self._record_deposit,
            ReturnDeposit: self._return_deposit,
        }

    async def bid(self, lot_id: str, bidder: str) -> Bid:
        """The bidder's own bid; at version 0 if it has done nothing yet."""
        recorded = await self._platform.journal.load(bid_stream(lot_id, bidder))
        return replay((one.event for one in recorded), lot=lot_id, bidder=bidder)

    async def _start_upload(self, lot: Lot, command: StartUpload, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, call.actor.party)
        events = start_upload(lot, command, facts, bid=bid)
        upload = next(one.upload for one in events if isinstance(one, UploadStarted))
        return self._plan(bid, events, answer={"upload": upload})

    async def _submit(self, lot: Lot, command: Submit, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, call.actor.party)
        party = await self._parties.party(call.actor.party)
        uploads = {
            name: await self._platform.uploads.facts(upload, call.actor.party)
            for name, upload in command.uploads.items()
        }
        handed_in, finding = _examined(lot, command, call, bid, party, uploads)
        contenders, guards = await self._contenders(lot, call.actor.party, command)
        if finding is None:
            finding = await self._entry(lot, call.actor.party, command, contenders)
        # Transmission is complete when the last of manifest and envelopes is here (R-TIME-08).
        arrivals = [self._platform.lot_time(lot, one.completed_at) for one in uploads.values() if one]
        facts = msgspec.structs.replace(facts, now=max([facts.now, *arrivals]))
        key, joint, found = self._keyring.receipt_key(lot.notice.mode), command.consortium, finding
        events = await beside(
            key,
            lambda: submit(
                lot,
                command,
                facts,
                bid=bid,
                handed_in=handed_in,
                finding=found,
                issue=issuing(key, party.uscc),
                agreed=agreed(joint, call.actor.party, contenders) if joint else (),
            ),
        )
        last = events[-1]
        assert isinstance(last, BidReceived | BidRefused)
        receipt = {"receipt": last.receipt, "receipt_signature": last.receipt_signature}
        refusal = None
        if isinstance(last, BidRefused):
            refusal = Invalid(
                message_code(last.code),
                rule=rule_of(last.code),
                envelope=last.envelope,
                units=finding.units if finding is not None and last.code == finding.code else (),
                receipt_number=last.receipt_number,
                **receipt,
            )
        plan = self._plan(
            bid, events, answer={"receipt_number": last.receipt_number, **receipt}, refusal=refusal
        )
        plan = msgspec.structs.replace(plan, guards=guards)
        if isinstance(last, BidReceived):
            plan = await self._placed(lot, bid, events, party, facts, plan)
        if isinstance(last, BidRefused) and last.code == RefusalCode.LATE:
            kept = {one.upload for version in bid.versions for one in version.objects}
            useless = [one for one in uploads.values() if one is not None and one.upload not in kept]
            plan = msgspec.structs.replace(plan, afterwards=partial(self._discard, useless))
        return plan

    async def _placed(
        self, lot: Lot, bid: Bid, events: list[Event], party: Party, facts: Facts, plan: Plan
    ) -> Plan:
        """What goes with a received bid: what its devices promise, what is asked of it, where the party has bid."""
        after = bid
        for event in events:
            after = evolve(after, event)
        alarm = watch_devices(lot, facts, bid=after, credentials=party.credentials)
        graded = await self._graded(lot, after, facts)
        (own,) = plan.writes
        writes = [Write(stream=own.stream, expected=own.expected, events=[*events, *alarm, *graded])]
        return msgspec.structs.replace(plan, writes=[*writes, *await self._entered(lot, bid, facts)])

    async def _entered(self, lot: Lot, bid: Bid, facts: Facts) -> list[Write]:
        """With its first bid on the lot, or its first word for a consortium's."""
        if bid.versions or bid.joined:
            return []
        placed = BidPlaced(party=bid.bidder, lot=lot.lot_id, at=facts.now)
        stream = bids_of(bid.bidder)
        known = len(await self._platform.journal.load(stream))
        return [Write(stream=stream, expected=known, events=[placed])]

    async def placed_since(self, party: str) -> dict[str, datetime]:
        """The lots that the party has bid on or joined a bid on, and since when by the platform's clock.

        Its own business, and the platform's."""
        recorded = await self._platform.journal.load(bids_of(party))
        found: dict[str, datetime] = {}
        for one in recorded:
            if isinstance(one.event, BidPlaced):
                found.setdefault(one.event.lot, one.recorded_at)
        return found

    async def placed_on(self, party: str) -> list[str]:
        return list(await self.placed_since(party))

    async def alarms(self, lot: Lot, bid: Bid) -> Alarms:
        """As of now: the deadline may have moved since the last one was recorded."""
        if bid.effective is None or lot.notice.deadline is None:
            return NONE
        party = await self._parties.party(bid.bidder)
        return device_alarms(bid.effective.recipients, party.credentials, lot.notice.deadline)

    async def devices_changed(self, party: str) -> None:
        """After a device was bound or revoked: alarms on every open bid of the party (F-43)."""
        for lot_id in await self.placed_on(party):
            lot = await self._platform.load(lot_id)
            call = Call(actor=PLATFORM)
            for _ in range(WATCH_ATTEMPTS):
                bid = await self.bid(lot_id, party)
                known = await self._parties.party(party)
                events = watch_devices(
                    lot, self._platform.facts(lot, call), bid=bid, credentials=known.credentials
                )
                if not events:
                    break
                write = Write(stream=bid_stream(lot_id, party), expected=bid.version, events=events)
                try:
                    await self._platform.journal.append([write], meta=self._platform.meta(call))
                except VersionMoved:
                    continue  # the bidder is at work on it: look again
                break

    async def _contenders(
        self, lot: Lot, lead: str, command: Submit
    ) -> tuple[dict[str, Contender], dict[str, int]]:
        """The lead and the members it names; their streams' versions, so that their words are still theirs."""
        named = [one.party for one in command.consortium.partners] if command.consortium is not None else []
        found, guards = {}, {}
        for one in dict.fromkeys([lead, *named]):
            party = await self._parties.party(one)
            own = await self.bid(lot.lot_id, one)
            found[one] = Contender(
                unit=await self._relationships.unit(party),
                may_bid=Role.BIDDER in party.roles,
                operates=Role.OPERATOR in party.roles,
                joined=own.joined,
            )
            if one != lead:
                guards[bid_stream(lot.lot_id, one)] = own.version
        return found, guards

    async def _entry(
        self, lot: Lot, lead: str, command: Submit, contenders: Mapping[str, Contender]
    ) -> Finding | None:
        agency = None
        if lot.notice.host and lot.notice.host != lot.notice.tenderer:
            agency = await self._relationships.unit(await self._parties.party(lot.notice.host))
        return entry_finding(
            lot,
            lead=lead,
            consortium=command.consortium,
            contenders=contenders,
            agency=agency,
            group=await self._relationships.group(),
        )

    async def _join(self, lot: Lot, command: Join, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, call.actor.party)
        events = join(lot, command, facts, bid=bid)
        plan = self._plan(bid, events, answer={"joined": True})
        return msgspec.structs.replace(plan, writes=[*plan.writes, *await self._entered(lot, bid, facts)])

    async def _discard(self, uploads: list[UploadFacts]) -> None:
        """What came late is not kept: only the refusal is."""
        for one in uploads:
            await self._platform.uploads.discard(one.upload)

    async def _withdraw(self, lot: Lot, command: Withdraw, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, call.actor.party)
        return self._split(bid, withdraw(lot, command, facts, bid=bid))

    async def _sign_in(self, lot: Lot, command: SignIn, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, call.actor.party)
        events = sign_in(lot, command, facts, bid=bid)
        party = await self._parties.party(call.actor.party)
        events += watch_devices(lot, facts, bid=bid, credentials=party.credentials)
        after = bid
        for event in events:
            after = evolve(after, event)
        alarms = msgspec.to_builtins(after.alarms)
        return self._plan(bid, events, answer={"signed_in": True, "devices": alarms})

    async def _record_deposit(self, lot: Lot, command: RecordDeposit, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, command.bidder)
        graded = await self._graded(lot, bid, facts)
        after = bid
        for event in graded:
            after = evolve(after, event)
        return self._plan(bid, [*graded, *record_deposit(lot, command, facts, bid=after)])

    async def _graded(self, lot: Lot, bid: Bid, facts: Facts) -> list[Event]:
        if not grades(lot, Charged.BID_DEPOSIT):
            return []
        joint = None if bid.effective is None else bid.effective.consortium
        behind = [bid.bidder] if joint is None else [one.party for one in joint.partners]
        register = await known(self._platform.journal, self._parties, lot, behind)
        return grade_deposit(lot, facts, bid=bid, known=register)

    async def with_amount(self, lot: Lot, bid: Bid) -> Bid:
        """As the bidder is shown it, who must know what to pay before anything of it is recorded (R-NB-SS-02)."""
        if lot.notice.deadline is None:
            return bid
        for event in await self._graded(lot, bid, self._platform.facts(lot, Call(actor=PLATFORM))):
            bid = evolve(bid, event)
        return bid

    async def _return_deposit(self, lot: Lot, command: ReturnDeposit, call: Call, facts: Facts) -> Plan:
        bid = await self.bid(lot.lot_id, command.bidder)
        return self._plan(bid, return_deposit(lot, command, facts, bid=bid))

    def _plan(
        self,
        bid: Bid,
        events: list[Event],
        answer: Mapping[str, object] | None = None,
        refusal: Invalid | None = None,
    ) -> Plan:
        writes = [Write(stream=bid_stream(bid.lot, bid.bidder), expected=bid.version, events=events)]
        return Plan(writes=writes if events else [], answer=answer or {}, refusal=refusal)

    def _split(self, bid: Bid, events: list[Event]) -> Plan:
        """A revocation after the roll speaks in the lot's stream too: one commit for both."""
        own = [one for one in events if one.TOPIC.startswith("bid.")]
        public = [one for one in events if not one.TOPIC.startswith("bid.")]
        return msgspec.structs.replace(self._plan(bid, own), events=public)


def _examined(
    lot: Lot,
    command: Submit,
    call: Call,
    bid: Bid,
    party: Party,
    uploads: Mapping[str, UploadFacts | None],
) -> tuple[HandedIn, Finding | None]:
    """What the manifest says, and the first thing that is wrong with it: no key is needed for any of it."""
    device = party.speaks_through(call.actor.credential)
    unreadable = HandedIn(manifest_hash="")
    if device is None:
        return unreadable, Finding(code=RefusalCode.BAD_SIGNATURE)
    try:
        signed = Signed(command.manifest.encode(), unb64(command.manifest_signature))
        manifest = verify_manifest(signed, unb64(device.signing_key))
    except CanonicalError:
        return unreadable, Finding(code=RefusalCode.MALFORMED)
    except CryptoError:
        return unreadable, Finding(code=RefusalCode.BAD_SIGNATURE)
    handed_in = _handed_in(manifest, uploads, party)
    for name, upload in sorted(uploads.items()):
        if upload is None:
            return handed_in, Finding(code=RefusalCode.INCOMPLETE, envelope=name)
        if upload.purpose != PURPOSE or upload.subject != upload_subject(lot.lot_id, name):
            return handed_in, Finding(code=RefusalCode.WRONG_LOT, envelope=name)
    expected = _expected(lot, bid, party)
    arrived = {
        name: Uploaded(length=one.length, first_bytes=one.head, part_hashes=one.part_hashes)
        for name, one in uploads.items()
        if one is not None
    }
    refusal = check_manifest(manifest, expected, arrived)
    if refusal is None:
        untried = unproved(handed_in.recipients, party.credentials)
        return handed_in, Finding(code=RefusalCode.UNPROVED_DEVICE, units=untried) if untried else None
    return handed_in, Finding(code=RefusalCode(refusal.code.value), envelope=refusal.envelope or "")


def _expected(lot: Lot, bid: Bid, party: Party) -> Expected:
    document, terms = lot.notice.document, lot.notice.terms
    assert document is not None
    assert terms is not None
    return Expected(
        lot=lot.lot_id,
        bidder=party.party,
        document_hash=document.sha256,
        document_version=document.version,
        recipients=frozenset(
            unb64(one.opening_key)
            for one in party.credentials
            if not one.revoked and one.suite in terms.suites
        ),
        bid_version=bid.next_version,
        supersedes=bid.supersedes,
        suites=frozenset(terms.suites),
        policy=terms.key_policy.value,
        trustees={one.trustee: unb64(one.public) for one in terms.trustees},
        envelopes=tuple(one.name for one in terms.envelopes),
        spare=terms.spare is not msgspec.UNSET,
    )


def _handed_in(manifest: Manifest, uploads: Mapping[str, UploadFacts | None], party: Party) -> HandedIn:
    objects = tuple(
        SealedObject(
            envelope=name,
            upload=one.upload,
            key=one.key,
            length=one.length,
            root=root(one.part_hashes).hex(),
            parts=tuple(part.hex() for part in one.part_hashes),
        )
        for name, one in sorted(uploads.items())
        if one is not None
    )
    recipients = tuple(one.public for one in manifest.recipients)
    return HandedIn(
        manifest_hash=manifest_hash(manifest),
        bid_version=manifest.bid_version,
        document_version=manifest.document_version,
        objects=objects,
        recipients=recipients,
        sealed_to=tuple(_certified(one) for one in party.credentials if one.opening_key in recipients),
        spare=manifest.spare.sha256 if isinstance(manifest.spare, SpareFile) else "",
    )


def _certified(device: Credential) -> SealedTo:
    encoded = device.opening_certificate
    return SealedTo(
        credential=device.credential,
        opening_key=device.opening_key,
        certificate=hashlib.sha256(unb64(encoded)).hexdigest() if encoded else "",
        until=device.expires_at,
    )
