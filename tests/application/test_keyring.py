"""The platform's own keys: stable, one per lot and purpose, and none of them in any text."""

import secrets

from bidding.application.keyring import Keyring
from bidding.crypto.provider import KeyName, SoftProvider


def private_of(keyring: Keyring, name: KeyName) -> bytes:
    assert isinstance(keyring.provider, SoftProvider)
    return keyring.provider.key(name).private


def test_derived_keys_are_the_same_after_a_restart(keyring: Keyring) -> None:
    again = Keyring(keyring.authority, keyring.provider, keyring.evaluation_seed)
    assert again.evaluation_key("lot-1").private == keyring.evaluation_key("lot-1").private
    assert again.receipt_key("test").id == keyring.receipt_key("test").id
    assert again.possession_nonce(b"said") == keyring.possession_nonce(b"said")


def test_lots_announcements_and_modes_have_keys_of_their_own(keyring: Keyring) -> None:
    secrets_of_all = [
        keyring.evaluation_key("lot-1").private,
        keyring.evaluation_key("lot-2").private,
        private_of(keyring, KeyName.RECEIPT),
        private_of(keyring, KeyName.TEST_RECEIPT),
        keyring.possession_nonce(b"lot-1"),
        keyring.possession_nonce(b"lot-2"),
        keyring.evaluation_seed,
    ]
    assert len(set(secrets_of_all)) == len(secrets_of_all)


def test_an_unknown_mode_never_signs_as_live(keyring: Keyring) -> None:
    assert keyring.receipt_key("rehearsal").id == keyring.receipt_key("test").id != keyring.receipt.id


def test_two_platforms_share_no_key(keyring: Keyring) -> None:
    other = Keyring.create(keyring.authority, secrets.token_bytes)
    assert other.receipt.id != keyring.receipt.id
    assert other.evaluation_key("lot-1").public != keyring.evaluation_key("lot-1").public


def test_no_key_stands_in_its_text(keyring: Keyring) -> None:
    text = repr(keyring)
    for secret in (keyring.evaluation_seed, private_of(keyring, KeyName.RECEIPT), keyring.authority.private):
        assert repr(secret) not in text
        assert secret.hex() not in text
