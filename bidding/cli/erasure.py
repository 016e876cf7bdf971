"""``bidding erasure``: a supervisor's order to erase personal data, and the operator's act (个人信息保护法 47)."""

from typing import Annotated, Any

import typer

from bidding.cli.connection import Lot, Url, connected
from bidding.cli.device import KeyFile, read_device
from bidding.cli.failure import Exit, failure
from bidding.cli.language import say
from bidding.cli.terminal import line, note
from bidding.client.session import Session
from bidding.domain.archive.commands import EraseLotData, OrderLotErasure
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


@erasure.command("find")
def find(
    lot: Lot,
    text: Annotated[str, typer.Option("--text", help="要找的文字 · what to look for")],
    url: Url,
    key: KeyFile,
) -> None:
    """监督部门:标段事件中含有该文字、可责令删除之处。Where a lot's events say it, as an order names the place."""
    held = connected(url, lambda session: session.get(f"/lots/{lot}/personal-data"), read_device(key))["held"]
    for one in held:
        if text in one["text"]:
            line(f"{one['number']}:{one['field']}  {one['topic']}")


@erasure.command("order-lot")
def order_lot(
    lot: Lot,
    ground: Annotated[ErasureGround, typer.Option("--ground", help="个保法第四十七条第一款 · its ground")],
    reference: Annotated[str, typer.Option("--reference", help="删除令文号 · the order's number on paper")],
    url: Url,
    key: KeyFile,
    place: Annotated[
        list[str] | None,
        typer.Option("--place", metavar="NUMBER:FIELD", help="find 所示,可多个 · as find shows it"),
    ] = None,
    person: Annotated[
        list[str] | None,
        typer.Option("--person", metavar="PARTY", help="评标人员主体编号,可多个 · who sat on the committee"),
    ] = None,
) -> None:
    """监督部门签名责令删除标段事件中的个人信息。Order, signed, what of a lot's events is to be erased."""
    places = [one.partition(":") for one in place or ()]
    if not all(number.isdecimal() and field for number, _, field in places):
        raise failure(
            Exit.USAGE,
            ("--place 应为 序号:字段", "--place is NUMBER:FIELD"),
            ("用 bidding erasure find 查找", "look it up with bidding erasure find"),
        )
    fields = {
        "places": [{"number": int(number), "field": field} for number, _, field in places],
        "persons": person or [],
        "ground": str(ground),
        "reference": reference,
    }
    connected(url, lambda session: session.command(lot, OrderLotErasure.NAME, fields), read_device(key))
    line(f"✓ {say('已下达删除令', 'erasure ordered')}", "bold green")
    note(say(f"由运营者执行:bidding erasure run-lot {lot} --order …", "An operator carries it out"))


@erasure.command("run-lot")
def run_lot(
    lot: Lot,
    number: Annotated[int, typer.Option("--order", help="删除令编号 · the order's number")],
    url: Url,
    key: KeyFile,
) -> None:
    """运营者按令删除;中断后再执行一次即可完成。Erase as ordered; after an interruption give it once more."""
    fields = {"order": number}
    connected(url, lambda session: session.command(lot, EraseLotData.NAME, fields), read_device(key))
    line(f"✓ {say('已按令删除', 'erased on order')} {number}", "bold green")
    note(say("日志中的包含证明仍然有效", "Every proof of the log stays valid"))


def _given(url: str, key: Any, path: str, act: str, fields: dict[str, Any]) -> dict[str, Any]:
    async def work(session: Session) -> dict[str, Any]:
        return await session.post(path, session.signed(act, None, fields))

    return connected(url, work, read_device(key))
