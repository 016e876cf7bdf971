"""Runs tests/vectors/sealed-bids: what a second implementation does with the same files.

A case with `layer: null` must succeed with the values it carries; any other must be refused by the
named layer, and by no earlier one.
"""

import json
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from msgspec import UNSET

from bidding.crypto.body import sealed_length
from bidding.crypto.canonical import canonical, parse_canonical, unb64
from bidding.crypto.container import archive_blocks, archive_length
from bidding.crypto.errors import (
    CanonicalError,
    CryptoError,
    Layer,
    MalformedKeyError,
    OpeningError,
    SignatureError,
    UnsafeFileNameError,
)
from bidding.crypto.escrow import TRUSTEES, held_shares, together
from bidding.crypto.form import form_bytes
from bidding.crypto.manifest import Manifest
from bidding.crypto.manifest_check import Expected, Uploaded, check_manifest
from bidding.crypto.opening import open_form
from bidding.crypto.padding import padded_size
from bidding.crypto.parts import root
from bidding.crypto.receipt import verify_receipt
from bidding.crypto.recovery_code import recovery_code, seed_of_code
from bidding.crypto.release import KeyRelease, check_release, recover_cek, require_released_key
from bidding.crypto.session import SessionPublic
from bidding.crypto.signing import Signed
from bidding.crypto.spare import make_spare, read_spare
from bidding.crypto.statement import verify_statement
from bidding.crypto.suite import KeyPair, unwrap
from bidding.crypto.target import Target, wrap_info
from tests.crypto.make_vectors import all_files, text_of

FOLDER = Path(__file__).parents[1] / "vectors" / "sealed-bids"
Case = dict[str, Any]


def manifest_of(case: Case) -> Manifest:
    return parse_canonical(unb64(case["manifest"]), Manifest)


def opening(case: Case) -> None:
    opened = open_form(unb64(case["sealed"]), manifest_of(case), bytes.fromhex(case["cek"]))
    assert form_bytes(opened.form) == unb64(case["content"])


def wrap(case: Case) -> None:
    target = parse_canonical(canonical(case["target"]), Target)
    cek = unwrap(unb64(case["wrapped"]), bytes.fromhex(case["private"]), wrap_info(target), target.suite)
    if cek is None:
        raise OpeningError(layer=Layer.MANIFEST)
    assert cek.hex() == case["cek"]


def manifest(case: Case) -> None:
    values = case["expected"]
    keys = frozenset(bytes.fromhex(key) for key in values["recipients"])
    trustees = {name: bytes.fromhex(key) for name, key in values.get("trustees", {}).items()}
    expected = Expected(
        **(values | {"recipients": keys, "suites": frozenset(values["suites"]), "trustees": trustees})
    )
    arrived = case["upload"]
    first, parts = bytes.fromhex(arrived["first_bytes"]), [bytes.fromhex(h) for h in arrived["part_hashes"]]
    refusal = check_manifest(manifest_of(case), expected, {"form": Uploaded(arrived["length"], first, parts)})
    assert (refusal.code if refusal else None) == case["code"]
    if refusal:
        raise OpeningError(layer=Layer.MANIFEST)


def tree(case: Case) -> None:
    if root([bytes.fromhex(part) for part in case["part_hashes"]]).hex() != case["root"]:
        raise OpeningError(layer=Layer.ROOT)


def padding(case: Case) -> None:
    assert padded_size("technical", case["content_length"]) == case["padded"]
    assert sealed_length(case["padded"]) == case["sealed"]


def release(case: Case) -> None:
    value, bid = parse_canonical(unb64(case["release"]), KeyRelease), manifest_of(case)
    agency, supervisor = bytes.fromhex(case["agency"]), bytes.fromhex(case["supervisor"])
    session = SessionPublic(
        lot=bid.lot, session=case["session"], office="agency", forms="", evaluation="", suite=bid.suite
    )
    check_release(value, bid, session)
    cek = recover_cek(value, "form", agency, supervisor)
    require_released_key(cek, bid, "form")
    assert cek.hex() == case["cek"]


