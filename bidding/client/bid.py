"""A bid on the bidder's device: a folder with the sealed envelopes, the signed manifest and the receipt.

``seal`` needs no network: what it must know of the lot is in the lot's view, which may come on a stick.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec
from msgspec import UNSET

from bidding.client.consortium import ConsortiumFile
from bidding.client.session import Session
from bidding.client.upload import Progress, upload
from bidding.crypto.bid import SUFFIX, Address, seal_bid, unwrap_ceks
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.form import OpeningForm
from bidding.crypto.manifest import POLICY_P3, Manifest, manifest_hash, sign_manifest
from bidding.crypto.release import make_release, sign_release
from bidding.crypto.session import SessionPublic
from bidding.crypto.signing import Signed
from bidding.crypto.spare import make_spare
from bidding.crypto.suite import INTL_1

#: What the upload of a spare file is addressed to, in an envelope's place.
SPARE = "spare"
MANIFEST, SIGNATURE, STATE, RECEIPT = "manifest.json", "manifest.sig", "uploads.json", "receipt.json"


@dataclass(frozen=True)
class BidFolder:
    """``path`` holds one sealed version of one bid."""

    path: Path

    @property
    def manifest(self) -> Manifest:
        return parse_canonical((self.path / MANIFEST).read_bytes(), Manifest)

    @property
    def signed(self) -> Signed:
        return Signed((self.path / MANIFEST).read_bytes(), unb64((self.path / SIGNATURE).read_text().strip()))

    def signed_by(self, device: DeviceCredential) -> Signed:
        """As it was signed; one sealed where no private key was (the offline page) is signed by this device now."""
        if not (self.path / SIGNATURE).exists():
            signed = sign_manifest(device.signing.private, self.manifest)
            (self.path / SIGNATURE).write_text(b64(signed.signature) + "\n")
        return self.signed

    @property
    def uploads(self) -> dict[str, str]:
        """Envelope → upload, as far as uploads were begun."""
        file = self.path / STATE
        return msgspec.json.decode(file.read_bytes(), type=dict[str, str]) if file.exists() else {}

    def remember(self, envelope: str, upload_id: str) -> None:
        (self.path / STATE).write_bytes(msgspec.json.encode({**self.uploads, envelope: upload_id}))


def address_of(
    lot: Mapping[str, Any], bidder: str, *, version: int = 1, supersedes: str | None = None
) -> Address:
    """Where a bid for this lot (its view as the API gives it) must be addressed."""
    document = lot["notice"]["documents"][-1]
    return Address(
        lot=lot["lot_id"],
        bidder=bidder,
        document_hash=document["sha256"],
        document_version=document["version"],
        bid_version=version,
        supersedes=supersedes,
        suite=lot["notice"]["terms"]["suites"][0],
        policy=lot["notice"]["terms"]["key_policy"],
        trustees={one["trustee"]: unb64(one["public"]) for one in lot["notice"]["terms"]["trustees"]},
    )


def seal(
    address: Address,
    form: OpeningForm,
    documents: Mapping[str, Mapping[str, Path]],
    device: DeviceCredential,
    folder: Path,
    *,
    recipients: Sequence[bytes] = (),
    progress: Progress | None = None,
    spare: Path | None = None,
) -> BidFolder:
    """Seal into ``folder`` and sign. ``recipients``: further opening keys of the bidder (a phone, a
    recovery code), of the lot's suite. Under P3 the device signs its consent and keeps no key.
    ``spare``: where to write the unencrypted spare file that the bidder keeps, if it wants one."""
    folder.mkdir(parents=True, exist_ok=True)
    own = [] if address.policy == POLICY_P3 else [device.opening_for(address.suite).public]
    kept = UNSET if spare is None else make_spare(form, documents, spare)
    sealed = seal_bid(address, form, documents, [*own, *recipients], folder, progress, spare=kept)
    signed = sign_manifest(device.signing.private, sealed.manifest)
    (folder / SIGNATURE).write_text(b64(signed.signature) + "\n")
    (folder / MANIFEST).write_bytes(signed.payload)
    return BidFolder(folder)


async def deposit_asked(session: Session, lot: str, general_fen: int) -> int:
    """What the logged-in bidder is asked, in 分: as everybody ``general_fen``, or by its credit (R-NB-SS-02)."""
    graded = (await session.get(f"/lots/{lot}/bid"))["graded"]
    return general_fen if graded is None else int(graded["asked_fen"])


async def submit(
    session: Session,
    bid: BidFolder,
    *,
    progress: Progress | None = None,
    consortium: ConsortiumFile | None = None,
    qualifications: Sequence[Mapping[str, str]] = (),
) -> dict[str, Any]:
    """Upload what is not there yet, then hand in the manifest; returns the answer with the signed receipt.

    Called again after an interruption it goes on where it was. Raises ``Problem``: a refused bid's problem
    holds the signed refusal in ``found``. ``qualifications``: ``title`` and ``certificate`` of each, for the roll.
    """
    manifest = bid.manifest
    if (accepted := await _accepted(session, manifest)) is not None:
        return _kept(bid, accepted)
    await enrol_suite(session, manifest.suite)
    total = manifest.sealed_length
    before = 0
    for envelope in manifest.envelopes:
        name, done = envelope.name, before

        def report(sent: int, _: int, done: int = done) -> None:
            if progress is not None:
                progress(done + sent, total)

        def keep(upload_id: str, name: str = name) -> None:
            bid.remember(name, upload_id)

        known = bid.uploads.get(name)
        path = bid.path / f"{name}{SUFFIX}"
        await upload(session, manifest.lot, name, path, known=known, progress=report, began=keep)
        before += envelope.sealed_length
    signed = bid.signed_by(session.device)
    fields: dict[str, Any] = {
        "manifest": signed.payload.decode(),
        "manifest_signature": b64(signed.signature),
        "uploads": bid.uploads,
        "qualifications": list(qualifications),
    }
    if consortium is not None:
        fields["consortium"] = consortium.submitted()
    answer = await session.command(manifest.lot, "bid/submit", fields)
    return _kept(bid, answer)


async def enrol_suite(session: Session, suite: str) -> None:
    """Bind this device's opening key of another suite than the one it enrolled with, if it is not bound yet."""
    if suite == INTL_1:
        return
    key = b64(session.device.opening_for(suite).public)
    known = await session.get("/parties/me")
    if key not in {one["opening_key"] for one in known["credentials"]}:
        body = {"opening_key": key, "suite": suite, "label": suite, "recovery": True}
        answer = await session.post(
            "/parties/me/credentials", session.signed("registration/bind", None, body)
        )
        await session.prove(answer["issued"][0]["credential"])


