"""R-SIGN-01 (签名法 13): acts by a licensed authority's certificate hold offline, at their instant, under its chain."""

import hashlib
from typing import Any

import msgspec
import pytest

from bidding.application.record import Check, verify_bundle, verify_record
from bidding.application.record.format import Certificate, LotRecord
from bidding.crypto.canonical import b64, canonical, parse_canonical, unb64
from bidding.crypto.instant import parse_instant
from bidding.crypto.public_keys import Signer, SoftSigner
from bidding.crypto.sm2 import SM2Signer
from bidding.crypto.statement import Statement, sign_statement
from bidding.crypto.suite import key_id
from tests.crypto.licensed import DAY, ENCRYPTS, Authority, made, name
from tests.crypto.sm2_chain import in_sm2
from tests.records.altering import BUNDLE, FOLDER, KEY, RECORD, bundle_resealed, record_resealed

CASES: list[dict[str, Any]] = msgspec.json.decode((FOLDER / "licensed.json").read_bytes())
USCC = "91420902MA4900002B"
ROOT = Authority("rsa", title="湖北CA根")
ISSUING = Authority("rsa", title="湖北CA签发", parent=ROOT)


def resigned(record: dict[str, Any], kind: str, **fields: Any) -> int:
    """The last public act, as its author signs it with a certificate of ``ISSUING``; which event that is."""
    index, field = next(
        (number, member)
        for number in reversed(range(len(record["events"])))
        for member, value in msgspec.json.decode(record["events"][number]["state"]).items()
        if isinstance(value, dict) and set(value) == {"statement", "signature"}
    )
    event = record["events"][index]
    state = msgspec.json.decode(event["state"])
    said = parse_canonical(state[field]["statement"].encode(), Statement)
    key, at = made("p256" if kind == "sm2" else kind), parse_instant(event["recorded_at"])
    signer: Signer = SM2Signer(hashlib.sha256(b"holder").digest()) if kind == "sm2" else SoftSigner(key)
    changed = msgspec.structs.replace(said, credential=key_id(signer.public))
    signed = sign_statement(signer, changed)
    state[field] = {"statement": signed.payload.decode(), "signature": b64(signed.signature)}
    event["state"] = canonical(state).decode()
    days = {"since": at - DAY, "until": at + DAY, **{k: at + v for k, v in fields.pop("days", {}).items()}}
    subject = name("某单位", fields.pop("named", USCC))
    leaf, *chain = ISSUING.issue(key.public_key(), subject, **days, **fields), ISSUING.der, ROOT.der
    if kind == "sm2":
        leaf, *chain = in_sm2(signer.public, leaf, *chain)
    entry = Certificate(
        credential=key_id(signer.public),
        party=said.by,
        certificate=b64(leaf),
        chain=tuple(map(b64, chain)),
        uscc=USCC,
    )
    record["certificates"].append(msgspec.to_builtins(entry))
    return index


def made_record(kind: str = "rsa", **fields: Any) -> bytes:
    record = msgspec.json.decode(RECORD)
    resigned(record, kind, **fields)
    return canonical(record_resealed(record))


def last(checks: list[Check]) -> Check:
    return checks[-1]


@pytest.mark.parametrize("case", CASES, ids=[one["name"] for one in CASES])
def test_the_cases_that_the_browser_is_held_to_hold_here(case: dict[str, Any]) -> None:
    record = msgspec.json.decode(RECORD)
    record["events"][case["event"]]["state"] = case["state"]
    record["certificates"].append(case["certificate"])
    found = last(verify_record(canonical(record_resealed(record)), KEY.public))
    assert (found.ok, "" if found.ok else found.name) == (not case["step"], case["step"])


@pytest.mark.parametrize("kind", ["rsa", "p256", "ed25519", "sm2"])
def test_the_act_holds_and_the_reader_is_told_under_whose_root(kind: str) -> None:
    checks = verify_record(made_record(kind), KEY.public)
    assert last(checks).ok, last(checks)
    assert any("licensed authorities" in one.name and "--ca-root" in one.name for one in checks)
    record = made_record(kind)
    root = unb64(parse_canonical(record, LotRecord).certificates[-1].chain[-1])
    trusted = verify_record(record, KEY.public, ca_roots=[root])
    assert last(trusted).ok
    assert any("a root that you gave" in one.name for one in trusted)


def test_it_holds_in_a_bundle_too() -> None:
    bundle = msgspec.json.decode(BUNDLE)
    resigned(bundle["record"], "p256")
    checks = verify_bundle(canonical(bundle_resealed(bundle)), KEY.public, ca_roots=[ROOT.der])
    assert last(checks).ok, last(checks)


@pytest.mark.parametrize(
    ("fields", "step"),
    [
        ({"days": {"since": -9 * DAY, "until": -DAY}}, "acts"),
        ({"days": {"since": DAY, "until": 9 * DAY}}, "acts"),
        ({"uses": ENCRYPTS}, "certificates"),
        ({"named": "91110000101623741K"}, "certificates"),
        ({"named": ""}, "certificates"),
    ],
)
def test_out_of_its_days_at_the_act_or_for_another_unit_or_use_it_fails(fields: Any, step: str) -> None:
    found = last(verify_record(made_record(**fields), KEY.public))
    assert (found.ok, found.name) == (False, step)


def test_under_another_root_than_the_readers_it_fails() -> None:
    stranger = Authority("rsa", title="湖北CA根")
    found = last(verify_record(made_record(), KEY.public, ca_roots=[stranger.der]))
    assert (found.ok, found.name) == (False, "acts")
    assert "no chain" in found.fault


@pytest.mark.parametrize("link", [[0], [1], [1, 0]])
def test_a_chain_that_is_not_whole_fails(link: list[int]) -> None:
    record = msgspec.json.decode(made_record())
    entry = record["certificates"][-1]
    entry["chain"] = [entry["chain"][place] for place in link]
    found = last(verify_record(canonical(record_resealed(record)), KEY.public))
    assert (found.ok, found.name) == (False, "certificates")


def test_the_platform_itself_cannot_put_another_certificate_behind_the_act() -> None:
    record = msgspec.json.decode(made_record())
    key = made("rsa")
    entry = record["certificates"][-1]
    entry["certificate"] = b64(ISSUING.issue(key.public_key(), name("某单位", USCC)))
    found = last(verify_record(canonical(record_resealed(record)), KEY.public))
    assert (found.ok, found.name) == (False, "certificates")


def test_a_record_without_such_certificates_is_written_as_ever() -> None:
    assert canonical(parse_canonical(RECORD, LotRecord)) == RECORD
