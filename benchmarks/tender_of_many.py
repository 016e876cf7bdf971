"""A bundle of as many bids as wanted, as a platform would have made it: keys, seals, signatures, opening record.

Only the papers are missing: of the envelopes but the form there are roots, headers and wrapped keys, as in any bundle.
"""

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec

from bidding.application.record.bundle_format import FORMAT as BUNDLE
from bidding.application.record.bundle_format import LABEL, Bundle, BundleSeal, body_of
from bidding.application.record.format import (
    FORMAT,
    SEAL_LABEL,
    BidReceipt,
    Certificate,
    LotRecord,
    RecordedEvent,
    Seal,
    SealBody,
    SealedForm,
    entries_root,
)
from bidding.crypto.authority import EnrolmentCA, Usage
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.credentials import DeviceCredential, SigningKey
from bidding.crypto.envelope import ENVELOPES, seal_bytes
from bidding.crypto.form import OpeningForm, draw_nonce_hash
from bidding.crypto.instant import instant
from bidding.crypto.manifest import Manifest, Recipient, SealedEnvelope, Wrap, manifest_hash, sign_manifest
from bidding.crypto.padding import FORM
from bidding.crypto.receipt import Receipt, new_receipt_number, sign_receipt
from bidding.crypto.release import make_release, sign_release
from bidding.crypto.session import Office, SessionKeys, SessionPublic, sign_session
from bidding.crypto.signing import sign
from bidding.crypto.statement import Statement, sign_statement
from bidding.crypto.suite import wrap
from bidding.crypto.target import Target
from bidding.domain import registry  # noqa: F401 - registers every topic
from bidding.domain.event import Event, SignedAct, decode, encode
from bidding.domain.lot import replay
from bidding.domain.notice.events import DocumentIssued, NoticePublished, RulesetPinned
from bidding.domain.opening import events as e
from bidding.domain.opening.announcing import announced_table, table_hash
from bidding.domain.opening.entries import AnnouncedForm, ImportedBid, PublishedManifest, RollEntry
from bidding.domain.opening.record import record_hash, record_text

#: The notice is a played tender's; its draw is left out, for it takes no time.
PLAYED = Path(__file__).parents[1] / "tests" / "vectors" / "records" / "record.json"
NOW = datetime(2026, 7, 13, 1, 30, tzinfo=UTC)


@dataclass(frozen=True)
class _Party:
    id: str
    device: DeviceCredential
    certificate: Certificate

    def act(self, name: str, lot: str) -> SignedAct:
        said = Statement(act=name, lot=lot, by=self.id, credential=self.device.id, at=instant(NOW), body={})
        signed = sign_statement(self.device.signing.private, said)
        return SignedAct(signed.payload.decode(), b64(signed.signature))


@dataclass(frozen=True)
class _Bid:
    party: _Party
    manifest: Manifest
    signature: bytes
    ceks: dict[str, bytes]
    body: bytes
    form: OpeningForm
    plaintext_sha256: str
    receipt_number: str


