"""The remote opening: what the domain cannot check itself (keys, signatures, sealed forms) and the import."""

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import partial

from msgspec import UNSET, UnsetType

from bidding.application.admission import Parties
from bidding.application.bids import all_bids, bid_stream, unmoved, upload_subject
from bidding.application.draws import choose, fits
from bidding.application.escrow import EscrowDesk
from bidding.application.guarantees import offered
from bidding.application.keyring import Keyring, beside
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.application.ports import Missing, Unavailable, UploadFacts
from bidding.application.receipts import issuing
from bidding.application.relationships import Relationships
from bidding.application.spares import Spares
from bidding.crypto.canonical import b64, parse_canonical, unb64
from bidding.crypto.errors import CryptoError, FormError, OpeningError
from bidding.crypto.form import OpeningForm
from bidding.crypto.jobs import FormToOpen, open_forms
from bidding.crypto.manifest import Manifest, verify_manifest
from bidding.crypto.opening import OpenedForm
from bidding.crypto.padding import FORM
from bidding.crypto.release import KeyRelease, check_release, recover_cek, verify_release
from bidding.crypto.session import (
    SessionPublic,
    disclosed_matches,
    open_from_office,
    possession_challenges,
    transfer_info,
    verify_session,
)
from bidding.crypto.signing import Signed
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.bid.state import Bid, BidVersion
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Refusal
from bidding.domain.event import Event
from bidding.domain.lot import Lot
from bidding.domain.opening import commands as c
from bidding.domain.opening.adjudicating import import_bids, publish_form_key
from bidding.domain.opening.closing import Identity, close, publish_roll
from bidding.domain.opening.drawing import draw_coefficients, reveal_draw
from bidding.domain.opening.entries import AnnouncedForm, FormExtra, ImportedBid
from bidding.domain.opening.events import RollPublished
from bidding.domain.opening.offices import office_of
from bidding.domain.opening.outcomes import releasing
from bidding.domain.opening.parts import OfficeKeys
from bidding.domain.opening.recording import disclose_evaluation_key
from bidding.domain.opening.releasing import publish_office_keys, release
from bidding.domain.opening.sparing import SPARE, hand_in_spare, require_spare_wanted
from bidding.domain.registration.state import Party


