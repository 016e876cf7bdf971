"""R-BID-06, R-OPEN-02: the two-phase key release, from the bidder's device to the opened form."""

import msgspec
import pytest
from msgspec import structs

from bidding.crypto.bid import unwrap_ceks
from bidding.crypto.canonical import b64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.errors import Layer, MalformedKeyError, OpeningError, SessionKeyError, SignatureError
from bidding.crypto.manifest import manifest_hash
from bidding.crypto.opening import open_form
from bidding.crypto.release import (
    KeyRelease,
    check_release,
    make_release,
    recover_cek,
    require_released_key,
    sign_release,
    verify_release,
)
from bidding.crypto.session import (
    SessionKeys,
    answer_possession,
    disclosed_matches,
    open_from_office,
    possession_challenges,
    require_pair,
    seal_to_platform,
    sign_session,
    transfer_info,
    verify_session,
)
from bidding.crypto.suite import KeyPair
from tests.crypto.conftest import LOT, SESSION, Sealed, Session, counted_bytes, make_form


def release_of(sealed: Sealed, session: Session, ceks: dict[str, bytes] | None = None) -> KeyRelease:
    manifest = sealed.bid.manifest
    return make_release(
        ceks or sealed.ceks,
        {name: manifest.target(name) for name in sealed.ceks},
        session.agency_public,
        session.supervisor_public,
        manifest_hash=manifest_hash(manifest),
    )


def layer(error: pytest.ExceptionInfo[OpeningError]) -> Layer:
    return error.value.layer


def test_with_both_form_keys_anyone_opens_the_form(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session)
    check_release(release, sealed.bid.manifest, session.agency_public)
    cek = recover_cek(release, "form", session.agency.forms.private, session.supervisor.forms.private)
    require_released_key(cek, sealed.bid.manifest, "form")
    opened = open_form(sealed.bid.paths["form"].read_bytes(), sealed.bid.manifest, cek)
    assert opened.form == make_form()


def test_the_documents_open_with_the_evaluation_keys_only(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session)
    agency, supervisor = session.agency, session.supervisor
    found = recover_cek(release, "technical", agency.evaluation.private, supervisor.evaluation.private)
    assert found == sealed.ceks["technical"]
    for name in ("qualification", "technical", "commercial"):
        with pytest.raises(OpeningError) as refused:
            recover_cek(release, name, agency.forms.private, supervisor.forms.private)
        assert layer(refused) is Layer.RELEASE


def test_one_office_alone_recovers_nothing(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session)
    for one in (session.agency.forms.private, session.supervisor.forms.private):
        with pytest.raises(OpeningError) as refused:
            recover_cek(release, "form", one, one)
        assert layer(refused) is Layer.RELEASE


def test_each_share_alone_is_a_fresh_random_string(sealed: Sealed, session: Session) -> None:
    masks = [bytes([number]) * 32 for number in range(1, 9)]
    queue = iter(masks)
    manifest = sealed.bid.manifest
    targets = {name: manifest.target(name) for name in sealed.ceks}
    ends = session.agency_public, session.supervisor_public
    for _ in range(2):
        release = make_release(
            sealed.ceks, targets, *ends, lambda size: next(queue), manifest_hash=manifest_hash(manifest)
        )
        cek = recover_cek(release, "form", session.agency.forms.private, session.supervisor.forms.private)
        assert cek == sealed.ceks["form"]
    assert next(queue, None) is None


def test_releasing_another_key_is_provably_the_bidders_doing(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session, sealed.ceks | {"form": bytes(32)})
    cek = recover_cek(release, "form", session.agency.forms.private, session.supervisor.forms.private)
    with pytest.raises(OpeningError) as refused:
        require_released_key(cek, sealed.bid.manifest, "form")
    assert layer(refused) is Layer.COMMITMENT
    with pytest.raises(OpeningError) as refused:
        open_form(sealed.bid.paths["form"].read_bytes(), sealed.bid.manifest, cek)
    assert layer(refused) is Layer.COMMITMENT


@pytest.mark.parametrize(
    "changed", [{"lot": "x"}, {"bidder": "x"}, {"session": "x"}, {"manifest_hash": "0" * 64}]
)
def test_a_release_moved_elsewhere_neither_passes_nor_opens(
    sealed: Sealed, session: Session, changed: dict[str, str]
) -> None:
    moved = structs.replace(release_of(sealed, session), **changed)
    with pytest.raises(OpeningError) as refused:
        check_release(moved, sealed.bid.manifest, session.agency_public)
    assert layer(refused) is Layer.RELEASE
    with pytest.raises(OpeningError) as refused:
        recover_cek(moved, "form", session.agency.forms.private, session.supervisor.forms.private)
    assert layer(refused) is Layer.RELEASE


