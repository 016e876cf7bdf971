"""The form's schema, labels of signatures, receipts, instants, and that no error or repr shows a key."""

import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
from msgspec import structs

from bidding.crypto import errors
from bidding.crypto.canonical import b64, canonical
from bidding.crypto.credentials import DeviceCredential, SigningKey
from bidding.crypto.errors import (
    CanonicalError,
    CryptoError,
    FormError,
    FormTooLongError,
    Layer,
    SignatureError,
)
from bidding.crypto.form import draw_nonce_hash, form_bytes, parse_form
from bidding.crypto.instant import instant, parse_instant
from bidding.crypto.jobs import FormToOpen
from bidding.crypto.key_file import _Plain
from bidding.crypto.manifest import sign_manifest, verify_manifest
from bidding.crypto.receipt import (
    Receipt,
    RefusalReceipt,
    new_receipt_number,
    sign_receipt,
    sign_refusal,
    verify_receipt,
    verify_refusal,
)
from bidding.crypto.session import SessionKeys
from bidding.crypto.statement import Statement, read_statement, sign_statement, verify_statement
from tests.crypto.conftest import BIDDER, LOT, Sealed, counted_bytes, make_form

KEY = SigningKey.generate(counted_bytes("signer"))
AT = instant(datetime(2026, 6, 1, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("price_fen", -1),
        ("price_fen", "1"),
        ("price_fen", 2**53),
        ("duration_days", None),
        ("quality", ""),
        ("quality", "合格\n"),
        ("project_lead", "\u3000 "),
        ("project_lead", "x" * 201),
        ("draw_nonce", b64(bytes(31))),
        ("note", "x" * 1001),
    ],
)
def test_a_form_error_names_the_field(field: str, value: object) -> None:
    with pytest.raises((FormError, CanonicalError)) as refused:
        form_bytes(make_form(**{field: value}))
    if isinstance(refused.value, FormError):
        assert refused.value.field == f"$.{field}"
        assert refused.value.layer is Layer.FORM
    else:
        assert value == 2**53


def test_a_form_that_does_not_fit_says_so() -> None:
    extras = {f"项目{number}": "长" * 100 for number in range(14)}
    with pytest.raises(FormTooLongError) as refused:
        form_bytes(make_form(extras=extras))
    assert refused.value.limit == 4088
    assert parse_form(form_bytes(make_form())) == make_form()


def test_the_draw_commitment_is_this_bidders_alone() -> None:
    nonce = b64(bytes(32))
    hashes = {
        draw_nonce_hash(*pair, nonce) for pair in ((LOT, BIDDER), (LOT, "x"), ("x", BIDDER), ("l", "ot"))
    }
    assert len(hashes) == 4


def statement(**changed: Any) -> Statement:
    values: dict[str, Any] = {
        "act": "bid.withdraw",
        "lot": LOT,
        "by": BIDDER,
        "credential": KEY.id,
        "at": AT,
        "body": {"reason": "报价有误"},
    }
    return Statement(**(values | changed))


def test_a_statement_is_the_credentials_own() -> None:
    signed = sign_statement(KEY.private, statement())
    assert verify_statement(signed, KEY.public) == statement() == read_statement(signed)
    assert signed.to_json().to_signed() == signed
    with pytest.raises(SignatureError):
        verify_statement(sign_statement(KEY.private, statement(credential="0" * 64)), KEY.public)
    with pytest.raises(SignatureError):
        verify_statement(signed, SigningKey.generate().public)


@pytest.mark.parametrize(
    "changed", [{"act": "Bid"}, {"act": ""}, {"at": "2026-06-01"}, {"credential": "x"}, {"by": ""}]
)
def test_nothing_malformed_is_ever_signed(changed: dict[str, Any]) -> None:
    with pytest.raises(CanonicalError):
        sign_statement(KEY.private, statement(**changed))


def test_a_signature_serves_one_kind_of_document(sealed: Sealed) -> None:
    signed = sign_manifest(KEY.private, sealed.bid.manifest)
    assert verify_manifest(signed, KEY.public) == sealed.bid.manifest
    with pytest.raises(SignatureError):
        verify_statement(signed, KEY.public)
    with pytest.raises(SignatureError):
        verify_receipt(signed, KEY.public)


