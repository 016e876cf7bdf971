"""A noticed lot with real devices, and bids sealed on them: small, with the two envelopes the lot asks for."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from bidding.client.bid import BidFolder, seal
from bidding.crypto.bid import SUFFIX, Address, unwrap_ceks
from bidding.crypto.canonical import b64, canonical, parse_canonical
from bidding.crypto.credentials import DeviceCredential
from bidding.crypto.form import OpeningForm
from bidding.crypto.manifest import Manifest, manifest_hash, sign_manifest
from bidding.crypto.release import make_release, sign_release
from bidding.crypto.session import SessionKeys, SessionPublic, sign_session
from bidding.crypto.signing import Signed
from bidding.domain.bid.commands import Submit
from bidding.domain.notice.events import NoticePublished
from bidding.domain.opening.commands import Close, PublishFormKey, PublishOfficeKeys, Release
from bidding.domain.parties import Actor, Role
from tests.application.house import LOT, House
from tests.domain.opening.hall import HOST, OFFICER, T0, Hall, bidder

DOCUMENT = "ef" * 32
SESSION = f"opening-{LOT}"


def form(price_fen: int = 90_000_000) -> OpeningForm:
    return OpeningForm(
        price_fen=price_fen, duration_days=150, quality="合格", project_lead="张三", draw_nonce=b64(bytes(32))
    )


@dataclass
class Day:
    """``offices``: the two offices' devices and session keys, by office."""

    house: House
    folder: Path
    devices: dict[str, DeviceCredential] = field(default_factory=dict)
    actors: dict[str, Actor] = field(default_factory=dict)
    folders: dict[str, BidFolder] = field(default_factory=dict)
    sessions: dict[str, SessionKeys] = field(default_factory=dict)

    async def begin(self, *bidders: str, **changed: Any) -> None:
        """``changed``: terms of the tender document that are others than the hall's."""
        hall = Hall(terms=changed)
        terms = {"platform_key": self.house.notice.platform_key(LOT)}
        log = [
            (
                stream,
                msgspec.structs.replace(event, terms=msgspec.structs.replace(event.terms, **terms))
                if isinstance(event, NoticePublished)
                else event,
            )
            for stream, event in hall.log
        ]
        await self.house.plant(log)
        self.house.clock.instant = hall.now
        for name in bidders:
            self.enrol(name, Role.BIDDER)
        for office, actor, role in (
            ("agency", HOST, Role.AGENCY),
            ("supervisor", OFFICER, Role.SUPERVISOR),
        ):
            self.enrol(actor.party, role)
            self.actors[office] = self.actors[actor.party]
            self.sessions[office] = SessionKeys.generate()

    def enrol(self, name: str, role: Role) -> None:
        self.devices[name] = DeviceCredential.generate()
        self.actors[name] = self.house.register.enrol(name, self.devices[name], role)

    def seal(self, name: str, device: DeviceCredential | None = None, **changed: Any) -> BidFolder:
        """``changed``: fields of its address that are not the lot's."""
        fields = {"lot": LOT, "bidder": name, "document_hash": DOCUMENT, "document_version": 1, **changed}
        paper = self.folder / "施工组织设计.pdf"
        paper.write_bytes(b"%PDF-1.7\n" + name.encode() * 500)
        place = self.folder / f"{name}-{len(list(self.folder.iterdir()))}"
        made = seal(
            Address(**fields),
            form(),
            {"technical": {"施工组织设计.pdf": paper}},
            device or self.devices[name],
            place,
        )
        self.folders[name] = made
        return made

    def sealed(self, name: str, envelope: str) -> bytes:
        return (self.folders[name].path / f"{envelope}{SUFFIX}").read_bytes()

    async def bring(self, name: str, **bodies: bytes) -> dict[str, str]:
        """The uploads of its sealed files, stored as objects too; ``bodies`` instead of them."""
        uploads = {}
        for envelope in ("form", "technical"):
            data = bodies.get(envelope, self.sealed(name, envelope))
            upload = self.house.uploads.bring(name, LOT, envelope, data)
            await self.house.platform.objects.put(f"uploads/{upload}", data)
            uploads[envelope] = upload
        return uploads

    def command(
        self, name: str, uploads: dict[str, str], manifest: Manifest | None = None, signer: str = ""
    ) -> Submit:
        """``manifest``: another than the sealed one; ``signer``: whose key signs it."""
        signed = self.folders[name].signed
        if manifest is not None or signer:
            private = self.devices[signer or name].signing.private
            signed = sign_manifest(private, manifest or self.folders[name].manifest)
        return Submit(
            manifest=signed.payload.decode(), manifest_signature=b64(signed.signature), uploads=uploads
        )

    async def submit(self, name: str) -> None:
        self.seal(name)
        await self.house.give(self.command(name, await self.bring(name)), self.actors[name])

    # -- the opening ---------------------------------------------------------------------------------

    async def close(self) -> None:
        self.house.clock.instant = T0
        await self.house.platform.act(LOT, Close())

    def announcement(self, office: str, **changed: Any) -> PublishOfficeKeys:
        """A true announcement; ``changed``: fields of the command that are not."""
        keys = self.sessions[office]
        public = keys.public(LOT, SESSION, "agency" if office == "agency" else "supervisor")
        text = canonical(public)
        party = self.actors[office].party
        signed = sign_session(self.devices[party].signing.private, public)
        nonce = self.house.keyring.possession_nonce(text)
        fields = {
            "session": SESSION,
            "forms_key": public.forms,
            "evaluation_key": public.evaluation,
            "announcement": text.decode(),
            "announcement_signature": b64(signed.signature),
            "possession": b64(nonce),
            **changed,
        }
        return PublishOfficeKeys(**fields)

    async def announce_offices(self) -> None:
        for office in ("agency", "supervisor"):
            await self.house.give(self.announcement(office), self.actors[office])

    def release(self, name: str, *, signer: str = "", session: str = SESSION) -> Release:
        """``signer``: whose device signs it; ``session``: the one that its shares are sealed for."""
        manifest = self.folders[name].manifest
        device = self.devices[name]
        ceks = unwrap_ceks(manifest, device.opening.private, device.opening.public)
        publics: dict[str, SessionPublic] = {
            office: keys.public(LOT, session, "agency" if office == "agency" else "supervisor")
            for office, keys in self.sessions.items()
        }
        made = make_release(
            ceks,
            {one.name: manifest.target(one.name) for one in manifest.envelopes},
            publics["agency"],
            publics["supervisor"],
            manifest_hash=manifest_hash(manifest),
        )
        signed: Signed = sign_release(self.devices[signer or name].signing.private, made)
        return Release(release=signed.payload.decode(), release_signature=b64(signed.signature))

    def form_key(self, office: str) -> PublishFormKey:
        return PublishFormKey(private_key=b64(self.sessions[office].forms.private))


def changed(manifest: Manifest, **fields: Any) -> Manifest:
    return parse_canonical(canonical(msgspec.structs.replace(manifest, **fields)), Manifest)


def other_hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


__all__ = ["LOT", "Day", "bidder", "changed", "form", "other_hash"]
