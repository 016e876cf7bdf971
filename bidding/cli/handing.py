"""``bidding submit``, ``withdraw`` and ``release``: a sealed bid and the platform."""

from pathlib import Path
from typing import Annotated, Any

import msgspec
import typer

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import ByRecoveryCode, KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note, progress
from bidding.cli.trial import BidDir
from bidding.client import bid as bids
from bidding.client.bid import BidFolder
from bidding.client.consortium import ConsortiumFile, read_consortium
from bidding.client.consortium import join as agree
from bidding.client.session import Problem, Session
from bidding.crypto.canonical import canonical, unb64
from bidding.crypto.manifest import POLICY_P3, SpareFile
from bidding.crypto.receipt import Receipt, verify_receipt
from bidding.crypto.signing import Signed
from bidding.crypto.spare import file_sha256

#: Beside the receipt in the bid's folder: a signed refusal, the key that signs both, the last key release.
REFUSAL, PLATFORM_KEY, RELEASED = "refusal.json", "platform-key.txt", "release-receipt.json"


ConsortiumPath = Annotated[
    Path, typer.Option("--consortium", metavar="FILE", help="联合体文件 · the consortium's file (JSON)")
]


Qualified = Annotated[
    list[str] | None,
    typer.Option(
        "--qualification",
        metavar="TITLE[|CERTIFICATE]",
        help="资质及证书编号,随投标人名单公布 · a qualification, published with the roll",
    ),
]


def submit(
    folder: BidDir,
    url: Url,
    key: KeyFile,
    consortium: ConsortiumPath | None = None,
    qualification: Qualified = None,
) -> None:
    """递交投标,中断后重新运行即续传;显示回执。Hand in a bid; run again, it goes on; shows the receipt."""
    device = read_device(key)
    joint = None if consortium is None else _consortium(consortium)
    stated = [_qualification(one) for one in qualification or ()]
    bid = BidFolder(folder)
    bid.manifest  # noqa: B018 - a folder that holds no bid is refused before anything is sent

    async def work(session: Session) -> tuple[dict[str, Any], dict[str, Any]]:
        keys = await session.get("/keys")
        try:
            with progress(say("递交", "uploading")) as report:
                answer = await bids.submit(
                    session, bid, progress=report, consortium=joint, qualifications=stated
                )
                return answer, keys
        except Problem as problem:
            _keep_refusal(folder, problem, keys)
            raise

    answer, keys = connected(url, work, device)
    signed = Signed(answer["receipt"].encode(), unb64(answer["receipt_signature"]))
    public = _signer(keys, answer["receipt"])
    receipt = verify_receipt(signed, unb64(public))
    (folder / PLATFORM_KEY).write_text(public + "\n")
    line(f"✓ {say('已递交', 'handed in')}", "bold green")
    show_receipt(receipt)
    line(f"  {say('回执文件', 'receipt file')}: {folder / bids.RECEIPT}")
    note(say("离线核验:bidding verify 回执文件", "Check it offline: bidding verify RECEIPT"))


def join(lot: Lot, consortium: ConsortiumPath, url: Url, key: KeyFile) -> None:
    """联合体成员在本机签名同意;牵头人随后递交。A member agrees to a joint bid; then its lead hands it in."""
    device, joint = read_device(key), _consortium(consortium)
    try:
        connected(url, lambda session: agree(session, lot, joint), device)
    except KeyError:
        raise failure(
            Exit.USAGE,
            ("联合体文件没有列出本单位", "the consortium's file does not name your unit"),
            ("请与牵头人核对文件", "check the file with your lead"),
        ) from None
    line(f"✓ {say('已同意', 'agreed')}: {lot}", "bold green")


def _qualification(text: str) -> dict[str, str]:
    title, _, certificate = text.partition("|")
    return {"title": title.strip(), "certificate": certificate.strip()}


def _consortium(path: Path) -> ConsortiumFile:
    try:
        return read_consortium(path)
    except (OSError, msgspec.DecodeError) as error:
        raise failure(
            Exit.USAGE,
            (f"联合体文件读不出:{error}", f"the consortium's file cannot be read: {error}"),
            ("写成 JSON:lead、agreement_sha256、partners", "write JSON: lead, agreement_sha256, partners"),
        ) from None


def show_receipt(receipt: Receipt) -> None:
    line(f"  {say('回执编号', 'receipt number')}: {receipt.receipt_number}")
    line(f"  {say('标段', 'lot')}: {receipt.lot}  {say('投标版本', 'bid version')}: {receipt.bid_version}")
    line(f"  {say('送达时间', 'complete at')}: {receipt.completed_at}")
    line(f"  {say('投标摘要', 'manifest')}: {receipt.manifest_hash}")
    line(f"  {say('平台公钥指纹', 'platform key fingerprint')}: {receipt.platform_key}")


