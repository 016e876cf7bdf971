"""The rows of an upload: every SQL statement of this package.

Writes are fenced: they name the lease holder and the byte the upload stood at, so a writer whose lease
passed to somebody else changes nothing (`UploadLocked`).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from storage.database import Database
from storage.uploads.errors import UploadLocked

_FIELDS = """id, owner, purpose, subject, metadata, object_key, token, length, received, state,
             expires_at, completed_at"""


@dataclass(frozen=True, slots=True)
class Upload:
    """One upload as recorded. `length` and `received` are bytes; all `received` bytes are durable."""

    id: str
    owner: str
    purpose: str
    subject: str
    metadata: str
    object_key: str
    token: str
    length: int
    received: int
    state: str
    expires_at: datetime
    completed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Part:
    """A stored part: number from 1, SHA-256 (32 bytes), the object store's tag."""

    number: int
    sha256: bytes
    tag: str


@dataclass(frozen=True, slots=True)
class Fragment:
    """Bytes `start` to `start + length` of the upload, in their own object until the part is whole."""

    start: int
    length: int
    object_key: str


@dataclass(frozen=True, slots=True)
class Advance:
    """One durable step: the upload now stands at `to`; these pieces replace those fragments."""

    begin: int
    to: int
    part: Part | None = None
    fragment: Fragment | None = None
    replaced: tuple[Fragment, ...] = ()


