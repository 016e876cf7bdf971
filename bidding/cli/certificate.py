"""``bidding certificate``: a licensed authority's key token or phone certificate is bound, and signs acts.

The private key stays where it is: ``--signer`` names a program that gets the bytes to sign on its standard input and
writes the signature, as a token's own tool or ``pkcs11-tool --sign`` does. ``--private`` reads a PEM file instead.
"""

import shlex
import subprocess
from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer
from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.serialization import Encoding, load_pem_private_key

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, party_of, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.client.session import Session
from bidding.crypto.canonical import b64
from bidding.crypto.chain import read_holder
from bidding.crypto.credentials import request_binding
from bidding.crypto.errors import CryptoError
from bidding.crypto.public_keys import Signer, Soft, SoftSigner, signed_by
from bidding.domain.registration.events import CredentialKind

certificate = typer.Typer(
    help="第三方数字证书:绑定、签名。Certificates of licensed authorities: binding them, signing with them.",
    no_args_is_help=True,
)

#: Seconds for a token to sign: its holder may have to type a PIN.
PATIENCE = 120
_PROBE = b"bidding/certificate/probe"

Certificate = Annotated[
    Path,
    typer.Option(
        "--certificate", metavar="PEM", help="签名证书,其后可附中间证书 · certificate, then its intermediates"
    ),
]
SignerCommand = Annotated[
    str,
    typer.Option(
        "--signer",
        metavar="COMMAND",
        help="签名程序:标准输入为待签字节,标准输出为签名 · program that signs stdin",
    ),
]
Private = Annotated[
    Path | None,
    typer.Option(
        "--private", metavar="PEM", help="软证书的私钥文件 · private key file of a soft certificate"
    ),
]


class CommandSigner:
    """A program that holds the key. SM2 and ECDSA as r ‖ s, RSA as PKCS#1 v1.5 with SHA-256."""

    def __init__(self, command: str, public: bytes) -> None:
        self._command, self.public = shlex.split(command), public

    def sign(self, message: bytes) -> bytes:
        try:
            done = subprocess.run(  # noqa: S603 - the user's own program, named by the user
                self._command, input=message, capture_output=True, check=True, timeout=PATIENCE
            )
        except (OSError, subprocess.SubprocessError) as error:
            raise failure(
                Exit.USAGE,
                (
                    f"签名程序失败:{type(error).__name__}",
                    f"the signing program failed: {type(error).__name__}",
                ),
                ("单独运行它看原因;确认已插入 U 盾", "run it by itself to see why; is the token plugged in?"),
            ) from error
        return done.stdout


@certificate.command("bind")
def bind(
    url: Url,
    key: KeyFile,
    certificate: Certificate,
    kind: Annotated[CredentialKind, typer.Option("--kind", help="USBKEY | MOBILE | EBL | SOFT")],
    label: Annotated[str, typer.Option("--label", help="这张证书的名称 · what to call it")] = "certificate",
    signer: SignerCommand = "",
    private: Private = None,
) -> None:
    """把第三方数字证书绑定到本单位(由已绑定设备 --key 申请)。Bind a licensed authority's certificate to your unit."""
    device = read_device(key)
    leaf, intermediates = _read(certificate)
    token = _token(leaf, signer, private)
    opening = device.opening.public
    asked = request_binding(token, party_of(device), label, leaf, opening)
    body = {
        "kind": str(kind),
        "certificate": b64(leaf),
        "intermediates": [b64(one) for one in intermediates],
        "opening_key": b64(opening),
        "label": label,
        "possession": b64(asked.signature),
    }

    async def work(session: Session) -> dict[str, Any]:
        said = session.signed("registration/bind-certificate", None, body)
        return await session.post("/parties/me/certificates", said)

    bound = connected(url, work, device)["credentials"][-1]
    line(f"✓ {say('已绑定', 'bound')}: {bound['issuer']}  {bound['holder']}  {bound['level']}", "bold green")
    note(say("用 bidding certificate act 以它签署", "Sign acts with it by bidding certificate act"))


@certificate.command("act")
def act(
    lot: Lot,
    command: Annotated[
        str, typer.Argument(metavar="COMMAND", help="例如 contract/sign · such as contract/sign")
    ],
    body: Annotated[Path, typer.Argument(metavar="JSON", help="该操作的各字段 · the act's fields")],
    url: Url,
    party: Annotated[str, typer.Option("--party", metavar="ID", help="本主体编号 · your party's id")],
    certificate: Certificate,
    signer: SignerCommand = "",
    private: Private = None,
) -> None:
    """以绑定的证书登录并签署一项操作。Log in with the bound certificate and give one act, signed by it."""
    leaf, _ = _read(certificate)
    fields = msgspec.json.decode(body.read_bytes(), type=dict[str, Any])
    token = _token(leaf, signer, private)
    done = connected(url, lambda session: session.command(lot, command, fields), signer=token, party=party)
    line(f"✓ {command}  {say('标段版本', 'lot version')} {done['version']}", "bold green")


def _read(file: Path) -> tuple[bytes, list[bytes]]:
    try:
        found = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise failure(
            Exit.USAGE,
            (f"读不出证书:{file.name}", f"no certificate in {file.name}"),
            ("给出 PEM 格式,本人证书在前", "give PEM, the holder's certificate first"),
        ) from error
    leaf, *others = (one.public_bytes(Encoding.DER) for one in found)
    return leaf, others


def _token(leaf: bytes, command: str, private: Path | None) -> Signer:
    """What signs, once it has shown that it holds the certified key."""
    try:
        public = read_holder(leaf).public
        token = _soft(private) if private is not None else CommandSigner(command, public)
        if (private is None) != bool(command) or not signed_by(public, _PROBE, token.sign(_PROBE)):
            raise ValueError
    except (CryptoError, UnsupportedAlgorithm, OSError, ValueError, TypeError) as error:
        raise failure(
            Exit.USAGE,
            ("私钥与证书不符,或无法使用", "the key does not fit the certificate, or cannot be used"),
            (
                "用 --signer 或 --private 之一给出该证书的私钥",
                "give the certificate's own key: --signer or --private",
            ),
        ) from error
    return token


def _soft(file: Path) -> Signer:
    key = load_pem_private_key(file.read_bytes(), None)
    if not isinstance(key, Soft):
        raise TypeError
    return SoftSigner(key)