def signed(verify: Callable[[Signed, bytes], object], layer: Layer) -> Callable[[Case], None]:
    def run(case: Case) -> None:
        document = Signed(unb64(case["payload"]), unb64(case["signature"]))
        try:
            value = verify(document, bytes.fromhex(case["public"]))
        except (SignatureError, CanonicalError) as refused:
            raise OpeningError(layer=layer) from refused
        assert canonical(value) == document.payload

    return run


def archive(case: Case) -> None:
    if "lengths" in case:
        assert archive_length(case["lengths"]) == case["length"]
        return
    with TemporaryDirectory() as folder:
        files = {name: Path(folder, str(number)) for number, name in enumerate(case["files"])}
        for name, path in files.items():
            path.write_bytes(unb64(case["files"][name]))
        try:
            made = b"".join(bytes(block) for block in archive_blocks(files))
        except UnsafeFileNameError as refused:
            raise OpeningError(layer=Layer.CONTAINER) from refused
    assert made == unb64(case["archive"])


def recovery(case: Case) -> None:
    seed = bytes.fromhex(case["seed"])
    assert recovery_code(seed) == case["code"]
    assert seed_of_code(case["spelled"]) == seed


def escrow(case: Case) -> None:
    bid, shares = manifest_of(case), dict[int, bytes]()
    envelope, target = bid.envelope("form"), bid.target("form")
    assert envelope.escrow is not UNSET
    for trustee in TRUSTEES:
        if trustee in case["trustees"]:
            keys = KeyPair.from_private(bytes.fromhex(case["trustees"][trustee]), bid.suite)
            shares |= held_shares(envelope.escrow, target, trustee, keys)
    try:
        cek = together(shares)
    except MalformedKeyError as refused:
        raise OpeningError(layer=Layer.ESCROW) from refused
    require_released_key(cek, bid, "form")
    assert cek.hex() == case["cek"]


def spare(case: Case) -> None:
    """Read, and where it is a whole one made again from form and papers."""
    bid = manifest_of(case)
    with TemporaryDirectory() as folder:
        path = Path(folder, "spare.zip")
        path.write_bytes(unb64(case["spare"]))
        opened, archives = read_spare(path, bid, Path(folder, "inside"))
        assert (form_bytes(opened.form), set(archives)) == (unb64(case["form"]), {"technical"})
        papers = {name: Path(folder, str(number)) for number, name in enumerate(case["papers"])}
        for name, content in case["papers"].items():
            papers[name].write_bytes(unb64(content))
        made = make_spare(opened.form, {"technical": papers}, Path(folder, "made.zip"))
        assert (made, Path(folder, "made.zip").read_bytes()) == (bid.spare, unb64(case["spare"]))


RUN: dict[str, Callable[[Case], None]] = {
    "opening": opening,
    "wrap": wrap,
    "manifest": manifest,
    "root": tree,
    "padding": padding,
    "release": release,
    "escrow": escrow,
    "spare": spare,
    "statement": signed(verify_statement, Layer.STATEMENT),
    "receipt": signed(verify_receipt, Layer.RECEIPT),
    "archive": archive,
    "recovery": recovery,
}
CASES = [
    pytest.param(kind, case, id=f"{kind}: {case['name']}")
    for kind in RUN
    for case in json.loads((FOLDER / f"{kind}.json").read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize(("kind", "case"), CASES)
def test_vector(kind: str, case: Case) -> None:
    if case["layer"] is None:
        RUN[kind](case)
        return
    with pytest.raises(CryptoError) as refused:
        RUN[kind](case)
    assert isinstance(refused.value, OpeningError)
    assert refused.value.layer == case["layer"]


def test_the_files_are_what_the_generator_makes() -> None:
    made = {f"{kind}.json": text_of(kind, cases) for kind, cases in all_files().items()}
    kept = {path.name: path.read_text(encoding="utf-8") for path in FOLDER.glob("*.json")}
    assert kept == made
    assert {f"{kind}.json" for kind in RUN} == set(kept)


def test_every_layer_has_a_case_that_it_refuses() -> None:
    named = {case["layer"] for cases in all_files().values() for case in cases}
    assert named == {None, *Layer}
