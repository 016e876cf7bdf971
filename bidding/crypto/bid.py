"""A whole bid on the bidder's device: four envelopes sealed to files, and the manifest that names them."""

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from msgspec import UNSET, UnsetType

from bidding.crypto.canonical import b64, unb64
from bidding.crypto.container import archive_blocks, archive_length
from bidding.crypto.envelope import ENVELOPES, new_content_key, seal_stream
from bidding.crypto.errors import Layer, LengthMismatchError, MalformedKeyError, OpeningError
from bidding.crypto.escrow import Trustee, consent, deposit
from bidding.crypto.form import OpeningForm, draw_nonce_hash, form_bytes
from bidding.crypto.manifest import (
    POLICY_P1,
    POLICY_P3,
    Manifest,
    Recipient,
    SealedEnvelope,
    SpareFile,
    Wrap,
    manifest_hash,
)
from bidding.crypto.padding import FORM
from bidding.crypto.pipeline import Bytes, Progress
from bidding.crypto.sealing import SealedBody
from bidding.crypto.suite import INTL_1, Random, key_id, unwrap, wrap
from bidding.crypto.target import Target, wrap_info

SUFFIX = ".sealed"


@dataclass(frozen=True)
class Address:
    """The lot and tender document a bid is sealed for, and which version of the bid it is.

    `supersedes` is the manifest hash of the version it replaces (None for the first). `policy` is the notice's,
    `trustees` their raw public keys where it declares any.
    """

    lot: str
    bidder: str
    document_hash: str
    document_version: int
    bid_version: int = 1
    supersedes: str | None = None
    suite: str = INTL_1
    policy: str = POLICY_P1
    trustees: Mapping[Trustee, bytes] = field(default_factory=dict)

    def target(self, envelope: str) -> Target:
        return Target(
            document_hash=self.document_hash,
            document_version=self.document_version,
            lot=self.lot,
            bidder=self.bidder,
            envelope=envelope,
            bid_version=self.bid_version,
            suite=self.suite,
        )


@dataclass(frozen=True)
class SealedBid:
    """The manifest (to be signed), and by envelope the sealed file and what sealing it found out."""

    manifest: Manifest
    paths: Mapping[str, Path]
    bodies: Mapping[str, SealedBody] = field(repr=False)


def seal_bid(
    address: Address,
    form: OpeningForm,
    documents: Mapping[str, Mapping[str, Path]],
    recipients: Sequence[bytes],
    directory: Path,
    progress: Progress | None = None,
    random: Random = secrets.token_bytes,
    spare: SpareFile | UnsetType = UNSET,
) -> SealedBid:
    """Seal the form and the documents of each envelope into `directory`; needs no network.

    `documents`: envelope → file name in the envelope → file on disk; one entry for every envelope but
    the form. `recipients`: the bidder's raw opening keys of that suite, any one of which opens the bid;
    none under P3.
    `spare`: what `make_spare` said of the same form and documents, if the bidder keeps a spare file.
    `progress` counts padded bytes over all envelopes; its total is what the documents add up to.
    Raises SealingError and its kinds, MalformedKeyError, OSError. Content keys are not kept.
    """
    if bool(recipients) is (address.policy == POLICY_P3):
        raise MalformedKeyError(what="recipients: the bidder's own, and under P3 none")
    contents = _contents(form, documents)
    total = sum(length for length, _ in contents.values())
    paths, bodies, envelopes, before = {}, {}, [], 0
    for name, (length, blocks) in contents.items():
        cek, target = new_content_key(random), address.target(name)
        path = directory / f"{name}{SUFFIX}"
        step = _shifted(progress, before, length, total)
        body = seal_stream(blocks, length, target, cek, path, step)
        wraps = tuple(
            Wrap(key=key_id(public), wrapped=b64(wrap(cek, public, wrap_info(target), address.suite)))
            for public in recipients
        )
        paths[name], bodies[name] = path, body
        escrow = deposit(cek, target, address.trustees, random) if address.trustees else UNSET
        envelopes.append(SealedEnvelope.of(name, body, wraps, escrow))
        before += length
    manifest = Manifest(
        lot=address.lot,
        bidder=address.bidder,
        bid_version=address.bid_version,
        document_hash=address.document_hash,
        document_version=address.document_version,
        recipients=tuple(Recipient.of(public) for public in recipients),
        envelopes=tuple(envelopes),
        draw_nonce_hash=draw_nonce_hash(address.lot, address.bidder, form.draw_nonce),
        supersedes=address.supersedes,
        suite=address.suite,
        policy=address.policy,
        spare=spare,
        consent=consent(address.trustees) if address.policy == POLICY_P3 else UNSET,
    )
    return SealedBid(manifest, paths, bodies)


def unwrap_ceks(manifest: Manifest, opening_private: bytes, public: bytes) -> dict[str, bytes]:
    """The content keys of all envelopes, by one of the bidder's own opening keys.

    OpeningError(MANIFEST) if the bid is not addressed to that key.
    """
    ceks = {}
    for envelope in manifest.envelopes:
        wrapped = next((w.wrapped for w in envelope.wraps if w.key == key_id(public)), None)
        info = wrap_info(manifest.target(envelope.name))
        cek = unwrap(unb64(wrapped), opening_private, info, manifest.suite) if wrapped else None
        if cek is None:
            raise OpeningError(
                layer=Layer.MANIFEST, envelope=envelope.name, reason="not addressed to this key"
            )
        ceks[envelope.name] = cek
    return ceks


def replacing(manifest: Manifest) -> tuple[int, str]:
    """`bid_version` and `supersedes` of the bid that replaces this one."""
    return manifest.bid_version + 1, manifest_hash(manifest)


def _contents(
    form: OpeningForm, documents: Mapping[str, Mapping[str, Path]]
) -> dict[str, tuple[int, Iterable[Bytes]]]:
    """Content length and blocks of each envelope, in the order of ENVELOPES."""
    data = form_bytes(form)
    contents: dict[str, tuple[int, Iterable[Bytes]]] = {FORM: (len(data), [data])}
    for name in ENVELOPES:
        if name in documents:
            lengths = {file: path.stat().st_size for file, path in documents[name].items()}
            contents[name] = archive_length(lengths), archive_blocks(documents[name])
    if set(contents) != {FORM, *documents}:
        raise LengthMismatchError(announced=len(documents) + 1, found=len(contents))
    return contents


def _shifted(progress: Progress | None, before: int, length: int, total: int) -> Progress | None:
    """Progress of one envelope as progress of the bid; padding is not counted."""
    if progress is None:
        return None
    return lambda done, _: progress(before + min(done, length), total)
