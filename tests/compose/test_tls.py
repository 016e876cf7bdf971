"""HTTPS for phones: a certificate made on the spot, or the centre's own (R-CRED-06)."""

import socket
import ssl
import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from bidding.compose import tls
from bidding.compose.settings import Settings
from bidding.compose.tls import BadCertificate, own_certificate, server_context, this_machine

NOW = datetime.now(UTC)
NAMES = ["127.0.0.1", "::1", "192.168.7.20", "localhost", "office.example"]


def certificate(folder: Path) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / "server.pem").read_bytes())


def shaken(settings: Settings, authority: Path, name: str) -> str:
    """The TLS version agreed on with a client that knows ``authority`` alone and asks for ``name``."""
    context = server_context(settings, NOW)
    assert context is not None
    here, there = socket.socketpair()
    agreed: list[str | None] = []

    def client() -> None:
        trusting = ssl.create_default_context(cafile=authority)
        try:
            with trusting.wrap_socket(there, server_hostname=name) as wrapped:
                agreed.append(wrapped.version())
        except ssl.SSLError as error:
            agreed.append(error.reason)
            there.close()

    thread = threading.Thread(target=client)
    thread.start()
    try:
        with context.wrap_socket(here, server_side=True):
            pass
    except (ssl.SSLError, ConnectionError):  # the client said why
        pass
    thread.join(20)
    return str(agreed[0])


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "192.168.7.20", "office.example"])
def test_a_client_that_trusts_the_authority_is_served(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "this_machine", lambda host: NAMES)
    settings = Settings(data=tmp_path, tls=True)
    server_context(settings, NOW)
    assert shaken(settings, settings.tls_folder / "authority.pem", name) == "TLSv1.3"


def test_another_name_is_not_served(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tls, "this_machine", lambda host: NAMES)
    settings = Settings(data=tmp_path, tls=True)
    server_context(settings, NOW)
    refused = shaken(settings, settings.tls_folder / "authority.pem", "bank.example")
    assert refused == "CERTIFICATE_VERIFY_FAILED"


def test_the_authority_speaks_for_this_machine_and_private_networks_only(tmp_path: Path) -> None:
    """Its key, were it stolen, is worth nothing against any other host."""
    own_certificate(tmp_path, NAMES, NOW)
    authority = x509.load_pem_x509_certificate((tmp_path / "authority.pem").read_bytes())
    limits = authority.extensions.get_extension_for_class(x509.NameConstraints)
    assert limits.critical
    assert limits.value.permitted_subtrees is not None
    hosts = {name.value for name in limits.value.permitted_subtrees if isinstance(name, x509.DNSName)}
    assert hosts == {"localhost", "office.example"}
    networks = [name.value for name in limits.value.permitted_subtrees if isinstance(name, x509.IPAddress)]
    assert all(network.is_private or network.is_link_local for network in networks)


def test_it_is_kept_until_it_ends_or_lacks_a_name(tmp_path: Path) -> None:
    own_certificate(tmp_path, NAMES, NOW)
    first, authority = certificate(tmp_path), (tmp_path / "authority.pem").read_bytes()
    assert first.not_valid_after_utc - first.not_valid_before_utc <= timedelta(days=398), (
        "phones refuse longer"
    )
    own_certificate(tmp_path, NAMES[:3], NOW + timedelta(days=300))
    assert certificate(tmp_path) == first
    own_certificate(tmp_path, [*NAMES, "10.1.2.3"], NOW)
    wider = certificate(tmp_path)
    assert wider != first
    own_certificate(tmp_path, NAMES, NOW + timedelta(days=370))
    assert certificate(tmp_path).not_valid_after_utc > wider.not_valid_after_utc
    assert (tmp_path / "authority.pem").read_bytes() == authority, "devices go on trusting it"
    own_certificate(tmp_path, [*NAMES, "203.0.113.9"], NOW)
    assert (tmp_path / "authority.pem").read_bytes() != authority, "it could not speak for a public address"


def test_keys_are_readable_by_their_owner_alone(tmp_path: Path) -> None:
    own_certificate(tmp_path / "tls", NAMES, NOW)
    assert (tmp_path / "tls").stat().st_mode & 0o077 == 0
    for name in ("server.key", "authority.key"):
        assert (tmp_path / "tls" / name).stat().st_mode & 0o077 == 0


def test_the_centres_own_files_are_used_and_none_are_made(tmp_path: Path) -> None:
    cert, key = own_certificate(tmp_path / "bought", NAMES, NOW)
    settings = Settings(data=tmp_path / "data", tls=True, tls_cert=cert, tls_key=key)
    assert shaken(settings, tmp_path / "bought" / "authority.pem", "localhost") == "TLSv1.3"
    assert not settings.tls_folder.exists()


def test_files_that_cannot_be_used_are_named(tmp_path: Path) -> None:
    cert, key = own_certificate(tmp_path / "a", NAMES, NOW)
    _, other = own_certificate(tmp_path / "b", NAMES, NOW)
    missing = tmp_path / "missing.pem"
    for given_cert, given_key, wrong in ((cert, other, cert), (missing, key, missing), (cert, None, cert)):
        settings = Settings(data=tmp_path, tls=True, tls_cert=given_cert, tls_key=given_key)
        with pytest.raises(BadCertificate) as refused:
            server_context(settings, NOW)
        assert refused.value.file == wrong
        assert "PRIVATE" not in str(refused.value)


def test_without_tls_there_is_none(tmp_path: Path) -> None:
    assert server_context(Settings(data=tmp_path), NOW) is None
    assert not any(tmp_path.iterdir())


def test_this_machine_knows_its_names() -> None:
    assert {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()} <= set(this_machine("0.0.0.0"))
    assert "tender.example" in this_machine("tender.example")


def test_the_certificate_is_for_servers_and_its_key_is_an_elliptic_one(tmp_path: Path) -> None:
    own_certificate(tmp_path, NAMES, NOW)
    made = certificate(tmp_path)
    use = made.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(use) == [ExtendedKeyUsageOID.SERVER_AUTH]
    assert isinstance(made.public_key(), ec.EllipticCurvePublicKey)
