"""One-time keys of an opening: agency and supervisor each make a pair for the forms and one for the rest.

The forms' private keys are published when the window has closed; the others go to the evaluation only.
"""

import hmac
import secrets
from dataclasses import dataclass
from typing import Literal, TypeAlias

import msgspec

from bidding.crypto.canonical import Name, PublicKey, b64, canonical, unb64
from bidding.crypto.errors import SessionKeyError
from bidding.crypto.padding import FORM
from bidding.crypto.signing import SESSION_LABEL, Signed, sign, verify
from bidding.crypto.suite import INTL_1, KeyPair, Random, key_matches, suite_named, unwrap, wrap

Office: TypeAlias = Literal["agency", "supervisor"]

_POSSESSION_LABEL = b"bidding/session/v1/possession\0"
_TRANSFER_LABEL = b"bidding/session/v1/transfer\0"


class SessionPublic(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What an office publishes at SessionOpen: its two public keys for this lot's opening."""

    lot: Name
    session: Name
    office: Office
    forms: PublicKey
    evaluation: PublicKey
    suite: Name = INTL_1
    v: Literal[1] = 1

    def key_for(self, envelope: str) -> bytes:
        """The raw public key to which shares of this envelope's content key are addressed."""
        return unb64(self.forms if envelope == FORM else self.evaluation)


@dataclass(frozen=True)
class SessionKeys:
    """Both pairs of one office. Never leave the office's device before they are due."""

    forms: KeyPair
    evaluation: KeyPair

    @classmethod
    def generate(cls, random: Random = secrets.token_bytes, suite: str = INTL_1) -> "SessionKeys":
        return cls(KeyPair.generate(random, suite), KeyPair.generate(random, suite))

    def public(self, lot: str, session: str, office: Office) -> SessionPublic:
        return SessionPublic(
            lot=lot,
            session=session,
            office=office,
            forms=b64(self.forms.public),
            evaluation=b64(self.evaluation.public),
            suite=self.forms.suite,
        )


def sign_session(signing_key: bytes, public: SessionPublic) -> Signed:
    """The office's announcement, by the raw Ed25519 key of the officer's credential."""
    return sign(SESSION_LABEL, public, signing_key)


def verify_session(signed: Signed, public_key: bytes) -> SessionPublic:
    """The announcement, signed by that key. SignatureError, CanonicalError."""
    return verify(SESSION_LABEL, signed, public_key, SessionPublic)


def require_pair(agency: SessionPublic, supervisor: SessionPublic) -> None:
    """SessionKeyError unless the two announcements belong together and no key occurs twice.

    Two offices announcing one key would let its holder read both shares alone.
    """
    if (agency.office, supervisor.office) != ("agency", "supervisor"):
        raise SessionKeyError(reason="needs one announcement of each office")
    mine, theirs = ((p.lot, p.session, p.suite) for p in (agency, supervisor))
    if mine != theirs:
        raise SessionKeyError(reason="announced for different openings")
    sizes = {len(unb64(key)) for p in (agency, supervisor) for key in (p.forms, p.evaluation)}
    if sizes != {suite_named(agency.suite).public_size}:
        raise SessionKeyError(reason="a key is of another suite than announced")
    if len({agency.forms, agency.evaluation, supervisor.forms, supervisor.evaluation}) != 4:
        raise SessionKeyError(reason="a key is announced twice")


def disclosed_matches(private: bytes, announced: PublicKey, suite: str = INTL_1) -> bool:
    """Whether a published private key (raw) belongs to the public key announced at SessionOpen."""
    return key_matches(private, unb64(announced), suite)


def possession_challenges(public: SessionPublic, nonce: bytes) -> tuple[bytes, bytes]:
    """`nonce` (32 bytes) encrypted to the forms key and to the evaluation key.

    An office that returns the nonce from both holds both private keys; one that copied another's public
    key cannot. The platform asks before it accepts the announcement.
    """
    info = _POSSESSION_LABEL + canonical(public)
    return (
        wrap(nonce, unb64(public.forms), info, public.suite),
        wrap(nonce, unb64(public.evaluation), info, public.suite),
    )


def answer_possession(keys: SessionKeys, public: SessionPublic, challenges: tuple[bytes, bytes]) -> bytes:
    """The nonce of the challenges. SessionKeyError if either was not made for these keys."""
    info = _POSSESSION_LABEL + canonical(public)
    first = unwrap(challenges[0], keys.forms.private, info, public.suite)
    second = unwrap(challenges[1], keys.evaluation.private, info, public.suite)
    if first is None or second is None or not hmac.compare_digest(first, second):
        raise SessionKeyError(reason="the challenge is not for these keys")
    return first


def seal_to_platform(private: bytes, platform_public: bytes, info: bytes, suite: str = INTL_1) -> bytes:
    """An evaluation session key (raw private, 32 bytes) on its way to the evaluation, wrapped.

    `info` binds it, by convention `transfer_info(announcement)`.
    """
    return wrap(private, platform_public, info, suite)


def open_from_office(sealed: bytes, platform_private: bytes, info: bytes, suite: str = INTL_1) -> bytes:
    """The evaluation session key; SessionKeyError if sealed for another key or another `info`."""
    private = unwrap(sealed, platform_private, info, suite)
    if private is None:
        raise SessionKeyError(reason="not sealed to the platform's evaluation key for this session")
    return private


def transfer_info(public: SessionPublic) -> bytes:
    """The HPKE info of the transfer of this announcement's evaluation key."""
    return _TRANSFER_LABEL + canonical(public)
