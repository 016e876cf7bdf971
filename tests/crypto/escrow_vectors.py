"""Cases of the escrow: shares of a bid's content key, opened by two of three trustees."""

import hashlib
import json
from typing import Any

import rfc8785

from tests.crypto import make_vectors as known
from tests.crypto.make_vectors import CEK, FORM, Case, body, sha, target, x25519
from tests.crypto.reference import b64, fixed, hpke_seal

HELD = {"agency": (1, 2), "supervisor": (0, 2), "notary": (0, 1)}
TRUSTEES = {trustee: x25519(f"trustee {trustee}") for trustee in HELD}
CUT = [fixed("k0"), fixed("k1")]
CUT.append(bytes(a ^ b ^ c for a, b, c in zip(CEK, *CUT, strict=True)))


def bound(label: str, to: bytes, index: int, **more: str) -> bytes:
    value = {"index": index, "target": json.loads(to)} | more
    return label.encode() + b"\0" + rfc8785.dumps(value)


def escrow(to: bytes, cut: list[bytes], shown: list[bytes] | None = None) -> dict[str, Any]:
    """``shown``: what the trustees are given, where that is not what is committed to."""
    commitments = [
        hashlib.sha256(bound("bidding/escrow/v1/commitment", to, index) + share).hexdigest()
        for index, share in enumerate(cut)
    ]
    shares = [
        {
            "index": index,
            "key": sha(TRUSTEES[trustee][1]),
            "trustee": trustee,
            "wrapped": b64(
                hpke_seal(
                    (shown or cut)[index],
                    TRUSTEES[trustee][1],
                    bound("bidding/escrow/v1/share", to, index, trustee=trustee),
                    fixed(f"ephemeral {trustee} {index}"),
                )
            ),
        }
        for trustee, held in HELD.items()
        for index in held
    ]
    return {"commitments": commitments, "shares": shares}


def manifest(sealed: bytes, left: dict[str, Any] | None) -> dict[str, Any]:
    value = known.manifest(sealed, policy="P2")
    envelope = value["envelopes"][0] | ({} if left is None else {"escrow": left})
    return value | {"envelopes": [envelope]}


STATEMENT = "本投标人自己不持有密钥,同意:投标截止后,下列三名受托人中任意两名在开标时开启本投标。"


def alone(sealed: bytes, left: dict[str, Any], **changed: Any) -> dict[str, Any]:
    """Under P3: no key of the bidder's, its consent instead."""
    value = manifest(sealed, left)
    trustees = [sha(TRUSTEES[one][1]) for one in ("agency", "supervisor", "notary")]
    own = {"consent": {"statement": STATEMENT, "trustees": trustees}, "policy": "P3", "recipients": []}
    return value | own | {"envelopes": [value["envelopes"][0] | {"wraps": []}]} | changed


def escrow_cases() -> list[Case]:
    good = body(rfc8785.dumps(FORM))

    def case(name: str, layer: str | None, left: dict[str, Any], *pair: str, **more: Any) -> Case:
        values = {"manifest": b64(rfc8785.dumps(manifest(good, left))), "cek": CEK.hex()}
        trustees = {one: TRUSTEES[one][0].hex() for one in pair or ("supervisor", "notary")}
        return {"name": name, "layer": layer, "trustees": trustees} | values | more

    true = escrow(target(), CUT)
    stranger = {"supervisor": fixed("stranger").hex(), "notary": TRUSTEES["notary"][0].hex()}
    return [
        case("agency and supervisor", None, true, "agency", "supervisor"),
        case("agency and notary", None, true, "agency", "notary"),
        case("supervisor and notary", None, true, "supervisor", "notary"),
        case("no key of the bidder's", None, true, manifest=b64(rfc8785.dumps(alone(good, true)))),
        case("one trustee alone", "escrow", true, "notary"),
        case("another's key", "escrow", true, trustees=stranger),
        case("left for another lot", "escrow", escrow(target(lot="lot-8"), CUT)),
        case("left for another version", "escrow", escrow(target(bid_version=2), CUT)),
        case("a share that was not committed to", "escrow", escrow(target(), CUT, [fixed("x"), *CUT[1:]])),
        case("of another key than the body's", "commitment", escrow(target(), [fixed("x"), *CUT[1:]])),
    ]


def manifest_cases() -> list[Case]:
    good = body(rfc8785.dumps(FORM))
    first = known.manifest_cases()[0]
    trustees = {one: keys[1].hex() for one, keys in TRUSTEES.items()}
    expected = first["expected"] | {"policy": "P2", "trustees": trustees}
    true = escrow(target(), CUT)
    doubled = true | {"shares": [*true["shares"][:5], true["shares"][0]]}
    alien = true | {"shares": [true["shares"][0] | {"key": "0" * 64}, *true["shares"][1:]]}

    under_p3 = expected | {"policy": "P3", "recipients": []}
    strangers = {"statement": STATEMENT, "trustees": [sha(fixed("x"))] * 3}

    def case(name: str, code: str | None, value: dict[str, Any], **more: Any) -> Case:
        values = first | {"manifest": b64(rfc8785.dumps(value)), "expected": expected}
        return (
            values | {"name": f"escrow: {name}", "layer": "manifest" if code else None, "code": code} | more
        )

    return [
        case("accepted", None, manifest(good, true)),
        case("nothing left with trustees", "WRONG_POLICY", manifest(good, None)),
        case("P1 where P2 is declared", "WRONG_POLICY", known.manifest(good)),
        case("left for a stranger", "WRONG_KEY", manifest(good, alien)),
        case("one share twice, one not at all", "WRONG_KEY", manifest(good, doubled)),
        case(
            "left with trustees where none are declared",
            "WRONG_POLICY",
            manifest(good, true) | {"policy": "P1"},
            expected=first["expected"],
        ),
        case("trustees alone", None, alone(good, true), expected=under_p3),
        case("P2 where P3 is declared", "WRONG_POLICY", manifest(good, true), expected=under_p3),
        case("P3 where P2 is declared", "WRONG_POLICY", alone(good, true)),
        case("consent to others", "WRONG_KEY", alone(good, true, consent=strangers), expected=under_p3),
        case(
            "consent to something else",
            "WRONG_KEY",
            alone(good, true, consent=alone(good, true)["consent"] | {"statement": "同意"}),
            expected=under_p3,
        ),
    ]