def withdraw(folder: BidDir, url: Url, key: KeyFile) -> None:
    """撤回(截止前)或撤销已递交的这一版。Pull out this version of the bid."""
    device = read_device(key)
    bid = BidFolder(folder)
    connected(url, lambda session: bids.withdraw(session, bid), device)
    line(f"✓ {say('已撤回', 'withdrawn')}: {bid.manifest.lot}", "bold green")


def sign_in(lot: Lot, url: Url, key: KeyFile) -> None:
    """开标签到(截止前一小时内)。Sign in for the opening, within the last hour before the deadline."""
    device = read_device(key)
    connected(url, lambda session: session.command(lot, "bid/sign-in"), device)
    line(f"✓ {say('已签到', 'signed in')}: {lot}", "bold green")


def release(folder: BidDir, url: Url, key: KeyFile, recovery: ByRecoveryCode = False) -> None:
    """开标时从本机解密:把内容密钥分给两方,可重复。Release this bid's keys at the opening; may be repeated."""
    device = read_device(key, by_recovery_code=recovery)
    bid = BidFolder(folder)

    if bid.manifest.policy == POLICY_P3:
        raise failure(
            Exit.REFUSED,
            (
                "本投标由受托人开启(策略 P3),无须投标人解密",
                "trustees open this bid (policy P3): there is nothing to release",
            ),
            ("留在开标室(bidding watch)", "stay at the opening (bidding watch)"),
        )

    async def work(session: Session) -> tuple[dict[str, Any] | None, dict[str, Any]]:
        view = await session.lot(bid.manifest.lot)
        if {one["office"] for one in view["opening"]["office_keys"]} != {"agency", "supervisor"}:
            raise failure(
                Exit.REFUSED,
                (
                    "代理与监督尚未都公布会话公钥",
                    "agency and supervisor have not both published session keys yet",
                ),
                (
                    "留在开标室(bidding watch),解密开始后再试",
                    "stay at the opening (bidding watch), try when it is ordered",
                ),
            )
        await bids.release(session, bid, lot=view)
        return await bids.release_receipt(session, bid.manifest.lot), await session.get("/keys")

    event, keys = connected(url, work, device)
    line(f"✓ {say('密钥已送达', 'keys released')}: {bid.manifest.lot}", "bold green")
    if event is not None:
        kept = {"receipt": event["receipt"], "signature": event["receipt_signature"]}
        (folder / RELEASED).write_bytes(canonical(kept))
        (folder / PLATFORM_KEY).write_text(_signer(keys, event["receipt"]) + "\n")
        line(f"  {say('回执编号', 'receipt number')}: {event['receipt_number']}")
        line(f"  {say('回执文件', 'receipt file')}: {folder / RELEASED}")


def spare(
    folder: BidDir,
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="seal --spare 所存的文件 · what seal --spare kept")
    ],
    reason: Annotated[str, typer.Option("--reason", help="未能解密的原因 · why the keys did not come")],
    url: Url,
    key: KeyFile,
) -> None:
    """解密时间结束后未能解密:递交与回执一致的备用文件。Bring the spare file that the receipt names."""
    device = read_device(key)
    manifest = BidFolder(folder).manifest
    committed = manifest.spare.sha256 if isinstance(manifest.spare, SpareFile) else ""
    if file_sha256(file) != committed:
        raise failure(
            Exit.LOCAL,
            (
                "该文件不是封装时登记的备用文件(校验值不同),平台会拒收",
                "this is not the spare file of that bid (another digest): the platform would refuse it",
            ),
            ("换用 seal --spare 所存的文件", "take the file that seal --spare kept"),
        )
    with progress(say("递交备用文件", "bringing the spare file")) as report:
        connected(
            url,
            lambda session: bids.hand_in_spare(session, manifest.lot, file, reason, progress=report),
            device,
        )
    line(
        f"✓ {say('备用文件已送达,等待监督部门认定', 'spare file brought; the supervisor decides')}",
        "bold green",
    )


def _keep_refusal(folder: Path, problem: Problem, keys: dict[str, Any]) -> None:
    """A refusal is signed too: it is the bidder's evidence."""
    receipt, signature = problem.found.get("receipt"), problem.found.get("receipt_signature")
    if not isinstance(receipt, str) or not isinstance(signature, str):
        return
    (folder / REFUSAL).write_bytes(canonical({"receipt": receipt, "signature": signature}))
    (folder / PLATFORM_KEY).write_text(_signer(keys, receipt) + "\n")
    note(f"{say('拒收回执', 'refusal receipt')}: {folder / REFUSAL}")


class _Named(msgspec.Struct, frozen=True):
    platform_key: str


def _signer(keys: dict[str, Any], receipt: str) -> str:
    """The platform key that the receipt names: those of test lots are signed by another one."""
    named = msgspec.json.decode(receipt, type=_Named).platform_key
    return str(keys["receipt_test"] if named == keys["receipt_test_id"] else keys["receipt"])
