"""Makes tests/vectors/sealed-bids/*.json from the second implementation; run it, and the files do not change.

python -m tests.crypto.make_vectors
"""

import hashlib
import json
from pathlib import Path
from typing import Any

import rfc8785
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from tests.crypto import reference
from tests.crypto.container_vectors import archive_cases, recovery_cases
from tests.crypto.reference import b64, fixed, hpke_seal, tree_root

FOLDER = Path(__file__).parents[1] / "vectors" / "sealed-bids"
Case = dict[str, Any]


def x25519(label: str) -> tuple[bytes, bytes]:
    private = fixed(label)
    return private, X25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def ed25519(label: str) -> tuple[bytes, bytes]:
    private = fixed(label)
    return private, Ed25519PrivateKey.from_private_bytes(private).public_key().public_bytes_raw()


def signature(label: str, payload: bytes, private: bytes) -> bytes:
    return Ed25519PrivateKey.from_private_bytes(private).sign(label.encode() + b"\0" + payload)


def sha(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


LOT, BIDDER, SESSION = "lot-7", "party-3", "session-1"
DOCUMENT = sha(b"tender document, version 2")
CEK = fixed("cek")
NONCE = fixed("draw nonce")
DEVICE = x25519("device")
BIDDER_KEY, PLATFORM_KEY = ed25519("bidder"), ed25519("platform")
FORM: dict[str, Any] = {
    "draw_nonce": b64(NONCE),
    "duration_days": 180,
    "extras": {"质量保修期": "24 个月"},
    "note": "",
    "price_fen": 123456789,
    "project_lead": "张三",
    "quality": "合格",
}
AT = "2026-06-01T01:30:00.250Z"


def target(**changed: Any) -> bytes:
    value: dict[str, Any] = {
        "bid_version": 1,
        "bidder": BIDDER,
        "document_hash": DOCUMENT,
        "document_version": 2,
        "envelope": "form",
        "lot": LOT,
        "suite": "intl-1",
    }
    return rfc8785.dumps(value | changed)


def wrapped(label: str, cek: bytes = CEK, bound: bytes | None = None) -> bytes:
    return hpke_seal(
        cek, DEVICE[1], b"bidding/sealed-bid/v1/wrap\0" + (bound or target()), fixed(f"ephemeral {label}")
    )


def manifest(body: bytes, **changed: Any) -> dict[str, Any]:
    commit = b"bidding/draw/commit/v1\0" + rfc8785.dumps([LOT, BIDDER]) + NONCE
    key = sha(DEVICE[1])
    return {
        "bid_version": 1,
        "bidder": BIDDER,
        "document_hash": DOCUMENT,
        "document_version": 2,
        "draw_nonce_hash": sha(commit),
        "envelopes": [
            {
                "header": b64(body[8:64].ljust(56, b"\0")),
                "name": "form",
                "part_count": 1,
                "root": tree_root(body).hex(),
                "sealed_length": len(body),
                "wraps": [{"key": key, "wrapped": b64(wrapped("wrap"))}],
            }
        ],
        "lot": LOT,
        "policy": "P1",
        "recipients": [{"key": key, "public": b64(DEVICE[1])}],
        "suite": "intl-1",
        "supersedes": None,
        "v": 1,
    } | changed


def body(content: bytes, bound: bytes | None = None, cek: bytes = CEK) -> bytes:
    return reference.body("form", content, cek, bound or target(), fixed("salt", 24))


def raw_body(plaintext: bytes) -> bytes:
    context = b"bidding/sealed-bid/v1/body\0" + target()
    return b"100FWB1\n" + reference.cobblestone(CEK, context, fixed("salt", 24), plaintext)


def flipped(data: bytes, at: int) -> bytes:
    return data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :]


