"""``bidding witness``: the small service of supervisor or notary, and its mailbox from both sides."""

import hashlib
from pathlib import Path
from typing import Annotated

import httpx2
import msgspec
import typer

from bidding.cli.failure import Exit, Failure, failure
from bidding.cli.language import say
from bidding.cli.terminal import line
from bidding.compose.clock import SystemClock
from bidding.crypto.canonical import b64, unb64
from bidding.crypto.credentials import SigningKey
from bidding.crypto.errors import CryptoError, NoteError
from bidding.crypto.log.note import Kind, NoteKey, cosigner_key, parse_vkey
from bidding.crypto.signing import SignedJson
from bidding.witness.mailbox import LetterKind, Mailbox, MailReceipt, check_receipt, letter_of

witness = typer.Typer(
    help="见证:核对平台日志只有一个版本并联署。Witness the platform's log: consistency, cosignatures, a mailbox.",
    no_args_is_help=True,
)

KEY, SEED = "witness.key", "witness-ml-dsa-44.seed"
#: Seconds that a witness may take to answer.
TIMEOUT = 20.0

Folder = Annotated[
    Path, typer.Option("--data", metavar="DIR", help="见证者的目录:密钥、检查点、信箱 · the witness' folder")
]
VKey = Annotated[
    str, typer.Option("--witness", metavar="VKEY", help="见证者公钥(其 /vkey) · the witness' key (its /vkey)")
]


@witness.command("serve")
def serve(
    name: Annotated[
        str, typer.Option("--name", metavar="NAME", help="见证者名称,如域名 · its name, such as a domain")
    ],
    log: Annotated[
        list[str],
        typer.Option("--log", metavar="VKEY", help="要见证的日志(平台 /log/vkey),可多个 · logs to cosign"),
    ],
    data: Folder = Path(".witness"),
    host: Annotated[str, typer.Option("--host", help="监听地址 · address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", help="端口,0 为任意空闲 · 0: any that is free")] = 8100,
) -> None:
    """运行见证服务;首次启动在目录中生成密钥。Run the service; its key is made in the folder on the first start.

    请运行在平台之外的机器上:见证的意义在于平台管不到它。Run it on a machine that the platform's operator does not run.
    """
    from bidding.compose.ports import bound, port_of, serve_alone
    from bidding.witness.ledger import Ledger
    from bidding.witness.service import witness_app

    logs = [_vkey(one, Kind.ED25519) for one in log]
    key, own = _own(data, name)
    seed = unb64(_kept(data / SEED))
    second = cosigner_key(name, seed, Kind.COSIGNATURE_ML_DSA_44)
    try:
        ledger = Ledger(data / "checkpoints", name, key.private, logs, SystemClock().now, seed)
    except NoteError as error:
        raise failure(
            Exit.LOCAL,
            (f"留存的检查点已损坏:{error}", f"a checkpoint kept here is damaged: {error}"),
            (
                "从备份恢复;切勿删除,否则见证者会忘记自己签过什么",
                "restore it from a backup; do not delete it: the witness would forget what it signed",
            ),
        ) from error
    app = witness_app(ledger, Mailbox(data / "mailbox", name, key.private, SystemClock().now), own, second)
    listening = bound(host, port)
    listening.listen()  # who reads the address may ask at once
    line(f"{say('见证服务', 'witness')} http://{host}:{port_of(listening)}", "bold")
    line(f"  vkey {own.vkey}")
    line(f"  {say('抗量子公钥', 'quantum-safe vkey')} http://{host}:{port_of(listening)}/vkey/ml-dsa-44")
    for one in logs:
        line(f"  {say('见证日志', 'cosigns')} {one.name}")
    serve_alone(app, listening)


