"""An office's secrets of a draw stay with its device, whenever that dies (R-DRAW-02)."""

from pathlib import Path
from typing import Any, cast

import pytest

from bidding.client.draw import DrawDesk


def desk(keep: Path) -> DrawDesk:
    return DrawDesk(cast(Any, None), "agency", "lot-1", keep)


def test_a_restarted_device_has_the_secrets_of_every_round(tmp_path: Path) -> None:
    first = desk(tmp_path / "agency.draw")
    second_round = first._round(2)
    again = desk(tmp_path / "agency.draw")
    assert again.secrets == first.secrets
    assert again._round(2) == second_round != again._round(3)
    assert (tmp_path / "agency.draw").stat().st_mode & 0o777 == 0o600


def test_a_device_that_dies_while_it_writes_loses_nothing_that_was_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = desk(tmp_path / "agency.draw")
    said = first.secrets

    def dies(*_: object) -> None:
        raise OSError("the power went")

    with monkeypatch.context() as broken:
        broken.setattr("bidding.crypto.files.os.replace", dies)
        with pytest.raises(OSError, match="power"):
            first._round(2)
    assert desk(tmp_path / "agency.draw").secrets == said
