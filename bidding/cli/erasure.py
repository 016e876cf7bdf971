"""``bidding erasure``: a supervisor's order to erase personal data, and the operator's act (个人信息保护法 47)."""

from typing import Annotated, Any

import typer

from bidding.cli.connection import Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.client.session import Session
from bidding.domain.registration.commands import EraseData, OrderErasure
from bidding.domain.registration.events import ErasureGround, PersonalPart

erasure = typer.Typer(
    help="个人信息删除:监督部门下令,运营者执行。Erasing personal data: ordered by a supervisor, done by an operator.",
    no_args_is_help=True,
)

Party = Annotated[str, typer.Argument(metavar="PARTY", help="主体编号 · the party's id")]


@erasure.command("order")
def order(
    party: Party,
    part: Annotated[list[PersonalPart], typer.Option("--part", help="内容,可多个 · may be repeated")],
    ground: Annotated[ErasureGround, typer.Option("--ground", help="个保法第四十七条第一款 · its ground")],
    reference: Annotated[str, typer.Option("--reference", help="删除令文号 · the order's number on paper")],
    url: Url,
    key: KeyFile,
) -> None:
    """监督部门签名下达删除令。Order, signed, what of a party's personal data is to be erased."""
    fields = {"parts": [str(one) for one in part], "ground": str(ground), "reference": reference}
    done = _given(url, key, f"/parties/{party}/erasure-orders", OrderErasure.NAME, fields)
    number = done["erasures"][-1]["number"]
    line(f"✓ {say('已下达删除令', 'erasure ordered')}: {number}", "bold green")
    note(say(f"由运营者执行:bidding erasure run {party} --order {number}", "An operator carries it out"))


@erasure.command("run")
def run(
    party: Party,
    number: Annotated[int, typer.Option("--order", help="删除令编号 · the order's number")],
    url: Url,
    key: KeyFile,
) -> None:
    """运营者按令删除;中断后再执行一次即可完成。Erase as ordered; after an interruption give it once more."""
    done = _given(url, key, f"/parties/{party}/erasures", EraseData.NAME, {"order": number})
    found = next(one for one in done["erasures"] if one["number"] == number)
    parts = "、".join(found["parts"])
    line(f"✓ {say('已按令删除', 'erased on order')} {number}: {parts}", "bold green")
    note(say("日志中的包含证明仍然有效", "Every proof of the log stays valid"))


def _given(url: str, key: Any, path: str, act: str, fields: dict[str, Any]) -> dict[str, Any]:
    async def work(session: Session) -> dict[str, Any]:
        return await session.post(path, session.signed(act, None, fields))

    return connected(url, work, read_device(key))