class OpeningDesk:
    def __init__(
        self,
        platform: Platform,
        parties: Parties,
        keyring: Keyring,
        workers: CryptoWorkers,
        escrow: EscrowDesk,
        spares: Spares,
    ) -> None:
        self._platform, self._parties = platform, parties
        self._keyring, self._workers, self._escrow, self._spares = keyring, workers, escrow, spares
        self._relationships = Relationships(platform.journal, parties)

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            c.Close: self._close,
            c.PublishRoll: self._publish_roll,
            c.PublishOfficeKeys: self._publish_office_keys,
            c.Release: self._release,
            c.HandInSpare: self._hand_in_spare,
            c.PublishFormKey: self._publish_form_key,
            c.Import: self._import,
            c.RevealDraw: self._reveal_draw,
            c.DrawCoefficients: self._draw_coefficients,
            c.DiscloseEvaluationKey: self._disclose_evaluation_key,
        }

    async def _close(self, lot: Lot, command: c.Close, call: Call, facts: Facts) -> Plan:
        bids = await all_bids(self._platform, lot.lot_id)
        return Plan(events=close(lot, command, facts, bids=bids), guards=unmoved(bids))

    async def _publish_roll(self, lot: Lot, command: c.PublishRoll, call: Call, facts: Facts) -> Plan:
        bids = await all_bids(self._platform, lot.lot_id)
        identities = {}
        for bid in bids:
            if bid.effective is not None:
                party = await self._parties.party(bid.bidder)
                identities[bid.bidder] = _identity(party, bid.effective)
        for member in _members(bids):
            if member not in identities:
                party = await self._parties.party(member)
                identities[member] = Identity(name=party.name, uscc=party.uscc)
        events = publish_roll(lot, command, facts, bids=bids, identities=identities)
        listed = {one.bidder for one in events[0].roll} if isinstance(events[0], RollPublished) else set()
        on_roll = [bid for bid in bids if bid.bidder in listed]
        events += await self._relationships.checked(lot, on_roll, bids, facts)
        return Plan(events=events, guards=unmoved(bids))

    async def _publish_office_keys(
        self, lot: Lot, command: c.PublishOfficeKeys, call: Call, facts: Facts
    ) -> Plan:
        key = await self._signing_key(call)
        finding = self._announcement_fault(lot, command, office_of(lot, call.actor), key)
        return Plan(events=publish_office_keys(lot, command, facts, finding=finding))

    def challenges(self, announcement: bytes) -> tuple[str, str]:
        """The nonce that proves possession, encrypted to both keys of an announcement (base64url).

        ``announcement``: canonical bytes of a ``SessionPublic``. Raises ``CryptoError``.
        """
        public = parse_canonical(announcement, SessionPublic)
        forms, evaluation = possession_challenges(public, self._keyring.possession_nonce(announcement))
        return b64(forms), b64(evaluation)

    def _announcement_fault(
        self, lot: Lot, command: c.PublishOfficeKeys, office: str, key: bytes | None
    ) -> str | None:
        announcement = command.announcement.encode()
        try:
            signed = Signed(announcement, unb64(command.announcement_signature))
            public = verify_session(signed, key or b"")
            possessed = unb64(command.possession) == self._keyring.possession_nonce(announcement)
        except CryptoError:
            return "signature"
        said = (public.lot, public.session, public.office, public.forms, public.evaluation)
        if said != (lot.lot_id, command.session, office, command.forms_key, command.evaluation_key):
            return "announcement"
        terms = lot.notice.terms
        if terms is None or (public.suite,) != terms.suites:
            return "suite"
        return None if possessed else "possession"

    async def _release(self, lot: Lot, command: c.Release, call: Call, facts: Facts) -> Plan:
        party = await self._parties.party(call.actor.party)
        device = party.speaks_through(call.actor.credential)
        finding = "signature"
        if device is not None:
            version = await self._version(lot.lot_id, party.party)
            finding = _release_fault(lot, command, unb64(device.signing_key), version) or ""
        key, found = self._keyring.receipt_key(lot.notice.mode), finding or None
        issue = issuing(key, party.uscc)
        return Plan(
            events=await beside(key, lambda: release(lot, command, facts, finding=found, issue=issue))
        )

    async def _hand_in_spare(self, lot: Lot, command: c.HandInSpare, call: Call, facts: Facts) -> Plan:
        """The upload goes as soon as it is answered: taken, the file is kept elsewhere; refused, it is an offer in
        clear that nobody may read. Only while the window runs may the same file still be handed in."""
        uploaded = await self._platform.uploads.facts(command.upload, call.actor.party)
        asked_for = (SPARE, upload_subject(lot.lot_id, SPARE))
        if uploaded is not None and (uploaded.purpose, uploaded.subject) != asked_for:
            uploaded = None
        discard = partial(self._platform.uploads.discard, command.upload)
        try:
            events = await self._spare_handed_in(lot, command, facts, uploaded)
        except Refusal as refused:
            if uploaded is not None and refused.code != "release-window-running":
                with suppress(Unavailable):
                    await discard()
            raise
        return Plan(events=events, afterwards=discard)

    async def _spare_handed_in(
        self, lot: Lot, command: c.HandInSpare, facts: Facts, uploaded: UploadFacts | None
    ) -> list[Event]:
        bidder = facts.actor.party
        require_spare_wanted(lot, bidder)
        version = await self._version(lot.lot_id, bidder)
        manifest = parse_canonical(version.manifest.encode(), Manifest)
        sha256, finding, length = "", "not-uploaded", 0
        if uploaded is not None:
            sha256, finding = await self._spares.keep(lot, manifest, uploaded.key)
            length = uploaded.length
        return hand_in_spare(lot, command, facts, sha256=sha256, length=length, finding=finding or None)

    async def _publish_form_key(self, lot: Lot, command: c.PublishFormKey, call: Call, facts: Facts) -> Plan:
        office = office_of(lot, call.actor)
        announced = next((keys for keys in lot.opening.office_keys if keys.office == office), None)
        finding = None
        if announced is None or not _is_private_of(command.private_key, announced):
            finding = "not-the-announced-key"
        return Plan(events=publish_form_key(lot, command, facts, finding=finding))

    async def _import(self, lot: Lot, command: c.Import, call: Call, facts: Facts) -> Plan:
        secrets = {secret.office: unb64(secret.key) for secret in lot.opening.form_keys}
        bidders = releasing(lot)
        prepared = await asyncio.gather(
            *(
                self._spare(lot, bidder)
                if bidder in lot.opening.spared
                else self._prepared(lot, bidder, secrets)
                for bidder in bidders
            )
        )
        to_open = [one for one in prepared if isinstance(one, FormToOpen)]
        opened = await self._workers.run(partial(open_forms, to_open)) if to_open else []
        outcomes = iter(zip(to_open, opened, strict=True))
        results = [
            one if isinstance(one, ImportedBid) else _imported(bidder, *next(outcomes))
            for bidder, one in zip(bidders, prepared, strict=True)
        ]
        return Plan(events=import_bids(lot, command, facts, results=results))

    async def _prepared(
        self, lot: Lot, bidder: str, secrets: Mapping[str, bytes]
    ) -> FormToOpen | ImportedBid:
        """The sealed form with its recovered key, or why it cannot come to opening."""
        version = await self._version(lot.lot_id, bidder)
        manifest = parse_canonical(version.manifest.encode(), Manifest)
        key = next(one.key for one in version.objects if one.envelope == FORM)
        try:
            sealed = b"".join([chunk async for chunk in self._platform.objects.get(key)])
        except Missing:
            return ImportedBid.missing(bidder)
        try:
            cek = self._content_key(lot, manifest, secrets)
        except OpeningError as error:
            return _failed(bidder, error)
        return FormToOpen(sealed=sealed, manifest=manifest, cek=cek)

    async def _spare(self, lot: Lot, bidder: str) -> ImportedBid:
        """The form of the spare file that the supervisor took."""
        version = await self._version(lot.lot_id, bidder)
        try:
            opened = await self._spares.form(lot, parse_canonical(version.manifest.encode(), Manifest))
        except Missing:
            return ImportedBid.missing(bidder)
        except (OpeningError, FormError) as error:
            return _failed(bidder, error)
        return _announced(bidder, opened)

    def _content_key(self, lot: Lot, manifest: Manifest, secrets: Mapping[str, bytes]) -> bytes:
        """The form's, from the trustees if they have given it, else from the bidder's release."""
        if manifest.bidder in lot.escrow.recovered:
            return self._escrow.content_keys(lot, manifest)[FORM]
        released = next(one for one in lot.opening.released if one.bidder == manifest.bidder)
        release = parse_canonical(released.release.encode(), KeyRelease)
        return recover_cek(release, FORM, secrets["agency"], secrets["supervisor"])

    async def _reveal_draw(self, lot: Lot, command: c.RevealDraw, call: Call, facts: Facts) -> Plan:
        finding = None if fits(lot, lot.opening.drawing.awaited, command.value) else "another-value"
        return Plan(events=reveal_draw(lot, command, facts, finding=finding))

    async def _draw_coefficients(
        self, lot: Lot, command: c.DrawCoefficients, call: Call, facts: Facts
    ) -> Plan:
        return Plan(events=draw_coefficients(lot, command, facts, choose=choose))

    async def _disclose_evaluation_key(
        self, lot: Lot, command: c.DiscloseEvaluationKey, call: Call, facts: Facts
    ) -> Plan:
        office = office_of(lot, call.actor)
        finding = None if self.evaluation_key_of(lot, office, command.sealed_key) else "not-the-announced-key"
        return Plan(events=disclose_evaluation_key(lot, command, facts, finding=finding))

    def evaluation_key_of(self, lot: Lot, office: str, sealed_key: str) -> bytes | None:
        """The office's private evaluation-session key, or None if it is not the announced one."""
        announced = next((keys for keys in lot.opening.office_keys if keys.office == office), None)
        if announced is None:
            return None
        try:
            public = parse_canonical(announced.announcement.encode(), SessionPublic)
            platform_key = self._keyring.evaluation_key(lot.lot_id, public.suite).private
            private = open_from_office(unb64(sealed_key), platform_key, transfer_info(public), public.suite)
            return private if disclosed_matches(private, announced.evaluation_key, public.suite) else None
        except CryptoError:
            return None

    async def _version(self, lot_id: str, bidder: str) -> BidVersion:
        """The bid in force, of a bidder on the roll."""
        recorded = await self._platform.journal.load(bid_stream(lot_id, bidder))
        version = replay_bid((one.event for one in recorded), lot=lot_id, bidder=bidder).effective
        assert version is not None, "the roll holds bids in force only"
        return version

    async def _signing_key(self, call: Call) -> bytes | None:
        party = await self._parties.party(call.actor.party)
        device = party.speaks_through(call.actor.credential)
        return None if device is None else unb64(device.signing_key)