def opening_cases() -> list[Case]:
    form = rfc8785.dumps(FORM)
    good = body(form)

    def case(name: str, layer: str | None, sealed: bytes, signed_for: bytes, **more: Any) -> Case:
        values = {"cek": CEK.hex(), "manifest": b64(rfc8785.dumps(manifest(signed_for)))} | more
        return {"name": name, "layer": layer, "sealed": b64(sealed)} | values

    def form_case(name: str, content: bytes) -> Case:
        return case(name, "form", body(content), body(content))

    padded = reference.padded("form", form)
    wrong_padding = (
        ("padding is not zero", padded[:-1] + b"\x01"),
        ("a form of 8192 bytes", padded.ljust(8192, b"\0")),
        ("length beyond the end", (4089).to_bytes(8, "big") + padded[8:]),
        ("no room for the length", b"\0" * 7),
    )
    other_nonce = manifest(good, draw_nonce_hash="0" * 64)
    labels = dict.fromkeys(
        ("__proto__", "constructor", "（备注", "\U00020bb7利", "e\u0301"), "说明 \u200d\U0001f6e0"
    )
    labelled = rfc8785.dumps(FORM | {"extras": labels | {"空": ""}})
    return [
        case("a form", None, good, good, content=b64(form)),
        case("labels of every kind", None, body(labelled), body(labelled), content=b64(labelled)),
        case("damaged in the store", "root", flipped(good, 900), good),
        case("truncated in the store", "root", good[:-1], good),
        case("empty in the store", "root", b"", good),
        case("damaged, and another key released", "root", flipped(good, 900), good, cek=fixed("x").hex()),
        case("no magic", "manifest", flipped(good, 0), flipped(good, 0)),
        case("shorter than a header", "manifest", good[:63], good[:63]),
        case("another key released", "commitment", good, good, cek=fixed("x").hex()),
        *(
            case(f"sealed for another {field}", "commitment", moved, moved)
            for field, value in (
                ("lot", "lot-8"),
                ("bidder", "party-4"),
                ("envelope", "technical"),
                ("bid_version", 2),
                ("document_version", 1),
                ("document_hash", "0" * 64),
            )
            for moved in (body(form, target(**{field: value})),)
        ),
        case("altered commitment", "commitment", flipped(good, 40), flipped(good, 40)),
        case("altered chunk", "aead", flipped(good, 900), flipped(good, 900)),
        case("altered tag", "aead", flipped(good, len(good) - 1), flipped(good, len(good) - 1)),
        case("truncated before signing", "aead", good[:-1], good[:-1]),
        case("trailing byte", "aead", good + b"\0", good + b"\0"),
        case("header alone", "aead", good[:64], good[:64]),
        *(case(name, "padding", raw_body(plain), raw_body(plain)) for name, plain in wrong_padding),
        form_case("price as text", rfc8785.dumps(FORM | {"price_fen": "1"})),
        form_case("price with decimals", rfc8785.dumps(FORM | {"price_fen": 1.5})),
        form_case("negative price", rfc8785.dumps(FORM | {"price_fen": -1})),
        form_case("unknown field", rfc8785.dumps(FORM | {"discount": 1})),
        form_case("missing field", rfc8785.dumps({k: v for k, v in FORM.items() if k != "quality"})),
        form_case("a line of its own in the quality", rfc8785.dumps(FORM | {"quality": "合格\n报价：1 元"})),
        form_case("a separator of lines", rfc8785.dumps(FORM | {"quality": "合格\u2028报价：1 元"})),
        form_case("a lead of blanks", rfc8785.dumps(FORM | {"project_lead": "\u3000 \u200b\u00a0"})),
        form_case("a label of blanks", rfc8785.dumps(FORM | {"extras": {" ": "x"}})),
        form_case("a value that turns round", rfc8785.dumps(FORM | {"extras": {"工期": "\u202e52"}})),
        form_case("a value with NUL", rfc8785.dumps(FORM | {"extras": {"工期": "\0"}})),
        form_case("two prices", form.replace(b'"price_fen":', b'"price_fen":1,"price_fen":')),
        form_case("a space", form.replace(b'"note":', b'"note": ')),
        form_case("float spelling of an integer", form.replace(b"123456789", b"123456789.0")),
        form_case("not JSON", b"price: 1"),
        form_case("nothing", b""),
        case(
            "another draw nonce than committed to",
            "form",
            good,
            good,
            manifest=b64(rfc8785.dumps(other_nonce)),
        ),
    ]


