"""``bidding enrol``: register a party, its first device and, where there is one, its recovery key."""

import asyncio
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from bidding.cli.connection import Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.recipients import read_opening_key
from bidding.cli.terminal import line, note
from bidding.client.session import Problem, Session
from bidding.crypto.canonical import b64
from bidding.crypto.suite import suite_of_key


class Requested(StrEnum):
    TENDERER = "tenderer"
    AGENCY = "agency"
    BIDDER = "bidder"
    EXPERT = "expert"
    SUPERVISOR = "supervisor"
    OPERATOR = "operator"


def enrol(
    url: Url,
    key: KeyFile,
    name: Annotated[str, typer.Option("--name", help="单位或个人名称 · name of the organisation or person")],
    role: Annotated[list[Requested], typer.Option("--role", help="角色,可多个 · roles, may be repeated")],
    uscc: Annotated[
        str, typer.Option("--uscc", help="统一社会信用代码;个人不填 · credit code; none for persons")
    ] = "",
    label: Annotated[str, typer.Option("--label", help="本设备的名称 · what to call this device")] = "cli",
    phone: Annotated[str, typer.Option("--phone", help="联系电话 · phone")] = "",
    person: Annotated[str, typer.Option("--person", help="联系人 · contact person")] = "",
    recovery_key: Annotated[
        Path | None,
        typer.Option("--recovery-key", metavar="FILE", help="恢复公钥文件 · recovery public key file"),
    ] = None,
    certificate: Annotated[
        Path | None,
        typer.Option(
            "--certificate", metavar="FILE", help="恢复公钥的 SM2 证书(DER)· SM2 certificate of that key"
        ),
    ] = None,
    bootstrap_code: Annotated[
        Path | None,
        typer.Option(
            "--bootstrap-code", metavar="FILE", help="首个运营者的一次性代码文件 · the first operator's code"
        ),
    ] = None,
) -> None:
    """在平台注册主体与本设备。Register a party and this device; run again, it only binds what is missing."""
    device = read_device(key)
    recovery = read_opening_key(recovery_key) if recovery_key else None
    code = bootstrap_code.read_text().strip() if bootstrap_code else ""
    fields: dict[str, Any] = {
        "kind": "organisation" if uscc else "person",
        "name": name,
        "uscc": uscc,
        "requested_roles": [str(one) for one in role],
        "contact": {"person": person, "phone": phone},
        "label": label,
    }

    async def work(session: Session) -> dict[str, Any]:
        try:
            await session.enrol(fields, bootstrap=code)
        except Problem as problem:
            # Registered before: what follows is still to be done.
            if recovery is None or problem.status != 409:
                raise
        await session.login()
        if recovery is not None:
            await _bind(session, recovery, certificate)
        return await session.get("/parties/me")

    party = connected(url, work, device, login=False)
    line(f"{say('已注册', 'registered')}: {party['name']}  {party['party']}")
    own = next(one for one in party["credentials"] if one["credential"] == device.id)
    if own["proved_at"] is None:
        raise failure(
            Exit.REFUSED,
            (
                "本设备未通过试解密,不能封装投标",
                "this device did not decrypt its trial: nothing can be sealed to it",
            ),
            ("请重新生成密钥后再登记", "make a new key and enrol it"),
        )
    line(f"✓ {say('本设备试解密通过', 'this device decrypted its trial')}", "bold green")
    if not party["verified"]:
        note(say("平台核验后方可参与", "You can take part once the centre has verified you"))


async def _bind(session: Session, recovery: bytes, certificate: Path | None) -> None:
    known = await session.get("/parties/me")
    if b64(recovery) in str(known.get("credentials", "")):
        return
    suite = suite_of_key(recovery)
    body: dict[str, Any] = {
        "opening_key": b64(recovery),
        "suite": suite,
        "label": "recovery",
        "recovery": True,
    }
    if certificate is not None:
        body["certificate"] = b64(await asyncio.to_thread(certificate.read_bytes))
    await session.post("/parties/me/credentials", session.signed("registration/bind", None, body))