async def _accepted(session: Session, manifest: Manifest) -> dict[str, Any] | None:
    """The platform's answer of an earlier try whose answer was lost on the way here."""
    own = await session.get(f"/lots/{manifest.lot}/bid")
    for version in own["versions"]:
        if version["manifest_hash"] == manifest_hash(manifest) == own["effective"]:
            names = ("receipt_number", "receipt", "receipt_signature")
            return {name: version[name] for name in names}
    return None


def _kept(bid: BidFolder, answer: dict[str, Any]) -> dict[str, Any]:
    (bid.path / RECEIPT).write_bytes(
        canonical({"receipt": answer["receipt"], "signature": answer["receipt_signature"]})
    )
    return answer


async def withdraw(session: Session, bid: BidFolder) -> dict[str, Any]:
    """Pull this version of the bid out. Raises ``Problem`` if it is not the one that counts."""
    manifest = bid.manifest
    return await session.command(manifest.lot, "bid/withdraw", {"manifest_hash": manifest_hash(manifest)})


async def release(
    session: Session, bid: BidFolder, *, lot: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Release the content keys of the bid to the opening's two offices, from the device that can open it."""
    manifest = bid.manifest
    view = lot or await session.lot(manifest.lot)
    offices = {
        keys["office"]: parse_canonical(keys["announcement"].encode(), SessionPublic)
        for keys in view["opening"]["office_keys"]
    }
    device = session.device
    opening = device.opening_for(manifest.suite)
    ceks = unwrap_ceks(manifest, opening.private, opening.public)
    made = make_release(
        ceks,
        {envelope.name: manifest.target(envelope.name) for envelope in manifest.envelopes},
        offices["agency"],
        offices["supervisor"],
        manifest_hash=manifest_hash(manifest),
    )
    signed = sign_release(device.signing.private, made)
    return await session.command(
        manifest.lot,
        "opening/release",
        {"release": signed.payload.decode(), "release_signature": b64(signed.signature)},
    )


async def hand_in_spare(
    session: Session, lot: str, path: Path, reason: str, *, progress: Progress | None = None
) -> dict[str, Any]:
    """Bring the spare file that this party's receipt names, after the release window. Raises ``Problem``."""
    sent = await upload(session, lot, SPARE, path, progress=progress)
    return await session.command(lot, "opening/hand-in-spare", {"upload": sent, "reason": reason})


async def release_receipt(session: Session, lot: str) -> dict[str, Any] | None:
    """The signed receipt of this party's last key release: ``receipt``, ``receipt_signature`` and its number.

    It stands in the public event, where everybody sees that the release arrived in time.
    """
    found, after = None, 0
    while events := (await session.get(f"/lots/{lot}/events", after=after))["events"]:
        after = events[-1]["position"]
        for one in events:
            if one["event"]["type"] == "lot.key-released.v1" and one["event"]["bidder"] == session.party:
                found = one["event"]
    return found