def wrap_cases() -> list[Case]:
    def case(name: str, layer: str | None, data: bytes, **more: Any) -> Case:
        bound = json.loads(target())
        known = {"private": DEVICE[0].hex(), "target": bound, "wrapped": b64(data), "cek": CEK.hex()}
        return {"name": name, "layer": layer} | known | more

    good = wrapped("wrap")
    return [
        case("for this device", None, good),
        case("another device", "manifest", good, private=fixed("stranger").hex()),
        case("moved to another lot", "manifest", wrapped("wrap", bound=target(lot="lot-8"))),
        case("moved to another envelope", "manifest", wrapped("wrap", bound=target(envelope="technical"))),
        case("altered encapsulation", "manifest", flipped(good, 3)),
        case("altered ciphertext", "manifest", flipped(good, 50)),
    ]


def signed_cases(label: str, layer: str, value: dict[str, Any], key: tuple[bytes, bytes]) -> list[Case]:
    payload = rfc8785.dumps(value)

    def case(name: str, layer: str | None, data: bytes, mark: bytes, public: bytes = key[1]) -> Case:
        values = {"payload": b64(data), "signature": b64(mark), "public": public.hex()}
        return {"name": name, "layer": layer, "label": label} | values

    spaced = payload.replace(b'"v":1', b'"v": 1')
    doubled = payload.replace(b'"v":1', b'"v":1,"v":1')
    unknown, future = (rfc8785.dumps(value | more) for more in ({"x": 1}, {"v": 2}))
    return [
        case("signed", None, payload, signature(label, payload, key[0])),
        case("another key", layer, payload, signature(label, payload, key[0]), ed25519("other")[1]),
        case("altered payload", layer, flipped(payload, 20), signature(label, payload, key[0])),
        case("altered signature", layer, payload, flipped(signature(label, payload, key[0]), 5)),
        case("signed under another label", layer, payload, signature("bidding/x/v1", payload, key[0])),
        case(
            "signed without a label",
            layer,
            payload,
            Ed25519PrivateKey.from_private_bytes(key[0]).sign(payload),
        ),
        *(
            case(name, layer, data, signature(label, data, key[0]))
            for name, data in (
                ("signed, not canonical: a space", spaced),
                ("signed, not canonical: a field twice", doubled),
                ("signed, with an unknown field", unknown),
                ("signed, of another version", future),
                ("signed, not JSON", b"{"),
            )
        ),
    ]


def statement_cases() -> list[Case]:
    value: dict[str, Any] = {
        "act": "bid.withdraw",
        "at": AT,
        "body": {"manifest_hash": sha(b"manifest"), "reason": "报价有误"},
        "by": BIDDER,
        "credential": sha(BIDDER_KEY[1]),
        "lot": LOT,
        "v": 1,
    }
    cases = signed_cases("bidding/act/v1", "statement", value, BIDDER_KEY)
    for name, changed in (
        ("names another credential", {"credential": "0" * 64}),
        ("instant with an offset", {"at": "2026-06-01T09:30:00.250+08:00"}),
        ("instant without milliseconds", {"at": "2026-06-01T01:30:00Z"}),
    ):
        payload = rfc8785.dumps(value | changed)
        mark = signature("bidding/act/v1", payload, BIDDER_KEY[0])
        spoilt = {"payload": b64(payload), "signature": b64(mark), "public": BIDDER_KEY[1].hex()}
        cases.append({"name": name, "layer": "statement", "label": "bidding/act/v1"} | spoilt)
    return cases


def receipt_cases() -> list[Case]:
    value = {
        "bid_version": 1,
        "bidder": BIDDER,
        "bytes": 4184,
        "completed_at": AT,
        "lot": LOT,
        "manifest_hash": sha(b"manifest"),
        "platform_key": sha(PLATFORM_KEY[1]),
        "receipt_number": "ABCDEFGHIJKLMNOPQRSTUVWXY2",
        "roots": {"form": sha(b"root")},
        "uscc": "91420900MA4XXXXX0R",
        "v": 1,
    }
    return signed_cases("bidding/receipt/v1", "receipt", value, PLATFORM_KEY)


