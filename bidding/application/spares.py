"""Spare files that bidders brought (R-PAIN-05): kept as handed in, read for the import and for the evaluation."""

import asyncio
import tempfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

from bidding.application.platform import Platform
from bidding.application.shelves import Shelf
from bidding.crypto.errors import CryptoError, Layer, OpeningError, WorkerDiedError, WorkersClosedError
from bidding.crypto.manifest import Manifest, SpareFile
from bidding.crypto.opening import OpenedForm
from bidding.crypto.spare import FORM_NAME, file_sha256, read_spare
from bidding.crypto.workers import CryptoWorkers
from bidding.domain.lot import Lot


class Spares:
    """``scratch``: a folder for them while they are read."""

    def __init__(self, platform: Platform, workers: CryptoWorkers, scratch: Path) -> None:
        self._platform, self._workers, self._scratch = platform, workers, scratch

    async def keep(self, lot: Lot, manifest: Manifest, uploaded: str) -> tuple[str, str]:
        """The hex SHA-256 of the object ``uploaded``, and why it is not the bid's spare file ("" if it is).

        One that is stays in the store, with its form beside it; of another nothing is kept.
        """
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix="spare-") as folder:
            path, inside = Path(folder, "spare.zip"), Path(folder, "inside")
            await self._fetch(uploaded, path)
            sha256 = await asyncio.to_thread(file_sha256, path)
            if not isinstance(manifest.spare, SpareFile):
                return sha256, "none-committed"
            if sha256 != manifest.spare.sha256:
                return sha256, "another-digest"
            try:
                await self._workers.run(partial(read_spare, path, manifest, inside))
            except (WorkerDiedError, WorkersClosedError):
                raise  # no finding about the file, which would be deleted for it
            except CryptoError:
                return sha256, "unreadable"
            await self._platform.objects.put_file(_key(lot, manifest.bidder), path)
            await self._platform.objects.put_file(form_key(lot, manifest.bidder), inside / FORM_NAME)
        return sha256, ""

    async def form(self, lot: Lot, manifest: Manifest) -> OpenedForm:
        """Raises ``Missing``, ``OpeningError``, ``FormError``."""
        async with self.opened(lot, manifest) as (form, _):
            return form

    @asynccontextmanager
    async def opened(self, lot: Lot, manifest: Manifest) -> AsyncIterator[tuple[OpenedForm, dict[str, Path]]]:
        """Form and archives, by envelope, while the block runs.

        Raises ``Missing``, ``OpeningError``, ``FormError``.
        """
        with tempfile.TemporaryDirectory(dir=self._scratch, prefix="spare-") as folder:
            path, inside = Path(folder, "spare.zip"), Path(folder, "inside")
            await self._fetch(_key(lot, manifest.bidder), path)
            committed = manifest.spare.sha256 if isinstance(manifest.spare, SpareFile) else ""
            if await asyncio.to_thread(file_sha256, path) != committed:
                raise OpeningError(layer=Layer.ROOT, reason="the stored spare file is not the one received")
            yield await self._workers.run(partial(read_spare, path, manifest, inside))

    async def _fetch(self, key: str, path: Path) -> None:
        file = await asyncio.to_thread(path.open, "wb")
        with file:
            async for chunk in self._platform.objects.get(key):
                await asyncio.to_thread(file.write, chunk)


def _key(lot: Lot, bidder: str) -> str:
    return f"{Shelf.SPARES.of(lot)}{bidder}.zip"


def form_key(lot: Lot, bidder: str) -> str:
    """The object with the form's own bytes, for the record: manifest and receipt commit to them."""
    return f"{Shelf.SPARES.of(lot)}{bidder}.json"