class UploadRows:
    """Statements on the database. Each raises `storage.errors.StorageUnavailable` or `StorageFull`."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        self._database = database
        self._lease = lease

    async def insert(self, upload: Upload) -> bool:
        """False if its id or its object key is taken."""
        async with self._database.acquire() as connection:
            done = await connection.execute(
                """INSERT INTO uploads (id, owner, purpose, subject, metadata,
                                        object_key, token, length, expires_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
                   ON CONFLICT DO NOTHING""",
                *(upload.id, upload.owner, upload.purpose, upload.subject, upload.metadata),
                *(upload.object_key, upload.token, upload.length, upload.expires_at),
            )
        return done == "INSERT 0 1"

    async def select(self, upload_id: str) -> Upload | None:
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(
                f"SELECT {_FIELDS} FROM uploads WHERE id = $1",  # noqa: S608 - a constant
                upload_id,
            )
        return None if row is None else Upload(**dict(row))

    async def parts(self, upload_id: str) -> Sequence[Part]:
        async with self._database.acquire() as connection:
            rows = await connection.fetch(
                "SELECT number, sha256, tag FROM upload_parts WHERE upload = $1 ORDER BY number", upload_id
            )
        return [Part(**dict(row)) for row in rows]

    async def fragments(self, upload_id: str) -> Sequence[Fragment]:
        async with self._database.acquire() as connection:
            rows = await connection.fetch(
                "SELECT start, length, object_key FROM upload_fragments WHERE upload = $1 ORDER BY start",
                upload_id,
            )
        return [Fragment(**dict(row)) for row in rows]

    async def lease(self, upload_id: str, holder: str) -> Upload | None:
        """Take the lease if it is free; the row as it stands then, or None."""
        async with self._database.acquire() as connection:
            row = await connection.fetchrow(
                f"""UPDATE uploads SET lease_holder = $2, lease_until = clock_timestamp() + $3
                    WHERE id = $1 AND state = 'open'
                      AND (lease_until IS NULL OR lease_until <= clock_timestamp())
                    RETURNING {_FIELDS}""",  # noqa: S608 - a constant
                *(upload_id, holder, self._lease),
            )
        return None if row is None else Upload(**dict(row))

    async def renew(self, upload_id: str, holder: str) -> bool:
        """Push the lease's end away; False if it is no longer the holder's."""
        async with self._database.acquire() as connection:
            done = await connection.execute(
                """UPDATE uploads SET lease_until = clock_timestamp() + $3
                   WHERE id = $1 AND lease_holder = $2 AND state = 'open'""",
                *(upload_id, holder, self._lease),
            )
        return done == "UPDATE 1"

    async def release(self, upload_id: str, holder: str) -> None:
        async with self._database.acquire() as connection:
            await connection.execute(
                """UPDATE uploads SET lease_holder = NULL, lease_until = NULL
                   WHERE id = $1 AND lease_holder = $2""",
                *(upload_id, holder),
            )

    async def advance(self, upload_id: str, holder: str, steps: Sequence[Advance]) -> None:
        """Record steps, all or none. Raises `UploadLocked` if the lease is lost."""
        async with self._database.transaction() as connection:
            done = await connection.execute(
                """UPDATE uploads SET received = $4, lease_until = clock_timestamp() + $5
                   WHERE id = $1 AND lease_holder = $2 AND received = $3 AND state = 'open'""",
                *(upload_id, holder, steps[0].begin, steps[-1].to, self._lease),
            )
            if done != "UPDATE 1":
                raise UploadLocked(retry_after=self.lease_seconds)
            for step in steps:
                if step.replaced:
                    await connection.execute(
                        "DELETE FROM upload_fragments WHERE upload = $1 AND start = ANY($2::bigint[])",
                        *(upload_id, [fragment.start for fragment in step.replaced]),
                    )
                if step.part is not None:
                    await connection.execute(
                        "INSERT INTO upload_parts (upload, number, sha256, tag) VALUES ($1, $2, $3, $4)",
                        *(upload_id, step.part.number, step.part.sha256, step.part.tag),
                    )
                if step.fragment is not None:
                    await connection.execute(
                        """INSERT INTO upload_fragments (upload, start, length, object_key)
                           VALUES ($1, $2, $3, $4)""",
                        *(upload_id, step.fragment.start, step.fragment.length, step.fragment.object_key),
                    )

    async def complete(self, upload_id: str, holder: str, at: datetime) -> None:
        """Raises `UploadLocked` if the lease is lost."""
        async with self._database.acquire() as connection:
            done = await connection.execute(
                """UPDATE uploads SET state = 'complete', completed_at = $3,
                          lease_holder = NULL, lease_until = NULL
                   WHERE id = $1 AND lease_holder = $2 AND state = 'open' AND received = length""",
                *(upload_id, holder, at),
            )
        if done != "UPDATE 1":
            raise UploadLocked(retry_after=self.lease_seconds)

    async def abort(self, upload_id: str) -> bool:
        """Close an open or complete upload for good; the running writer's next step fails."""
        async with self._database.acquire() as connection:
            done = await connection.execute(
                """UPDATE uploads SET state = 'aborted', completed_at = NULL,
                          lease_holder = NULL, lease_until = NULL
                   WHERE id = $1 AND state <> 'aborted'""",
                upload_id,
            )
        return done == "UPDATE 1"

    async def lapse(self, upload_id: str, at: datetime) -> None:
        """Close an upload in any state for good; its time is over by `at`, so that `expired` finds what is left."""
        async with self._database.acquire() as connection:
            await connection.execute(
                """UPDATE uploads SET state = 'aborted', completed_at = NULL, expires_at = least(expires_at, $2),
                          lease_holder = NULL, lease_until = NULL
                   WHERE id = $1""",
                *(upload_id, at),
            )

    async def delete(self, upload_id: str) -> None:
        async with self._database.acquire() as connection:
            await connection.execute("DELETE FROM uploads WHERE id = $1 AND state = 'aborted'", upload_id)

    async def expired(self, now: datetime) -> Sequence[Upload]:
        """Unfinished or aborted uploads whose time is over."""
        async with self._database.acquire() as connection:
            rows = await connection.fetch(
                f"""SELECT {_FIELDS} FROM uploads
                    WHERE state <> 'complete' AND expires_at <= $1 ORDER BY expires_at""",  # noqa: S608 - constant
                now,
            )
        return [Upload(**dict(row)) for row in rows]

    @property
    def lease_seconds(self) -> int:
        return max(1, round(self._lease.total_seconds()))
