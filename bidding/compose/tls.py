"""HTTPS: browsers give out keys only in a secure context, so a phone on the office network needs it (R-CRED-06).

With certificate files of the centre's own, those are used. Without, an authority is made on the spot under
``tls/`` in the data folder, and a certificate for the names and addresses of this machine. A device that was
told to trust ``authority.pem`` sees no warning, also after the certificate was renewed; the authority's name
constraints keep its key, should it be stolen, from speaking for any other host.
"""

import ipaddress
import os
import socket
import ssl
from collections.abc import Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bidding.compose.settings import Settings

#: Hosts that stand for every interface of the machine.
EVERYWHERE = ("", "0.0.0.0", "::")  # noqa: S104 - compared, not bound

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

AUTHORITY_LIFE = timedelta(days=3650)
#: Phones refuse certificates that are valid for longer than 398 days.
LIFE = timedelta(days=397)
RENEWED_BEFORE_END = timedelta(days=30)
BACKDATED = timedelta(hours=1)  # for phones whose clock is behind

#: What the authority may speak for: this machine's names are added.
PRIVATE = (
    "127.0.0.0/8",
    "10.0.0.0/8",
    "172.16.0.0/12",
    "192.168.0.0/16",
    "169.254.0.0/16",
    "::1/128",
    "fc00::/7",
    "fe80::/10",
)


class BadCertificate(Exception):
    """The files named in the settings cannot be used; ``reason`` tells why, without their content."""

    def __init__(self, file: Path, reason: str) -> None:
        super().__init__(f"{file}: {reason}")
        self.file, self.reason = file, reason


def server_context(settings: Settings, now: datetime) -> ssl.SSLContext | None:
    """What the API and the live gateway listen with; None: plain HTTP. Raises BadCertificate, OSError."""
    if not settings.tls:
        return None
    if settings.tls_cert is not None and settings.tls_key is not None:
        certificate, key = settings.tls_cert, settings.tls_key
    elif settings.tls_cert is None and settings.tls_key is None:
        certificate, key = own_certificate(settings.tls_folder, this_machine(settings.host), now)
    else:
        raise BadCertificate(
            settings.tls_cert or settings.tls_key or Path(), "certificate and key go together"
        )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(certificate, key)
    except ssl.SSLError as error:
        raise BadCertificate(certificate, error.reason or "not a certificate with its key") from error
    except FileNotFoundError as error:
        raise BadCertificate(certificate if not certificate.exists() else key, "no such file") from error
    return context


def this_machine(host: str) -> list[str]:
    """Names and addresses under which this machine may be opened, the loopback ones among them.

    The address that leads out of the machine is found by connecting a UDP socket, which sends nothing.
    """
    found = {"localhost", "127.0.0.1", "::1", socket.gethostname().lower()}
    if host not in EVERYWHERE:
        found.add(host.lower())
    for family, probe in ((socket.AF_INET, "192.0.2.1"), (socket.AF_INET6, "2001:db8::1")):
        try:
            with socket.socket(family, socket.SOCK_DGRAM) as out:
                out.connect((probe, 9))
                found.add(out.getsockname()[0])
        except OSError:  # no such way out
            continue
    with suppress(OSError):  # a name that nobody resolves
        found |= {
            str(info[4][0]).partition("%")[0] for info in socket.getaddrinfo(socket.gethostname(), None)
        }
    return sorted(found)


def own_certificate(folder: Path, names: Sequence[str], now: datetime) -> tuple[Path, Path]:
    """(certificate, key) for ``names``, made or renewed where it is missing, ending, or lacks one of them."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    certificate, key = folder / "server.pem", folder / "server.key"
    authority, authority_key = _authority(folder, names, now)
    if not _serves(certificate, key, authority, names, now):
        private = ec.generate_private_key(ec.SECP256R1())
        made = (
            _builder("100服务", authority.subject, private.public_key(), now, LIFE)
            .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .sign(authority_key, hashes.SHA256())
        )
        _written(key, _pem(private))
        _written(certificate, made.public_bytes(Encoding.PEM))
    return certificate, key


def _authority(
    folder: Path, names: Sequence[str], now: datetime
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    file, key_file = folder / "authority.pem", folder / "authority.key"
    if file.exists() and key_file.exists():
        kept = x509.load_pem_x509_certificate(file.read_bytes())
        private = load_pem_private_key(key_file.read_bytes(), None)
        outlives = kept.not_valid_after_utc > now + LIFE
        if outlives and isinstance(private, ec.EllipticCurvePrivateKey) and _covers(kept, names):
            return kept, private
    private = ec.generate_private_key(ec.SECP256R1())
    name = f"100服务 {socket.gethostname()}"[:64]
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    made = (
        _builder(name, subject, private.public_key(), now, AUTHORITY_LIFE)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_only_signs_certificates(), critical=True)
        .add_extension(x509.NameConstraints(_permitted(names), None), critical=True)
        .sign(private, hashes.SHA256())
    )
    _written(key_file, _pem(private))
    _written(file, made.public_bytes(Encoding.PEM))
    return made, private


def _builder(
    name: str, issuer: x509.Name, public: ec.EllipticCurvePublicKey, now: datetime, life: timedelta
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - BACKDATED)
        .not_valid_after(now + life)
    )


def _serves(
    certificate: Path, key: Path, authority: x509.Certificate, names: Sequence[str], now: datetime
) -> bool:
    if not (certificate.exists() and key.exists()):
        return False
    kept = x509.load_pem_x509_certificate(certificate.read_bytes())
    try:
        kept.verify_directly_issued_by(authority)
    except (InvalidSignature, ValueError):
        return False
    said = kept.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    return kept.not_valid_after_utc > now + RENEWED_BEFORE_END and {_general(name) for name in names} <= set(
        said
    )


def _permitted(names: Iterable[str]) -> list[x509.GeneralName]:
    """Private networks, and this machine's own names; a public address of it too."""
    subnets = [ipaddress.ip_network(network) for network in PRIVATE]
    permitted: list[x509.GeneralName] = [x509.IPAddress(network) for network in subnets]
    for name in names:
        address = _address(name)
        if address is None:
            permitted.append(x509.DNSName(name))
        elif not any(address in network for network in subnets):
            permitted.append(x509.IPAddress(ipaddress.ip_network(address)))
    return permitted


def _covers(authority: x509.Certificate, names: Sequence[str]) -> bool:
    said = authority.extensions.get_extension_for_class(x509.NameConstraints).value
    return set(_permitted(names)) <= set(said.permitted_subtrees or ())


def _only_signs_certificates() -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=False,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=True,
        crl_sign=True,
        encipher_only=False,
        decipher_only=False,
    )


def _general(name: str) -> x509.GeneralName:
    address = _address(name)
    return x509.DNSName(name) if address is None else x509.IPAddress(address)


def _address(name: str) -> Address | None:
    try:
        return ipaddress.ip_address(name)
    except ValueError:
        return None


def _pem(private: ec.EllipticCurvePrivateKey) -> bytes:
    return private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _written(file: Path, content: bytes) -> None:
    """Whole or not at all, readable by its owner alone."""
    part = file.with_suffix(file.suffix + ".part")
    with open(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())
    part.replace(file)
