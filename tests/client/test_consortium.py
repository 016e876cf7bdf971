"""The consortium's file: one for all members, and what each sends of it (R-ENG-30, 招投法 31)."""

import json
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest

from bidding.client.consortium import join, read_consortium
from bidding.client.session import Session
from bidding.domain.bid.commands import Join, Submit

SHARES = [{"trade": "市政", "grade": 1, "work": "道路"}]
FILE = {
    "lead": "a",
    "agreement_sha256": "ab" * 32,
    "partners": [{"party": "a", "shares": SHARES}, {"party": "b", "shares": SHARES}],
}


class Told:
    """Keeps what a session would send, for the party that is logged in."""

    def __init__(self, party: str) -> None:
        self.party, self.sent = party, list[tuple[str, str, dict[str, Any]]]()

    async def get(self, path: str) -> dict[str, Any]:
        assert path == "/parties/me"
        return {"party": self.party}

    async def command(self, lot: str, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        self.sent.append((lot, name, fields))
        return {}


def written(folder: Path, content: dict[str, Any]) -> Path:
    path = folder / "联合体.json"
    path.write_text(json.dumps(content), encoding="utf-8")
    return path


async def test_a_member_agrees_to_its_own_share_and_a_stranger_to_nothing(tmp_path: Path) -> None:
    file = read_consortium(written(tmp_path, FILE))
    member = Told("b")
    await join(cast(Session, member), "lot-1", file)
    ((lot, name, fields),) = member.sent
    assert (lot, name) == ("lot-1", "bid/join")
    command = msgspec.convert(fields, Join)
    assert (command.lead, command.shares[0].work) == ("a", "道路")
    with pytest.raises(KeyError):
        await join(cast(Session, Told("z")), "lot-1", file)


def test_what_the_lead_sends_is_what_the_command_takes(tmp_path: Path) -> None:
    file = read_consortium(written(tmp_path, FILE))
    command = {"manifest": "{}", "manifest_signature": "x", "uploads": {}, "consortium": file.submitted()}
    taken = msgspec.convert(command, Submit).consortium
    assert taken is not None
    assert [one.party for one in taken.partners] == ["a", "b"]


@pytest.mark.parametrize("changed", [{"agreement_sha256": "x"}, {"partners": []}, {"leader": "a"}])
def test_a_wrong_file_is_named_at_reading(tmp_path: Path, changed: dict[str, Any]) -> None:
    with pytest.raises(msgspec.ValidationError):
        read_consortium(written(tmp_path, {**FILE, **changed}))
