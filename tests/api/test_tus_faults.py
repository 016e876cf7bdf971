"""Uploads while the database is away, the store's folder has vanished or the disk is full: said so, and gone on."""

import errno
import os
from pathlib import Path

import pytest

from storage.uploads import PART
from tests.api.test_tus import DATA, TUS, Site, said, site
from tests.storage.conftest import database
from tests.storage.objects.conftest import directory_store, root

__all__ = ["database", "directory_store", "root", "site"]


async def test_a_store_that_is_down_is_503_and_then_the_upload_goes_on(site: Site, root: Path) -> None:
    location = await site.create(len(DATA))
    assert (await site.patch(location, 0, DATA[:PART])).status_code == 204
    await site.desk.database.close()
    for answer in (
        await site.patch(location, PART, DATA[PART:]),
        await site.http.delete(location, headers=TUS),
        await site.http.post("/uploads", headers=TUS | {"Upload-Length": "5"}),
    ):
        assert said(answer, 503, "tus-unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert str(root) not in answer.text
    await site.desk.database.open()
    assert (await site.patch(location, PART, DATA[PART:])).status_code == 204
    assert await site.content(location) == DATA


async def test_a_root_that_vanished_is_503_and_takes_nothing_until_it_is_back(site: Site, root: Path) -> None:
    location = await site.create(len(DATA))
    assert (await site.patch(location, 0, DATA[:PART])).status_code == 204
    away = root.with_name("away")
    os.rename(root, away)
    for answer in (
        await site.patch(location, PART, DATA[PART:]),
        await site.http.post("/uploads", headers=TUS | {"Upload-Length": "5"}),
    ):
        assert said(answer, 503, "tus-unavailable")
        assert int(answer.headers["retry-after"]) > 0
        assert "away" not in answer.text
    assert await site.offset(location) == PART
    os.rename(away, root)
    assert (await site.patch(location, PART, DATA[PART:])).status_code == 204
    assert await site.content(location) == DATA


async def test_a_disk_that_is_full_when_it_is_synced_is_507_and_nothing_is_half_done(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    location = await site.create(len(DATA))
    assert (await site.patch(location, 0, DATA[:1000])).status_code == 204

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "delayed allocation found no room")

    with monkeypatch.context() as broken:
        broken.setattr(os, "fdatasync", full)
        answer = await site.patch(location, 1000, DATA[1000:])
    assert said(answer, 507, "tus-storage-full")
    assert int(answer.headers["retry-after"]) > 0
    assert await site.offset(location) == 1000
    assert (await site.patch(location, 1000, DATA[1000:])).status_code == 204
    assert await site.content(location) == DATA