class Tender:
    """``bundle``: canonical bytes; ``key``: the platform's, raw."""

    def __init__(self, bids: int) -> None:
        self._authority = EnrolmentCA.create("benchmark", NOW - timedelta(days=1))
        self._platform = SigningKey.generate()
        played = msgspec.json.decode(PLAYED.read_bytes(), type=LotRecord)
        self._lot = played.lot
        self._notice, self._document = (
            decode(one.topic, one.state.encode())
            for one in played.events
            if one.topic in ("lot.noticed.v1", "lot.document-issued.v1")
        )
        self._offices: dict[Office, _Party] = {"agency": self._party(), "supervisor": self._party()}
        self._keys = {office: SessionKeys.generate() for office in self._offices}
        self._bids = [self._sealed(number) for number in range(bids)]
        self._events: list[Event] = []

    @property
    def key(self) -> bytes:
        return self._platform.public

    def bundle(self) -> bytes:
        for event in self._story():
            self._events.append(event)
        record = self._record()
        body = body_of(record, "", ("anyone",), (), ())
        seal = BundleSeal(body=body, signature=b64(sign(LABEL, body, self._platform.private).signature))
        return canonical(
            Bundle(
                format=BUNDLE,
                record=record,
                party="",
                standings=("anyone",),
                disclosed=(),
                certificates=(),
                seal=seal,
            )
        )

    def _party(self) -> _Party:
        device = DeviceCredential.generate()
        party = device.id[:24]
        days = (NOW - timedelta(days=1), NOW + timedelta(days=700))
        issued = self._authority.issue(device.signing.public, party, Usage.SIGNING, *days)
        return _Party(party, device, Certificate(credential=device.id, party=party, certificate=b64(issued)))

    def _sealed(self, number: int) -> _Bid:
        party = self._party()
        assert isinstance(self._document, DocumentIssued)
        form = OpeningForm(
            price_fen=3_300_000_000 + number,
            duration_days=170,
            quality="合格",
            project_lead=f"负责人{number}",
            draw_nonce=b64(secrets.token_bytes(32)),
        )
        content = canonical(form)
        ceks = {name: secrets.token_bytes(32) for name in ENVELOPES}
        address: dict[str, Any] = {
            "document_hash": self._document.sha256,
            "document_version": self._document.version,
            "lot": self._lot,
            "bidder": party.id,
            "bid_version": 1,
        }
        body, sealed = seal_bytes(content, Target(envelope=FORM, **address), ceks[FORM])
        recipient = Recipient.of(party.device.opening.public)
        envelopes = []
        for name, cek in ceks.items():
            info = canonical(["wrap", name])
            wraps = (Wrap(key=recipient.key, wrapped=b64(wrap(cek, party.device.opening.public, info))),)
            one = SealedEnvelope.of(name, sealed, wraps)
            if name != FORM:
                root, header = secrets.token_hex(32), b64(secrets.token_bytes(56))
                one = msgspec.structs.replace(one, root=root, header=header)
            envelopes.append(one)
        manifest = Manifest(
            **address,
            recipients=(recipient,),
            envelopes=tuple(envelopes),
            draw_nonce_hash=draw_nonce_hash(self._lot, party.id, form.draw_nonce),
        )
        signed = sign_manifest(party.device.signing.private, manifest)
        return _Bid(
            party,
            manifest,
            signed.signature,
            ceks,
            body,
            form,
            hashlib.sha256(content).hexdigest(),
            new_receipt_number(),
        )

    def _story(self) -> Iterator[Event]:
        """From notice to signed record; each event stands on those before it."""
        assert isinstance(self._notice, NoticePublished)
        agency = self._offices["agency"]
        terms = msgspec.structs.replace(self._notice.terms, draw=None)
        yield RulesetPinned(ruleset=self._notice.ruleset, notice_at=NOW)
        yield msgspec.structs.replace(
            self._notice, terms=terms, host=agency.id, signed=agency.act("notice/publish", self._lot)
        )
        yield self._document
        yield e.SubmissionClosed(at=NOW, deadline=NOW, received=len(self._bids))
        yield e.RollPublished(
            at=NOW,
            roll=tuple(self._entry(one) for one in self._bids),
            manifests=tuple(
                PublishedManifest(
                    bidder=one.party.id,
                    manifest=canonical(one.manifest).decode(),
                    signature=b64(one.signature),
                    certificate=one.party.certificate.certificate,
                )
                for one in self._bids
            ),
            signed=agency.act("opening/publish-roll", self._lot),
        )
        yield from self._released()
        yield e.BidsImported(at=NOW, results=tuple(_imported(one) for one in self._bids))
        table = announced_table(replay(self._lot, self._events))
        yield e.PricesAnnounced(
            at=NOW,
            table=table,
            table_hash=table_hash(table),
            max_price_fen=self._notice.price_limit_fen or 0,
            confirm_until=NOW,
            signed=agency.act("opening/announce", self._lot),
        )
        silent = tuple(one.party.id for one in self._bids)
        yield e.ConfirmationClosed(at=NOW, silent=silent, silence_accepts=True, rule="R-OPEN-28")
        lot = replay(self._lot, self._events)
        for office, party in self._offices.items():
            yield e.RecordSigned(
                office=office,
                record_hash=record_hash(lot),
                by=party.id,
                at=NOW,
                signed=party.act("opening/sign-record", self._lot),
            )
        yield e.OpeningEnded(at=NOW, record=record_text(lot), record_hash=record_hash(lot))

    def _released(self) -> Iterator[Event]:
        publics: dict[Office, SessionPublic] = {}
        for office, party in self._offices.items():
            publics[office] = self._keys[office].public(self._lot, "opening", office)
            signed = sign_session(party.device.signing.private, publics[office])
            yield e.OfficeKeysPublished(
                office=office,
                session="opening",
                forms_key=publics[office].forms,
                evaluation_key=publics[office].evaluation,
                announcement=signed.payload.decode(),
                announcement_signature=b64(signed.signature),
                by=party.id,
                at=NOW,
                signed=party.act("opening/publish-office-keys", self._lot),
            )
        ordered = self._offices["agency"].act("opening/order-release", self._lot)
        yield e.ReleaseOrdered(window_opens=NOW, window_ends=NOW, signed=ordered)
        for one in self._bids:
            release = make_release(
                one.ceks,
                {name: one.manifest.target(name) for name in one.ceks},
                publics["agency"],
                publics["supervisor"],
                manifest_hash=manifest_hash(one.manifest),
            )
            signed = sign_release(one.party.device.signing.private, release)
            yield e.KeyReleased(
                bidder=one.party.id,
                release=signed.payload.decode(),
                release_signature=b64(signed.signature),
                at=NOW,
                receipt_number=one.receipt_number,
                receipt="",
                receipt_signature="",
                signed=one.party.act("opening/release", self._lot),
            )
        for office, party in self._offices.items():
            yield e.FormKeysPublished(
                office=office,
                private_key=b64(self._keys[office].forms.private),
                by=party.id,
                at=NOW,
                signed=party.act("opening/publish-form-key", self._lot),
            )

    def _entry(self, one: _Bid) -> RollEntry:
        return RollEntry(
            bidder=one.party.id,
            name=f"投标人{one.party.id[:6]}",
            uscc="91420902MA3395745L",
            manifest_hash=manifest_hash(one.manifest),
            bid_version=1,
            document_version=one.manifest.document_version,
            receipt_number=one.receipt_number,
            completed_at=NOW - timedelta(hours=1),
            deposit_state="NOT_ASKED",
            signed_in=True,
        )

    def _receipt(self, one: _Bid) -> BidReceipt:
        receipt = Receipt(
            receipt_number=one.receipt_number,
            lot=self._lot,
            bidder=one.party.id,
            uscc="91420902MA3395745L",
            bid_version=1,
            manifest_hash=manifest_hash(one.manifest),
            roots=one.manifest.roots,
            bytes=one.manifest.sealed_length,
            completed_at=instant(NOW - timedelta(hours=1)),
            platform_key=self._platform.id,
        )
        signed = sign_receipt(self._platform.private, receipt)
        return BidReceipt(
            bidder=one.party.id, receipt=signed.payload.decode(), signature=b64(signed.signature)
        )

    def _record(self) -> LotRecord:
        events = tuple(
            RecordedEvent(
                position=number, recorded_at=instant(NOW), topic=one.TOPIC, state=encode(one).decode()
            )
            for number, one in enumerate(self._events, start=1)
        )
        parties = [*self._offices.values(), *(one.party for one in self._bids)]
        certificates = tuple(one.certificate for one in parties)
        receipts = tuple(self._receipt(one) for one in self._bids)
        forms = tuple(SealedForm(bidder=one.party.id, body=b64(one.body)) for one in self._bids)
        keys = (b64(self._authority.certificate), b64(self._platform.public))
        count, root = entries_root(*keys, events, certificates, receipts, forms)
        body = SealBody(format=FORMAT, lot=self._lot, mode="test", entries=count, root=root)
        return LotRecord(
            format=FORMAT,
            lot=self._lot,
            mode="test",
            authority=keys[0],
            platform_key=keys[1],
            events=events,
            certificates=certificates,
            receipts=receipts,
            forms=forms,
            seal=Seal(body=body, signature=b64(sign(SEAL_LABEL, body, self._platform.private).signature)),
        )


def _imported(one: _Bid) -> ImportedBid:
    form = AnnouncedForm(
        price_fen=one.form.price_fen,
        duration_days=one.form.duration_days,
        quality=one.form.quality,
        project_lead=one.form.project_lead,
        draw_nonce=one.form.draw_nonce,
    )
    return ImportedBid(
        bidder=one.party.id,
        opened=True,
        form_key=b64(one.ceks[FORM]),
        form=form,
        plaintext_sha256=one.plaintext_sha256,
    )
