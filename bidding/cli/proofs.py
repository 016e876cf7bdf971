"""``bidding proofs``: who took the tender document and what each was delivered, opened by a supervisor's device."""

from pathlib import Path
from typing import Annotated

import typer

from bidding.cli.device import KeyFile, read_device
from bidding.cli.language import say
from bidding.cli.terminal import line
from bidding.client.deliveries import readers


def proofs(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="“调取”指令的回执(JSON) · the answer to control/produce", exists=True
        ),
    ],
    key: KeyFile,
) -> None:
    """监督机构在本机解开送达证明,不联网。Open delivery proofs on the supervisor's device, offline."""
    found = readers(file.read_bytes(), read_device(key))
    for one in found:
        line(one.party, "bold")
        for took in one.downloads:
            line(f"  {took.at}  {say('下载第', 'took version')} {took.version}  {took.address}")
        for number, at in one.delivered:
            line(f"  {at}  {say('送达澄清', 'was delivered clarification')} {number}")
    line(f"{say('共', 'readers')}: {len(found)}")
