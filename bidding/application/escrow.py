"""The escrow: what the domain cannot check itself (keys, the test bid, shares against manifests), and the recovery."""

import hashlib
from collections.abc import Iterable, Mapping
from itertools import combinations

import msgspec
from msgspec import UNSET

from bidding.application.admission import Parties
from bidding.application.bids import bid_stream
from bidding.application.keyring import Keyring
from bidding.application.platform import Call, Handler, Plan, Platform, require_known
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.envelope import new_content_key, seal_bytes
from bidding.crypto.errors import CryptoError, Layer, OpeningError
from bidding.crypto.escrow import (
    HELD,
    TRUSTEES,
    Escrow,
    Trustee,
    deposit,
    receive,
    share_commitment,
    shown_truly,
    together,
)
from bidding.crypto.form import OpeningForm, draw_nonce_hash, form_bytes
from bidding.crypto.manifest import POLICY_P2, Manifest, Recipient, SealedEnvelope, Wrap
from bidding.crypto.opening import open_form
from bidding.crypto.padding import FORM
from bidding.crypto.suite import key_id, suite_named, wrap
from bidding.crypto.target import Target, wrap_info
from bidding.domain.bid.state import replay as replay_bid
from bidding.domain.command import Command, Facts
from bidding.domain.errors import Invalid
from bidding.domain.escrow import commands as c
from bidding.domain.escrow.ceremony import enrol_key, name_notary, open_trial, require_keys, seal_trial
from bidding.domain.escrow.events import GivenShare, OpenedPair
from bidding.domain.escrow.remedy import Lie, give_shares, occasions
from bidding.domain.escrow.trustees import trustee_of
from bidding.domain.given import random_bytes
from bidding.domain.lot import Lot
from bidding.domain.parties import Actor, Role

#: The "bidder" of the test bid.
TRIAL = "trial"


class ManifestShown(msgspec.Struct, frozen=True, kw_only=True):
    """A bid that a report names, and its canonical manifest with the shares of each trustee."""

    bidder: str
    manifest: str


class TrusteesPapers(msgspec.Struct, frozen=True, kw_only=True):
    """What a trustee's device needs: which trustee it is, the test bid's manifest, and by report the bids on which it
    has not acted yet; report 0 is the opening itself, where trustees alone open."""

    trustee: str
    platform_key: str
    trial: str
    reports: dict[int, tuple[ManifestShown, ...]]


