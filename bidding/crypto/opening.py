"""Opening a bid from its signed manifest and its content keys: root → commitment → AEAD → padding → form."""

import hashlib
from dataclasses import dataclass
from pathlib import Path

from bidding.crypto.container import Member, members
from bidding.crypto.envelope import open_bytes, open_stream
from bidding.crypto.errors import Layer, OpeningError
from bidding.crypto.form import OpeningForm, draw_nonce_hash, parse_form
from bidding.crypto.manifest import Manifest
from bidding.crypto.padding import FORM
from bidding.crypto.pipeline import Progress
from bidding.crypto.unsealing import OpenedBody


@dataclass(frozen=True)
class OpenedForm:
    """The form's values and the SHA-256 of the canonical JSON they were read from."""

    form: OpeningForm
    content_sha256: bytes


@dataclass(frozen=True)
class OpenedDocuments:
    """An opened envelope of documents: the archive's length, its hash if asked for, its files."""

    body: OpenedBody
    members: tuple[Member, ...]


def open_form(sealed: bytes, manifest: Manifest, cek: bytes) -> OpenedForm:
    """The bid's form from its sealed body (a few kB). Anyone repeats this with the published key.

    OpeningError names the first layer that fails; FormError the field.
    """
    envelope = manifest.envelope(FORM)
    data = open_bytes(sealed, manifest.target(FORM), cek, envelope.root_bytes, envelope.header_bytes)
    return checked_form(data, manifest)


def checked_form(data: bytes, manifest: Manifest) -> OpenedForm:
    """The form in these bytes, whose draw nonce must be the manifest's. FormError, OpeningError."""
    form = parse_form(data)
    if draw_nonce_hash(manifest.lot, manifest.bidder, form.draw_nonce) != manifest.draw_nonce_hash:
        raise OpeningError(
            layer=Layer.FORM, envelope=FORM, reason="draw_nonce is not the one committed to in the manifest"
        )
    return OpenedForm(form, hashlib.sha256(data).digest())


def open_documents(
    sealed: Path,
    manifest: Manifest,
    name: str,
    cek: bytes,
    archive: Path,
    progress: Progress | None = None,
    hash_content: bool = False,
) -> OpenedDocuments:
    """Open one envelope of documents into the file `archive`, a ZIP that `container.extract` unpacks.

    OpeningError names the first layer that fails; the archive then does not exist, unless only its
    list of files is refused (CONTAINER): then its bytes are the bidder's own and are kept as evidence.
    """
    envelope = manifest.envelope(name)
    target = manifest.target(name)
    body = open_stream(
        sealed, target, cek, envelope.root_bytes, envelope.header_bytes, archive, progress, hash_content
    )
    return OpenedDocuments(body, tuple(members(archive)))
