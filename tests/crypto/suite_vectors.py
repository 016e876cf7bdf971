"""Cases of the other suites: the same kinds with keys, sizes and algorithms of their own."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import rfc8785

from bidding.crypto.canonical import unb64
from tests.crypto import gm, reference
from tests.crypto import make_vectors as known
from tests.crypto.make_vectors import CEK, FORM, LOT, SESSION, Case, body, flipped, sha, target
from tests.crypto.reference import b64, fixed
from tests.crypto.xwing import public_of, xwing_seal


@dataclass(frozen=True)
class Algorithms:
    """``seal(secret, public, info, label)``: wraps with random values made of the label."""

    suite: str
    public_of: Callable[[bytes], bytes]
    seal: Callable[[bytes, bytes, bytes, str], bytes]
    sealed: Callable[[str, bytes, bytes, bytes, bytes], bytes]

    def pair(self, label: str) -> tuple[bytes, bytes]:
        private = fixed(f"{self.suite} {label}")
        return private, self.public_of(private)

    @property
    def bound(self) -> bytes:
        return target(suite=self.suite)

    def body(self, content: bytes) -> bytes:
        return self.sealed("form", content, CEK, self.bound, fixed("salt", 24))

    def wrapped(self, bound: bytes) -> bytes:
        info = b"bidding/sealed-bid/v1/wrap\0" + bound
        return self.seal(CEK, self.pair("device")[1], info, "wrap")

    def manifest(self, sealed: bytes, **changed: Any) -> dict[str, Any]:
        public = self.pair("device")[1]
        wraps = [{"key": sha(public), "wrapped": b64(self.wrapped(self.bound))}]
        value = known.manifest(sealed)
        envelope = value["envelopes"][0] | {"wraps": wraps}
        recipients = [{"key": sha(public), "public": b64(public)}]
        return value | {"envelopes": [envelope], "recipients": recipients, "suite": self.suite} | changed


PQ = Algorithms(
    "intl-pq",
    public_of,
    lambda secret, public, info, label: xwing_seal(secret, public, info, fixed(f"eseed {label}", 64)),
    reference.body,
)


GM = Algorithms(
    "gm-1",
    gm.public_of,
    lambda secret, public, info, label: gm.gm_seal(secret, public, info, fixed(f"k {label}")),
    gm.body,
)


def wrap_cases(own: Algorithms) -> list[Case]:
    private, _ = own.pair("device")
    good = own.wrapped(own.bound)

    def case(name: str, layer: str | None, data: bytes, **more: Any) -> Case:
        bound = json.loads(own.bound)
        values = {"private": private.hex(), "target": bound, "wrapped": b64(data), "cek": CEK.hex()}
        return {"name": f"{own.suite}: {name}", "layer": layer} | values | more

    return [
        case("for this device", None, good),
        case("another device", "manifest", good, private=own.pair("stranger")[0].hex()),
        case("moved to another lot", "manifest", own.wrapped(target(suite=own.suite, lot="lot-8"))),
        case("moved to another suite", "manifest", own.wrapped(target())),
        *(
            case(f"altered at {at}", "manifest", flipped(good, at))
            for at in (3, len(good) - 40, len(good) - 1)
        ),
        case("cut", "manifest", good[:-1]),
    ]


def opening_cases(own: Algorithms) -> list[Case]:
    form = rfc8785.dumps(FORM)
    sealed, other = own.body(form), body(form)

    def case(name: str, layer: str | None, data: bytes, **more: Any) -> Case:
        values = {"cek": CEK.hex(), "manifest": b64(rfc8785.dumps(own.manifest(data)))}
        return {"name": f"{own.suite}: {name}", "layer": layer, "sealed": b64(data)} | values | more

    return [
        case("a form", None, sealed, content=b64(form)),
        case("sealed for another suite", "commitment", other),
        case("altered chunk", "aead", flipped(sealed, 900)),
        case("truncated before signing", "aead", sealed[:-1]),
    ]


def manifest_cases(own: Algorithms) -> list[Case]:
    good = own.body(rfc8785.dumps(FORM))
    expected = known.manifest_cases()[0]["expected"] | {
        "suites": [own.suite],
        "recipients": [own.pair("device")[1].hex()],
    }
    upload = {"length": len(good), "first_bytes": good[:64].hex(), "part_hashes": [sha(good)]}

    def case(name: str, code: str | None, value: dict[str, Any]) -> Case:
        values = {"manifest": b64(rfc8785.dumps(value)), "expected": expected, "upload": upload}
        return {"name": f"{own.suite}: {name}", "layer": "manifest" if code else None, "code": code} | values

    short = known.manifest(good)["envelopes"][0]["wraps"][0]["wrapped"]
    value = own.manifest(good)
    key = value["recipients"][0]["key"]
    small = value["envelopes"][0] | {"wraps": [{"key": key, "wrapped": short}]}
    return [
        case("accepted", None, value),
        case("a bid of another suite", "WRONG_SUITE", known.manifest(good)),
        case("recipients of another suite", "WRONG_KEY", known.manifest(good) | {"suite": own.suite}),
        case("a wrap of another suite's size", "WRONG_KEY", value | {"envelopes": [small]}),
    ]


def release_cases(own: Algorithms) -> list[Case]:
    offices = {office: own.pair(f"{office} forms") for office in ("agency", "supervisor")}
    bid = own.manifest(own.body(rfc8785.dumps(FORM)))
    address = {
        "bidder": known.BIDDER,
        "lot": LOT,
        "manifest_hash": sha(rfc8785.dumps(bid)),
        "session": SESSION,
        "suite": own.suite,
    }

    def release(cek: bytes = CEK, bound: dict[str, str] | None = None) -> dict[str, Any]:
        mask = fixed("mask")
        shares = {"agency": mask, "supervisor": bytes(a ^ b for a, b in zip(cek, mask, strict=True))}
        made = {}
        for office, share in shares.items():
            info = b"bidding/release/v1/share\0" + rfc8785.dumps(
                (bound or address) | {"envelope": "form", "office": office}
            )
            made[office] = b64(own.seal(share, offices[office][1], info, office))
        return address | {"shares": [{"envelope": "form"} | made], "v": 1}

    def case(name: str, layer: str | None, value: dict[str, Any], **more: Any) -> Case:
        values = {office: keys[0].hex() for office, keys in offices.items()} | {"session": SESSION}
        values |= {"release": b64(rfc8785.dumps(value)), "manifest": b64(rfc8785.dumps(bid))}
        return {"name": f"{own.suite}: {name}", "layer": layer, "cek": CEK.hex()} | values | more

    short = known.release_cases()[0]
    foreign = json.loads(unb64(short["release"]))["shares"]
    return [
        case("released", None, release()),
        case("another key released", "commitment", release(fixed("x"))),
        case("shares made for another lot", "release", release(bound=address | {"lot": "lot-8"})),
        case("shares of another suite's size", "release", release() | {"shares": foreign}),
        case("the agency's key is another", "release", release(), agency=fixed("x").hex()),
    ]