@witness.command("send")
def send(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="清单或解密指令文件 · the manifest or key release")
    ],
    lot: Annotated[str, typer.Option("--lot", metavar="LOT", help="标段编号 · the lot's id")],
    url: Annotated[str, typer.Option("--url", metavar="URL", help="见证服务网址 · the witness' address")],
    vkey: VKey,
    kind: Annotated[
        LetterKind,
        typer.Option(
            "--kind", help="manifest 只交散列,release 交原文 · of a manifest the hash alone is handed in"
        ),
    ] = LetterKind.MANIFEST,
) -> None:
    """平台不收时,把清单散列或解密指令交给见证者,取得回执。Hand in what the platform will not take."""
    trusted = _vkey(vkey, Kind.COSIGNATURE)
    text = _read(file)
    try:
        answer = httpx2.post(
            f"{url.rstrip('/')}/mailbox", content=letter_of(lot, kind, text), timeout=TIMEOUT
        )
    except httpx2.HTTPError as error:
        raise failure(
            Exit.UNREACHABLE,
            (
                f"见证服务不可达({type(error).__name__})",
                f"the witness cannot be reached ({type(error).__name__})",
            ),
            ("检查网址与网络;可换另一个见证者", "check the address and the network, or try another witness"),
        ) from error
    if answer.status_code != httpx2.codes.CREATED:
        raise failure(
            Exit.REFUSED,
            (f"见证者不收:{answer.text.strip()}", f"the witness does not take it: {answer.text.strip()}"),
            ("按提示改正,或换另一个见证者", "mend what it says, or try another witness"),
        )
    receipt = _receipt(answer.content)
    said = _checked(receipt, trusted, text)
    kept = file.with_suffix(f".{trusted.name}.mail.json")
    kept.write_bytes(msgspec.json.encode(receipt))
    line(f"✓ {say('见证者收到', 'the witness had it at')} {said.received_at} → {kept}", "bold green")


@witness.command("check")
def check(
    receipt: Annotated[Path, typer.Argument(metavar="RECEIPT", help="见证回执 · the witness' receipt")],
    vkey: VKey,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="交出的原件 · what was handed in")
    ] = None,
) -> None:
    """离线核对见证回执。Check a witness' receipt offline."""
    text = _read(file) if file is not None else None
    said = _checked(_receipt(_read(receipt)), _vkey(vkey, Kind.COSIGNATURE), text)
    line(f"✓ {said.kind} · {said.lot} · {said.digest} · {said.received_at} · {said.witness}", "bold green")


@witness.command("mail")
def mail(data: Folder = Path(".witness")) -> None:
    """列出信箱所收。List what the mailbox holds."""
    box = Mailbox(data / "mailbox", "", b"", SystemClock().now)
    for kept in box.letters():
        said = msgspec.json.decode(kept.receipt.to_signed().payload, type=MailReceipt)
        line(f"{said.received_at}  {said.kind:8}  {said.lot}  {said.digest}")


def _own(data: Path, name: str) -> tuple[SigningKey, NoteKey]:
    """The witness' key of this folder, made on the first start, mode 0600, never written over."""
    key = SigningKey.from_private(unb64(_kept(data / KEY)))
    return key, parse_vkey(NoteKey(name, key.public, Kind.COSIGNATURE).vkey)


def _kept(path: Path) -> str:
    """32 bytes of the file (base64url), drawn on the first start."""
    import secrets

    from bidding.compose.keyring import write_once

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        write_once(path, b64(secrets.token_bytes(32)).encode())
    return path.read_text().strip()


def _vkey(text: str, kind: Kind) -> NoteKey:
    try:
        key = parse_vkey(text)
    except CryptoError as error:
        raise _not_a_key(text) from error
    if key.kind is not kind:
        raise _not_a_key(text)
    return key


def _not_a_key(text: str) -> Failure:
    return failure(
        Exit.USAGE,
        (f"不是可用的公钥:{text[:40]}", f"no usable verifier key: {text[:40]}"),
        ("日志公钥在平台 /log/vkey,见证者公钥在其 /vkey", "a log's is at /log/vkey, a witness' at its /vkey"),
    )


def _read(file: Path) -> bytes:
    try:
        return file.read_bytes()
    except OSError as error:
        raise failure(
            Exit.LOCAL,
            (f"读不出 {file.name}({error.strerror})", f"{file.name} cannot be read ({error.strerror})"),
            ("检查路径", "check the path"),
        ) from error


def _receipt(data: bytes) -> SignedJson:
    try:
        return msgspec.json.decode(data, type=SignedJson)
    except msgspec.MsgspecError as error:
        raise failure(
            Exit.FOUND_WRONG,
            ("不是见证回执", "no receipt of a witness"),
            ("取原始文件", "use the original file"),
        ) from error


def _checked(receipt: SignedJson, trusted: NoteKey, text: bytes | None) -> MailReceipt:
    try:
        said = check_receipt(receipt, trusted.public)
    except CryptoError as error:
        raise failure(
            Exit.FOUND_WRONG,
            (f"不是该见证者签的:{error}", f"not signed by this witness: {error}"),
            ("核对见证者公钥", "check the witness' key"),
        ) from error
    if said.witness != trusted.name or (text is not None and hashlib.sha256(text).hexdigest() != said.digest):
        raise failure(
            Exit.FOUND_WRONG,
            ("回执与文件或见证者不符", "the receipt is for another file, or of another witness"),
            ("核对文件与公钥", "check the file and the key"),
        )
    return said