def _members(bids: Iterable[Bid]) -> Iterator[str]:
    for bid in bids:
        if bid.effective is not None and bid.effective.consortium is not None:
            yield from (one.party for one in bid.effective.consortium.partners)


def _identity(party: Party, version: BidVersion) -> Identity:
    """Name and certificate of the device that signed the bid; a device revoked since did sign it all the same."""
    signed = Signed(version.manifest.encode(), unb64(version.manifest_signature))
    for device in party.credentials:
        with suppress(CryptoError):
            verify_manifest(signed, unb64(device.signing_key))
            return Identity(name=party.name, uscc=party.uscc, certificate=device.certificate)
    raise LookupError("the bid was received with a signature of one of its bidder's devices")


def _is_private_of(private_key: str, announced: OfficeKeys) -> bool:
    try:
        suite = parse_canonical(announced.announcement.encode(), SessionPublic).suite
        return disclosed_matches(unb64(private_key), announced.forms_key, suite)
    except CryptoError:
        return False


def _release_fault(lot: Lot, command: c.Release, key: bytes, version: BidVersion) -> str | None:
    """What is wrong with a key release, without any key to open it."""
    try:
        signed = Signed(command.release.encode(), unb64(command.release_signature))
        released = verify_release(signed, key)
    except CryptoError:
        return "signature"
    agency = next((keys for keys in lot.opening.office_keys if keys.office == "agency"), None)
    if agency is None:
        return "session"
    try:
        public = parse_canonical(agency.announcement.encode(), SessionPublic)
        check_release(released, parse_canonical(version.manifest.encode(), Manifest), public)
    except OpeningError:
        return "addressed-elsewhere"
    return None


