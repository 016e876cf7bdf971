"""A time-stamp authority of the tests' own: OpenSSL's `ts` behind an HTTP server, under a root made on the spot."""

import shutil
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

_CONFIG = """
[tsa]
default_tsa = here
[here]
serial = {folder}/serial
crypto_device = builtin
signer_digest = sha256
default_policy = 1.2.156.10197.9
digests = sha256, sha512
accuracy = secs:1
ordering = yes
tsa_name = no
ess_cert_id_chain = no
"""


def _name(common: str) -> x509.Name:
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, common)])


@dataclass
class TimeAuthority:
    """``answer`` is what a real authority does; ``spoilt``: answers to give first instead (status, body)."""

    folder: Path
    url: str = ""
    spoilt: list[tuple[int, bytes]] = field(default_factory=list)
    asked: list[bytes] = field(default_factory=list)

    def __post_init__(self) -> None:
        assert shutil.which("openssl"), "these tests need OpenSSL's command (Debian: apt-get install openssl)"
        self.folder.mkdir(parents=True, exist_ok=True)
        root_key, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
        self.root = self._certificate("国家授时测试根", root_key, "国家授时测试根", root_key, ca=True)
        signer = self._certificate("测试时间戳服务", key, "国家授时测试根", root_key, ca=False)
        self._write("root.pem", self.root.public_bytes(Encoding.PEM))
        self._write("signer.pem", signer.public_bytes(Encoding.PEM))
        self._write("key.pem", key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        self._write("tsa.cnf", _CONFIG.format(folder=self.folder).encode())
        self._write("serial", b"01\n")

    @property
    def roots(self) -> Path:
        return self.folder / "root.pem"

    def answer(self, query: bytes) -> bytes:
        """With the root beside the signer's certificate, in whichever order OpenSSL writes them."""
        self._write("query.tsq", query)
        told = ["-config", "tsa.cnf", "-section", "here", "-queryfile", "query.tsq", "-out", "answer.tsr"]
        signer = ["-signer", "signer.pem", "-inkey", "key.pem", "-chain", "root.pem"]
        subprocess.run(
            ["openssl", "ts", "-reply", *told, *signer], cwd=self.folder, check=True, capture_output=True
        )
        return (self.folder / "answer.tsr").read_bytes()

    def verifies(self, token: bytes, imprint: str) -> bool:
        """What OpenSSL itself says of a token (DER) over a digest (hex)."""
        self._write("token.der", token)
        told = ["-token_in", "-in", "token.der", "-digest", imprint, "-CAfile", "root.pem"]
        done = subprocess.run(["openssl", "ts", "-verify", *told], cwd=self.folder, capture_output=True)
        return done.returncode == 0

    def _certificate(
        self,
        subject: str,
        key: ec.EllipticCurvePrivateKey,
        issuer: str,
        signing: ec.EllipticCurvePrivateKey,
        *,
        ca: bool,
    ) -> x509.Certificate:
        now = datetime.now(UTC)
        builder = (
            x509.CertificateBuilder()
            .subject_name(_name(subject))
            .issuer_name(_name(issuer))
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=1))
            .not_valid_after(now + timedelta(days=30))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        if not ca:
            stamping = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.TIME_STAMPING])
            builder = builder.add_extension(stamping, critical=True)
        return builder.sign(signing, SHA256())

    def _write(self, name: str, data: bytes) -> None:
        (self.folder / name).write_bytes(data)


@contextmanager
def listening(authority: TimeAuthority) -> Iterator[TimeAuthority]:
    """The authority at ``authority.url`` while the block runs."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            assert self.headers["Content-Type"] == "application/timestamp-query"
            authority.asked.append(body)
            status, said = authority.spoilt.pop(0) if authority.spoilt else (200, authority.answer(body))
            self.send_response(status)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *said: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    authority.url = f"http://127.0.0.1:{server.server_address[1]}/tsa"
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield authority
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