class EscrowDesk:
    def __init__(self, platform: Platform, parties: Parties, keyring: Keyring) -> None:
        self._platform, self._parties, self._keyring = platform, parties, keyring

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {
            c.NameNotary: self._name_notary,
            c.EnrolKey: self._enrol_key,
            c.SealTrial: self._seal_trial,
            c.OpenTrial: self._open_trial,
            c.GiveShares: self._give_shares,
        }

    async def papers(self, lot_id: str, actor: Actor) -> TrusteesPapers:
        """For trustees alone. Raises ``Forbidden``, ``Unknown``."""
        lot = await self._platform.load(lot_id)
        require_known(lot, actor)
        trustee, trial, terms = trustee_of(lot, actor), lot.escrow.trial, lot.notice.terms
        done = lot.escrow.done(trustee)
        reports = {
            number: tuple(
                [
                    ManifestShown(bidder=bidder, manifest=await self._manifest_text(lot_id, bidder))
                    for bidder in bidders
                    if bidder not in done
                ]
            )
            for number, bidders in occasions(lot).items()
        }
        return TrusteesPapers(
            trustee=trustee,
            platform_key="" if terms is None else terms.platform_key,
            trial="" if trial is None else trial.manifest,
            reports=reports,
        )

    def content_keys(self, lot: Lot, manifest: Manifest) -> dict[str, bytes]:
        """By envelope, from the shares that trustees gave of this bid. OpeningError(ESCROW) if they do not do."""
        private = self._keyring.evaluation_key(lot.lot_id, manifest.suite).private
        found: dict[str, dict[int, bytes]] = {one.name: {} for one in manifest.envelopes}
        for given in lot.escrow.given:
            if given.bidder == manifest.bidder:
                for one in given.shares:
                    target = manifest.target(one.envelope)
                    share = receive(unb64(one.wrapped), target, _trustee(given.trustee), one.index, private)
                    if share is not None:
                        found[one.envelope][one.index] = share
        try:
            return {name: together(shares) for name, shares in found.items()}
        except CryptoError:
            raise OpeningError(layer=Layer.ESCROW, reason="not all three shares") from None

    async def _name_notary(self, lot: Lot, command: c.NameNotary, call: Call, facts: Facts) -> Plan:
        party = await self._parties.party(command.notary)
        name = party.name if Role.NOTARY in party.roles else None
        return Plan(events=name_notary(lot, command, facts, name=name))

    async def _enrol_key(self, lot: Lot, command: c.EnrolKey, call: Call, facts: Facts) -> Plan:
        finding = None
        try:
            public = unb64(command.public)
            wrap(bytes(32), public, b"", command.suite)
            if len(public) != suite_named(command.suite).public_size:
                finding = "size"
        except CryptoError:
            finding = "malformed"
        return Plan(events=enrol_key(lot, command, facts, finding=finding))

    async def _seal_trial(self, lot: Lot, command: c.SealTrial, call: Call, facts: Facts) -> Plan:
        suite = require_keys(lot)
        keys: dict[Trustee, bytes] = {_trustee(one.trustee): unb64(one.public) for one in lot.escrow.keys}
        own = self._keyring.evaluation_key(lot.lot_id, suite).public
        form = OpeningForm(
            price_fen=int.from_bytes(random_bytes(facts, 4), "big"),
            duration_days=1,
            quality="试验投标",
            project_lead="试验投标",
            draw_nonce=b64(random_bytes(facts, 32)),
            note="密钥演练,不是投标。A rehearsal of the trustees' keys, no bid.",
        )
        target = Target(
            document_hash=hashlib.sha256(lot.lot_id.encode()).hexdigest(),
            document_version=1,
            lot=lot.lot_id,
            bidder=TRIAL,
            envelope=FORM,
            bid_version=1,
            suite=suite,
        )
        cek = new_content_key()
        sealed, body = seal_bytes(form_bytes(form), target, cek)
        wraps = (Wrap(key=key_id(own), wrapped=b64(wrap(cek, own, wrap_info(target), suite))),)
        manifest = Manifest(
            lot=lot.lot_id,
            bidder=TRIAL,
            bid_version=1,
            document_hash=target.document_hash,
            document_version=1,
            recipients=(Recipient.of(own),),
            envelopes=(SealedEnvelope.of(FORM, body, wraps, deposit(cek, target, keys)),),
            draw_nonce_hash=draw_nonce_hash(lot.lot_id, TRIAL, form.draw_nonce),
            suite=suite,
            policy=POLICY_P2,
        )
        events = seal_trial(lot, command, facts, manifest=canonical(manifest).decode(), sealed=b64(sealed))
        return Plan(events=events)

    async def _open_trial(self, lot: Lot, command: c.OpenTrial, call: Call, facts: Facts) -> Plan:
        trial = lot.escrow.trial
        false: int | None = None
        pairs: list[OpenedPair] = []
        if trial is not None:
            trustee = trustee_of(lot, call.actor)
            manifest = parse_canonical(trial.manifest.encode(), Manifest)
            envelope = manifest.envelope(FORM)
            assert envelope.escrow is not UNSET, "a test bid is sealed to trustees"
            said = {trustee: {one.index: _raw(one.share) for one in command.shares}}
            false = _false(envelope.escrow, manifest.target(FORM), trustee, said[trustee])
            for one in trial.shared:
                said.setdefault(one.trustee, {share.index: _raw(share.share) for share in one.shares})
            if false is None and set(said) == set(TRUSTEES):
                pairs = [
                    _opened(manifest, unb64(trial.sealed), *pair, said) for pair in combinations(TRUSTEES, 2)
                ]
        return Plan(events=open_trial(lot, command, facts, false=false, pairs=pairs))

    async def _give_shares(self, lot: Lot, command: c.GiveShares, call: Call, facts: Facts) -> Plan:
        finding, lies = None, list[Lie]()
        if command.bidder in occasions(lot).get(command.number, ()):
            text = await self._manifest_text(lot.lot_id, command.bidder)
            manifest = parse_canonical(text.encode(), Manifest)
            finding, lies = self._examined(lot, manifest, trustee_of(lot, call.actor), command.shares)
        events = give_shares(lot, command, facts, finding=finding, lies=lies)
        refusal = None
        if lies:
            refusal = Invalid(
                "escrow-share-false", rule="R-BID-07", envelope=lies[0].envelope, index=lies[0].share
            )
        return Plan(events=events, refusal=refusal)

    def _examined(
        self, lot: Lot, manifest: Manifest, trustee: str, shares: Iterable[GivenShare]
    ) -> tuple[str | None, list[Lie]]:
        """First what the trustee says that it gives, then whether it gave that."""
        given = list(shares)
        wanted = sorted((one.name, index) for one in manifest.envelopes for index in HELD[_trustee(trustee)])
        if sorted((one.envelope, one.index) for one in given) != wanted:
            return "not-every-share", []
        lies = []
        private = self._keyring.evaluation_key(lot.lot_id, manifest.suite).private
        for one in given:
            target, escrow = manifest.target(one.envelope), manifest.envelope(one.envelope).escrow
            assert escrow is not UNSET, "a bid under this policy was accepted with its escrow"
            committed = escrow.commitments[one.index]
            if one.commitment != committed:
                lies.append(
                    Lie(envelope=one.envelope, share=one.index, shown=one.commitment, committed=committed)
                )
                continue
            try:
                share = receive(unb64(one.wrapped), target, _trustee(trustee), one.index, private)
            except CryptoError:
                share = None
            if share is None or share_commitment(target, one.index, share) != one.commitment:
                return "not-the-share-it-says", []
        return None, lies

    async def _manifest_text(self, lot_id: str, bidder: str) -> str:
        recorded = await self._platform.journal.load(bid_stream(lot_id, bidder))
        version = replay_bid((one.event for one in recorded), lot=lot_id, bidder=bidder).effective
        assert version is not None, "a report names bids on the roll"
        return version.manifest


def _trustee(name: str) -> Trustee:
    return next(one for one in TRUSTEES if one == name)


def _raw(share: str) -> bytes:
    try:
        return unb64(share)
    except CryptoError:
        return b""


def _false(escrow: Escrow, target: Target, trustee: str, said: Mapping[int, bytes]) -> int | None:
    """The first index that the trustee holds and does not show truly."""
    for index in HELD[_trustee(trustee)]:
        if index not in said or not shown_truly(escrow, target, index, said[index]):
            return index
    return None


def _opened(
    manifest: Manifest, sealed: bytes, first: str, second: str, said: Mapping[str, Mapping[int, bytes]]
) -> OpenedPair:
    form = open_form(sealed, manifest, together({**said[first], **said[second]}))
    return OpenedPair(first=first, second=second, plaintext_sha256=form.content_sha256.hex())