def _imported(bidder: str, form: FormToOpen, outcome: OpenedForm | OpeningError | FormError) -> ImportedBid:
    if not isinstance(outcome, OpenedForm):
        return _failed(bidder, outcome, form.cek)
    return _announced(bidder, outcome, b64(form.cek))


def _announced(bidder: str, opened: OpenedForm, form_key: str = "") -> ImportedBid:
    return ImportedBid(
        bidder=bidder,
        opened=True,
        form_key=form_key,
        form=announced(opened.form),
        plaintext_sha256=opened.content_sha256.hex(),
    )


def _failed(bidder: str, error: OpeningError | FormError, cek: bytes | None = None) -> ImportedBid:
    layer = error.layer.value if isinstance(error, OpeningError) else "form"
    return ImportedBid(
        bidder=bidder,
        opened=False,
        form_key=b64(cek) if cek else "",
        layer=layer,
        evidence=str(error),
    )


def announced(form: OpeningForm) -> AnnouncedForm:
    return AnnouncedForm(
        price_fen=form.price_fen,
        duration_days=form.duration_days,
        quality=form.quality,
        project_lead=form.project_lead,
        draw_nonce=form.draw_nonce,
        extras=tuple(FormExtra(label=label, value=value) for label, value in sorted(form.extras.items())),
        note=form.note,
        guarantee=UNSET if isinstance(form.guarantee, UnsetType) else offered(form.guarantee),
    )
