"""What the platform hands a bidder — receipt, refusal, release receipt — and how each is checked."""

import hashlib
from collections.abc import Callable
from functools import partial
from pathlib import Path

import msgspec

from bidding.application.receipts import RELEASE_RECEIPT_LABEL, ReleaseReceipt
from bidding.application.record import Check
from bidding.client.bid import MANIFEST, BidFolder
from bidding.crypto.bid import SUFFIX
from bidding.crypto.canonical import unb64
from bidding.crypto.errors import CryptoError
from bidding.crypto.files import file_blocks
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.parts import part_hashes, root
from bidding.crypto.receipt import Receipt, RefusalReceipt, verify_receipt, verify_refusal
from bidding.crypto.signing import Signed, verify
from bidding.crypto.suite import key_id


class Paper(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """``receipt``: the signed canonical text; ``signature``: base64url."""

    receipt: str
    signature: str


class _Kind(msgspec.Struct, frozen=True):
    """Which field betrays which kind of paper."""

    code: str | None = None
    release_hash: str | None = None


def check_paper(paper: Paper, platform_key: bytes, folder: Path) -> list[Check]:
    """All checks in order; the first that fails ends the list. ``folder``: the sealed bid, if it is there."""
    try:
        kind = msgspec.json.decode(paper.receipt, type=_Kind)
        signed = Signed(paper.receipt.encode(), unb64(paper.signature))
    except (msgspec.MsgspecError, CryptoError) as error:
        return [Check("form 格式", str(error))]
    try:
        if kind.code is not None:
            refusal = verify_refusal(signed, platform_key)
            return _refused(refusal, folder)
        if kind.release_hash is not None:
            return _released(signed, platform_key)
        receipt = verify_receipt(signed, platform_key)
    except CryptoError as error:
        return [Check("signature 平台签名", str(error))]
    named = f"signature 平台签名: receipt 回执 {receipt.receipt_number}, {receipt.completed_at}"
    return [Check(named), *_against_bid(receipt, folder)]


def _refused(refusal: RefusalReceipt, folder: Path) -> list[Check]:
    done = [Check(f"signature 平台签名: refusal 拒收 {refusal.code}, {refusal.refused_at}")]
    if refusal.manifest_hash is not None and (folder / MANIFEST).exists():
        done.append(_same("manifest 投标摘要", refusal.manifest_hash, lambda: _hash(folder)))
    return done


def _released(signed: Signed, platform_key: bytes) -> list[Check]:
    receipt = verify(RELEASE_RECEIPT_LABEL, signed, platform_key, ReleaseReceipt)
    if receipt.platform_key != key_id(platform_key):
        return [Check("signature 平台签名", "names another platform key")]
    return [Check(f"signature 平台签名: release 解密 {receipt.receipt_number}, {receipt.received_at}")]


def _against_bid(receipt: Receipt, folder: Path) -> list[Check]:
    """The receipt against the manifest and the sealed files that it is for, as far as they are here."""
    if not (folder / MANIFEST).exists():
        return []
    try:
        manifest = BidFolder(folder).manifest
    except CryptoError as error:
        return [Check("manifest 投标摘要", str(error))]
    done = [_same("manifest 投标摘要", receipt.manifest_hash, lambda: manifest_hash(manifest))]
    said = receipt.lot, receipt.bidder, receipt.bid_version, receipt.bytes, receipt.roots
    own = manifest.lot, manifest.bidder, manifest.bid_version, manifest.sealed_length, manifest.roots
    done.append(
        Check("contents 标段、主体、版本、大小与根", "" if said == own else "not those of the manifest")
    )
    for envelope in manifest.envelopes:
        path = folder / f"{envelope.name}{SUFFIX}"
        if path.exists():
            done.append(_same(f"file 文件 {path.name}", envelope.root, partial(_root, path)))
    return _until_fault(done)


def _until_fault(checks: list[Check]) -> list[Check]:
    for number, check in enumerate(checks, start=1):
        if not check.ok:
            return checks[:number]
    return checks


def _same(name: str, wanted: str, found: Callable[[], str]) -> Check:
    return Check(name, "" if found() == wanted else "not what the receipt says")


def _hash(folder: Path) -> str:
    return hashlib.sha256((folder / MANIFEST).read_bytes()).hexdigest()


def _root(path: Path) -> str:
    return root(part_hashes(file_blocks(path))).hex()