def manifest_cases() -> list[Case]:
    good = body(rfc8785.dumps(FORM))
    expected = {
        "lot": LOT,
        "bidder": BIDDER,
        "document_hash": DOCUMENT,
        "document_version": 2,
        "bid_version": 1,
        "supersedes": None,
        "suites": ["intl-1"],
        "policy": "P1",
        "envelopes": ["form"],
        "recipients": [DEVICE[1].hex()],
    }
    upload = {"length": len(good), "first_bytes": good[:64].hex(), "part_hashes": [sha(good)]}

    def case(name: str, code: str | None, value: dict[str, Any] | None = None, **more: Any) -> Case:
        manifest_value = value or manifest(good)
        known = {"manifest": b64(rfc8785.dumps(manifest_value)), "expected": expected, "upload": upload}
        return {"name": name, "layer": "manifest" if code else None, "code": code} | known | more

    def envelope(**changed: Any) -> dict[str, Any]:
        value = manifest(good)
        return value | {"envelopes": [value["envelopes"][0] | changed]}

    stranger = x25519("stranger")[1]
    alien = [{"key": sha(stranger), "public": b64(stranger)}]
    return [
        case("accepted", None),
        case("another lot", "WRONG_LOT", manifest(good, lot="lot-8")),
        case("another bidder", "WRONG_BIDDER", manifest(good, bidder="party-4")),
        case("an older document", "WRONG_DOCUMENT_VERSION", manifest(good, document_version=1)),
        case("another document", "WRONG_DOCUMENT_VERSION", manifest(good, document_hash="0" * 64)),
        case("a version too far", "WRONG_VERSION", manifest(good, bid_version=2)),
        case("supersedes nothing known", "WRONG_VERSION", manifest(good, supersedes="0" * 64)),
        case("another suite", "WRONG_SUITE", manifest(good, suite="gm-1")),
        case("another policy", "WRONG_POLICY", manifest(good, policy="P2")),
        case("another envelope", "WRONG_ENVELOPES", envelope(name="technical")),
        case("a key that is not enrolled", "WRONG_KEY", manifest(good, recipients=alien)),
        case(
            "wraps for nobody named",
            "WRONG_KEY",
            envelope(wraps=[{"key": "0" * 64, "wrapped": b64(wrapped("wrap"))}]),
        ),
        case("a length no form has", "TRUNCATED", envelope(sealed_length=len(good) - 1)),
        case("more parts than bytes", "MALFORMED", envelope(part_count=2)),
        case("less has arrived", "TRUNCATED", upload=upload | {"length": 100}),
        case("a PDF has arrived", "PLAINTEXT", upload=upload | {"first_bytes": b"%PDF-1.7".ljust(64).hex()}),
        case("another header has arrived", "HEADER_MISMATCH", envelope(header=b64(bytes(56)))),
        case("another body has arrived", "ROOT_MISMATCH", envelope(root="0" * 64)),
    ]


def root_cases() -> list[Case]:
    hashes = [sha(bytes([number])) for number in range(7)]

    def head(leaves: list[str]) -> bytes:
        if len(leaves) == 1:
            return hashlib.sha256(b"\0" + bytes.fromhex(leaves[0])).digest()
        k = 1 << ((len(leaves) - 1).bit_length() - 1)
        return hashlib.sha256(b"\1" + head(leaves[:k]) + head(leaves[k:])).digest()

    good = [
        {
            "name": f"{count} parts",
            "layer": None,
            "part_hashes": hashes[:count],
            "root": head(hashes[:count]).hex(),
        }
        for count in range(1, 8)
    ]
    swapped = [hashes[1], hashes[0], *hashes[2:]]
    whole = head(hashes).hex()
    return [
        *good,
        {"name": "no part", "layer": None, "part_hashes": [], "root": sha(b"")},
        {"name": "parts in another order", "layer": "root", "part_hashes": swapped, "root": whole},
        {"name": "a part less", "layer": "root", "part_hashes": hashes[:-1], "root": whole},
        {"name": "without the leaf prefix", "layer": "root", "part_hashes": hashes[:1], "root": hashes[0]},
    ]


