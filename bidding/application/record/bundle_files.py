"""Files beside a bundle, each against what stands in it: sealed bodies, opened envelopes, spare files, documents,
kept receipts."""

import hashlib
from collections.abc import Iterator
from pathlib import Path

from bidding.application.record.bundle_receipts import FILES, check_receipt, kept_receipt
from bidding.application.record.kept_leaves import check_kept
from bidding.application.record.read import Faulty, Read, require
from bidding.crypto.bid import SUFFIX
from bidding.crypto.canonical import parse_canonical
from bidding.crypto.container import digests
from bidding.crypto.errors import CryptoError
from bidding.crypto.files import file_blocks
from bidding.crypto.log.disclosed import DisclosedLeaves
from bidding.crypto.manifest import Manifest, SpareFile
from bidding.crypto.parts import part_hashes, root
from bidding.crypto.spare import ARCHIVE_SUFFIX, FORM_NAME
from bidding.domain.evaluation.events import EnvelopesOpened, QualificationEnvelopesOpened
from bidding.domain.event import Event
from bidding.domain.notice.events import DocumentIssued
from bidding.domain.opening.events import BidsImported, RollPublished, SpareAccepted

OPENED = ".zip"


def check_files(folder: Path, public: Read, events: tuple[Event, ...]) -> Iterator[str]:
    """Every file below ``folder``: what its name claims it is, or else what its bytes are."""
    require(folder.is_dir(), FILES, f"{folder}: no such folder")
    sealed, opened = _sealed(public), _opened(events)
    spares = _spares(public)
    taken = {one.bidder for one in public.all(SpareAccepted)}
    opened |= {f"{bidder}/spare": spare.sha256 for bidder, spare in spares.items()}
    known = {digest: label for label, digest in (*sealed.items(), *opened.items())}
    checked = unknown = 0
    for path in sorted(one for one in folder.rglob("*") if one.is_file()):
        name = path.relative_to(folder).as_posix()
        kept = kept_receipt(path)
        if kept is not None:
            checked += 1
            yield f"file {name}: {check_receipt(kept, public, name)}"
            continue
        leaves = kept_leaves(path)
        if leaves is not None:
            checked += 1
            yield f"file {_in_log(leaves, public, name)}"
            continue
        claimed, digest = f"{path.parent.name}/{path.stem}", _digest(path)
        wanted = (sealed if path.suffix == SUFFIX else opened).get(claimed)
        if path.suffix in (SUFFIX, OPENED):
            require(wanted in (None, digest), FILES, f"{name}: other bytes than the bid's")
            require(digest in known, FILES, f"{name}: of no bid in the bundle")
        if digest in known:
            checked += 1
            bidder, _, what = known[digest].partition("/")
            inside = ""
            if what == "spare" and bidder in taken:
                inside = _inside(path, name, bidder, spares[bidder].form, opened)
            yield f"file {name}: {known[digest]}{inside}"
        else:
            unknown += 1
    yield f"files: {checked} as the bundle says; {unknown} that it does not speak of"


def _in_log(leaves: DisclosedLeaves, public: Read, name: str) -> str:
    try:
        return check_kept(leaves, public, name)
    except Faulty as fault:
        raise Faulty(FILES, fault.reason) from fault


def kept_leaves(path: Path) -> DisclosedLeaves | None:
    """What ``bidding receipt fetch`` stored; None for a file that is no such thing."""
    if path.suffix != ".json":
        return None
    try:
        return parse_canonical(path.read_bytes(), DisclosedLeaves)
    except CryptoError:
        return None


def _inside(path: Path, name: str, bidder: str, form: str, opened: dict[str, str]) -> str:
    """R-PAIN-05: of a spare file that was taken, what was opened is what lies in it."""
    same = 0
    for member, digest in digests(path).items():
        was = form if member == FORM_NAME else opened.get(f"{bidder}/{member.removesuffix(ARCHIVE_SUFFIX)}")
        require(was in (None, digest), FILES, f"{name}: {member} is another than was opened")
        same += was is not None
    return f", taken in place of the sealed bid: {same} of what lies in it as opened"


def _spares(public: Read) -> dict[str, SpareFile]:
    """By bidder, what its manifest says of the spare file that it keeps."""
    return {one.bidder: one.spare for one in _manifests(public) if isinstance(one.spare, SpareFile)}


def _manifests(public: Read) -> list[Manifest]:
    roll = public.first(RollPublished)
    return (
        [] if roll is None else [parse_canonical(one.manifest.encode(), Manifest) for one in roll.manifests]
    )


def _sealed(public: Read) -> dict[str, str]:
    """bidder/envelope → hex root of the sealed body."""
    return {
        f"{one.bidder}/{envelope.name}": envelope.root
        for one in _manifests(public)
        for envelope in one.envelopes
    }


def _opened(events: tuple[Event, ...]) -> dict[str, str]:
    """bidder/envelope, or the document's version → hex SHA-256 of what was inside."""
    found: dict[str, str] = {}
    for event in events:
        match event:
            case EnvelopesOpened() | QualificationEnvelopesOpened():
                found |= {
                    f"{one.bidder}/{one.envelope}": one.plaintext_sha256 for one in event.bids if one.length
                }
            case BidsImported():
                found |= {f"{one.bidder}/form": one.plaintext_sha256 for one in event.results if one.opened}
            case DocumentIssued():
                found[f"tender document, version {event.version}"] = event.sha256
            case _:
                pass
    return found


def _digest(path: Path) -> str:
    """The root of a sealed body, the SHA-256 of any other file."""
    if path.suffix == SUFFIX:
        return root(part_hashes(file_blocks(path))).hex()
    digest = hashlib.sha256()
    for block in file_blocks(path):
        digest.update(block)
    return digest.hexdigest()