def test_receipts_and_refusals_are_checked_offline(sealed: Sealed) -> None:
    receipt = Receipt(
        receipt_number=new_receipt_number(counted_bytes("receipt")),
        lot=LOT,
        bidder=BIDDER,
        uscc="91420900MA4XXXXX0R",
        bid_version=1,
        manifest_hash="ab" * 32,
        roots=sealed.bid.manifest.roots,
        bytes=sealed.bid.manifest.sealed_length,
        completed_at=AT,
        platform_key=KEY.id,
    )
    refusal = RefusalReceipt(
        receipt_number=new_receipt_number(),
        lot=LOT,
        bidder=BIDDER,
        code="LATE",
        refused_at=AT,
        platform_key=KEY.id,
    )
    assert verify_receipt(sign_receipt(KEY.private, receipt), KEY.public) == receipt
    assert verify_refusal(sign_refusal(KEY.private, refusal), KEY.public) == refusal
    with pytest.raises(SignatureError):
        verify_refusal(sign_receipt(KEY.private, receipt), KEY.public)
    for other in (structs.replace(receipt, platform_key="0" * 64),):
        with pytest.raises(SignatureError):
            verify_receipt(sign_receipt(KEY.private, other), KEY.public)
    with pytest.raises(CanonicalError):
        sign_receipt(KEY.private, structs.replace(receipt, receipt_number="1"))


def test_receipt_numbers_are_random_and_of_one_length() -> None:
    numbers = {new_receipt_number() for _ in range(100)}
    assert len(numbers) == 100
    assert {len(number) for number in numbers} == {26}


def test_an_instant_has_one_spelling() -> None:
    shanghai = timezone(timedelta(hours=8))
    assert instant(datetime(2026, 6, 1, 9, 30, 0, 999_999, shanghai)) == "2026-06-01T01:30:00.999Z"
    assert instant(parse_instant(AT)) == AT
    with pytest.raises(ValueError, match="time zone"):
        instant(datetime(2026, 6, 1))  # noqa: DTZ001  # the naive time is what is refused
    for text in (
        "２０２６-06-01T01:30:00.000Z",
        "2026-06-01T01:30:00Z",
        "2026-06-31T01:30:00.000Z",
        "2026-06-01T09:30:00.000+08:00",
    ):
        with pytest.raises(CanonicalError):
            parse_instant(text)


def test_no_repr_shows_a_private_key(sealed: Sealed) -> None:
    seed = bytes(range(65, 97))
    device, session = DeviceCredential.generate(lambda size: seed), SessionKeys.generate(lambda size: seed)
    form = FormToOpen(b"", sealed.bid.manifest, seed)
    plain = _Plain(signing=b64(seed), opening=b64(seed))
    for holder in (device, device.signing, device.opening, session, form, plain):
        for text in (repr(holder), str(holder)):
            assert repr(seed)[2:-1] not in text
            assert b64(seed) not in text
            assert seed.hex() not in text


def test_errors_cross_processes_and_carry_data() -> None:
    examples: list[CryptoError] = [
        errors.CanonicalError(reason="r", path="$.a"),
        errors.UnsupportedSuiteError(suite="gm-1"),
        errors.WrongPassphraseError(what="w"),
        errors.LengthMismatchError(announced=1, found=2),
        errors.FormTooLongError(found=2, limit=1),
        errors.UnsafeFileNameError(name="../\u202e", reason="r"),
        errors.OpeningError(layer=Layer.AEAD, envelope="form", reason="r"),
        errors.FormError(field="$.a", reason="r"),
        errors.SignatureError(label="l", reason="r"),
        errors.CertificateError(reason="r"),
        errors.SessionKeyError(reason="r"),
        errors.DeliveryProofError(place="p"),
        errors.WorkerDiedError(job="j", exit_code=-9),
        errors.WorkersClosedError(),
    ]
    for error in examples:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert str(error).isprintable()


def test_the_printed_tree_lists_every_error() -> None:
    described = errors.__doc__ or ""
    kinds = [
        kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, CryptoError)
    ]
    assert all(kind.__name__ in described for kind in kinds)
    assert all(kind.__doc__ for kind in kinds)


def test_canonical_form_bytes_are_what_is_sealed() -> None:
    assert form_bytes(make_form()) == canonical(make_form())