def release_cases() -> list[Case]:
    offices = {office: x25519(f"{office} forms") for office in ("agency", "supervisor")}
    good = body(rfc8785.dumps(FORM))
    bid = manifest(good)
    address = {
        "bidder": BIDDER,
        "lot": LOT,
        "manifest_hash": sha(rfc8785.dumps(bid)),
        "session": SESSION,
        "suite": "intl-1",
    }

    def release(cek: bytes = CEK, bound: dict[str, str] | None = None, **changed: Any) -> dict[str, Any]:
        mask = fixed("mask")
        shares = {"agency": mask, "supervisor": bytes(a ^ b for a, b in zip(cek, mask, strict=True))}
        made = {}
        for office, share in shares.items():
            info = b"bidding/release/v1/share\0" + rfc8785.dumps(
                (bound or address) | {"envelope": "form", "office": office}
            )
            made[office] = b64(hpke_seal(share, offices[office][1], info, fixed(f"ephemeral {office}")))
        return address | {"shares": [{"envelope": "form"} | made], "v": 1} | changed

    def case(name: str, layer: str | None, value: dict[str, Any], **more: Any) -> Case:
        known = {office: keys[0].hex() for office, keys in offices.items()} | {"session": SESSION}
        known |= {"release": b64(rfc8785.dumps(value)), "manifest": b64(rfc8785.dumps(bid)), "cek": CEK.hex()}
        return {"name": name, "layer": layer} | known | more

    shares = release()["shares"][0]
    exchanged = shares | {"agency": shares["supervisor"], "supervisor": shares["agency"]}
    return [
        case("released", None, release()),
        case("another key released", "commitment", release(fixed("x"))),
        case("for another session", "release", release(session="session-2")),
        case("for another manifest", "release", release(manifest_hash="0" * 64)),
        case("shares made for another lot", "release", release(bound=address | {"lot": "lot-8"})),
        case("shares made for another session", "release", release(bound=address | {"session": "s2"})),
        case("offices exchanged", "release", release(shares=[exchanged])),
        case("no form in it", "release", release(shares=[shares | {"envelope": "technical"}])),
        case("the agency's key is another", "release", release(), agency=fixed("x").hex()),
        case("the supervisor's key is another", "release", release(), supervisor=fixed("x").hex()),
    ]


def padding_cases() -> list[Case]:
    lengths = [0, 1, 7, 8, 9, 100, 1000, 16376, 16377, 100_000, 8 * 2**20, 2**32, 5 * 2**30 + 7]
    return [
        {
            "name": f"{n} bytes",
            "layer": None,
            "content_length": n,
            "padded": p,
            "sealed": 64 + p + 16 * (p // 16384 + 1),
        }
        for n in lengths
        for p in (reference.padme(n + 8),)
    ]


def all_files() -> dict[str, list[Case]]:
    # They build on the cases above.
    from tests.crypto import escrow_vectors as escrow
    from tests.crypto import spare_vectors as spare
    from tests.crypto import suite_vectors as of

    others = (of.PQ, of.GM)
    return {
        "opening": opening_cases() + [case for own in others for case in of.opening_cases(own)],
        "wrap": wrap_cases() + [case for own in others for case in of.wrap_cases(own)],
        "manifest": manifest_cases()
        + [case for own in others for case in of.manifest_cases(own)]
        + escrow.manifest_cases()
        + spare.manifest_cases(),
        "escrow": escrow.escrow_cases(),
        "spare": spare.spare_cases(),
        "root": root_cases(),
        "padding": padding_cases(),
        "release": release_cases() + [case for own in others for case in of.release_cases(own)],
        "statement": statement_cases(),
        "receipt": receipt_cases(),
        "archive": archive_cases(),
        "recovery": recovery_cases(),
    }


def text_of(kind: str, cases: list[Case]) -> str:
    document = {"format": "bidding/sealed-bids/v1", "kind": kind, "cases": cases}
    return json.dumps(document, ensure_ascii=False, indent=1) + "\n"


def main() -> None:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for kind, cases in all_files().items():
        (FOLDER / f"{kind}.json").write_text(text_of(kind, cases), encoding="utf-8")


if __name__ == "__main__":
    main()