def test_shares_cannot_change_office_or_envelope(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session)
    form, technical, *_ = (release.shares[0], release.shares[2])
    offices = structs.replace(form, agency=form.supervisor, supervisor=form.agency)
    places = structs.replace(form, agency=technical.agency, supervisor=technical.supervisor)
    for spoilt in (offices, places):
        with pytest.raises(OpeningError) as refused:
            recover_cek(
                structs.replace(release, shares=(spoilt,)),
                "form",
                session.agency.forms.private,
                session.supervisor.forms.private,
            )
        assert layer(refused) is Layer.RELEASE


def test_a_release_covers_every_envelope_once(sealed: Sealed, session: Session) -> None:
    release = release_of(sealed, session)
    for shares in (release.shares[1:], (*release.shares, release.shares[0])):
        with pytest.raises(OpeningError) as refused:
            check_release(structs.replace(release, shares=shares), sealed.bid.manifest, session.agency_public)
        assert layer(refused) is Layer.RELEASE
    with pytest.raises(OpeningError):
        recover_cek(structs.replace(release, shares=release.shares[1:]), "form", bytes(32), bytes(32))
    with pytest.raises(MalformedKeyError):
        release_of(sealed, session, sealed.ceks | {"form": b"short"})
    with pytest.raises(MalformedKeyError):
        release_of(sealed, session, {"form": bytes(32)})


def test_the_bidder_signs_the_release(sealed: Sealed, session: Session) -> None:
    release, key = release_of(sealed, session), bytes(range(32))
    public = SigningKey.from_private(key).public
    signed = sign_release(key, release)
    assert verify_release(signed, public) == release
    assert len(signed.payload) < 1500
    with pytest.raises(SignatureError):
        verify_release(structs.replace(signed, payload=signed.payload + b" "), public)


def test_the_offices_announcements_belong_together(session: Session) -> None:
    agency, supervisor = session.agency_public, session.supervisor_public
    require_pair(agency, supervisor)
    for pair in (
        (supervisor, agency),
        (agency, structs.replace(supervisor, session="x")),
        (agency, structs.replace(supervisor, lot="x")),
        (agency, structs.replace(supervisor, forms=agency.forms)),
        (agency, structs.replace(supervisor, evaluation=supervisor.forms)),
    ):
        with pytest.raises(SessionKeyError):
            require_pair(*pair)


def test_an_office_signs_its_keys_and_shows_that_it_holds_them(session: Session) -> None:
    officer = SigningKey.generate(counted_bytes("officer"))
    public = verify_session(sign_session(officer.private, session.agency_public), officer.public)
    assert public == session.agency_public
    challenges = possession_challenges(public, bytes(32))
    assert answer_possession(session.agency, public, challenges) == bytes(32)
    with pytest.raises(SessionKeyError):
        answer_possession(session.supervisor, public, challenges)
    with pytest.raises(SessionKeyError):
        answer_possession(session.agency, structs.replace(public, session="x"), challenges)


def test_a_disclosed_key_must_be_the_announced_one(session: Session) -> None:
    assert disclosed_matches(session.agency.forms.private, session.agency_public.forms)
    assert not disclosed_matches(session.agency.evaluation.private, session.agency_public.forms)


def test_the_evaluation_key_travels_to_the_platform_alone(session: Session) -> None:
    platform, info = KeyPair.generate(counted_bytes("platform")), transfer_info(session.agency_public)
    sealed_key = seal_to_platform(session.agency.evaluation.private, platform.public, info)
    assert open_from_office(sealed_key, platform.private, info) == session.agency.evaluation.private
    for key, bound in ((session.agency.forms.private, info), (platform.private, info + b"x")):
        with pytest.raises(SessionKeyError):
            open_from_office(sealed_key, key, bound)


def test_only_an_enrolled_key_unwraps_the_bid(sealed: Sealed) -> None:
    stranger = KeyPair.generate(counted_bytes("stranger"))
    for private, public in (
        (stranger.private, stranger.public),
        (stranger.private, sealed.device.public),
    ):
        with pytest.raises(OpeningError) as refused:
            unwrap_ceks(sealed.bid.manifest, private, public)
        assert layer(refused) is Layer.MANIFEST
    moved = structs.replace(sealed.bid.manifest, lot="other")
    with pytest.raises(OpeningError):
        unwrap_ceks(moved, sealed.device.private, sealed.device.public)


def test_one_session_serves_one_opening() -> None:
    first, second = SessionKeys.generate(), SessionKeys.generate()
    assert first.public(LOT, SESSION, "agency") != second.public(LOT, SESSION, "agency")
    assert b64(first.forms.public) == first.public(LOT, SESSION, "agency").forms
    assert msgspec.json.decode(msgspec.json.encode(first.public(LOT, SESSION, "agency")))["v"] == 1
