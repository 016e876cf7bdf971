"""An object store on any S3 server, through the `minio` package.

The package is synchronous: every call runs in this store's own bounded thread pool, which is also the size of
the connection pool. Its defaults wait 300 s and retry five times; here a dead server is an
`ObjectStoreUnavailable` within the connect and read time-outs given. Its multipart calls are private, so the
package is pinned to 7.2.20.
"""

import asyncio
import re
from collections.abc import AsyncIterator, Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NoReturn, ParamSpec, TypeVar

import urllib3
from minio import Minio
from minio.datatypes import Part
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from storage.objects.errors import ObjectMissing, ObjectStoreFull, ObjectStoreUnavailable
from storage.objects.keys import checked_key, checked_prefix
from storage.objects.protocol import PartBytes

_CHUNK = 1 << 20
_MISSING = frozenset({"NoSuchKey", "NoSuchUpload", "InvalidPart"})
_FULL = frozenset({"XMinioStorageFull", "InsufficientStorage", "QuotaExceeded", "EntityTooLarge", "507"})
_CODE = re.compile(r"<Code>(\w{1,60})</Code>")
_STATUS = re.compile(r"Response code: (\d{3})")

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class S3Settings:
    """Where the bucket is. `endpoint` is host:port; time-outs are in seconds.

    `region` must be given: without it the package asks the server for each bucket's region first.
    """

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    secure: bool = True
    connect_timeout: float = 2.0
    read_timeout: float = 30.0
    connections: int = 8

    def __repr__(self) -> str:
        return f"S3Settings({self.endpoint}, bucket={self.bucket}, region={self.region})"


class S3Store:
    """`ObjectStore` in one bucket. `prepare()` once before use."""

    def __init__(self, settings: S3Settings) -> None:
        self._bucket = settings.bucket
        self._region = settings.region
        self._pool = urllib3.PoolManager(
            timeout=urllib3.Timeout(connect=settings.connect_timeout, read=settings.read_timeout),
            maxsize=settings.connections,
            # One more try covers a kept-alive connection that the server closed meanwhile.
            retries=urllib3.Retry(total=1, status=0, redirect=0, backoff_factor=0.1),
        )
        self._client = Minio(
            settings.endpoint,
            access_key=settings.access_key,
            secret_key=settings.secret_key,
            secure=settings.secure,
            region=settings.region,
            http_client=self._pool,
        )
        self._threads = ThreadPoolExecutor(settings.connections, thread_name_prefix="s3")

    async def prepare(self) -> None:
        """Create the bucket if it is not there."""
        if not await self._run("", self._client.bucket_exists, self._bucket):
            await self._run("", self._client.make_bucket, self._bucket, self._region)

    async def put(self, key: str, data: PartBytes) -> None:
        await self._run(key, self._client._put_object, self._bucket, checked_key(key), bytes(data), {})

    async def get(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        checked_key(key)
        # S3 refuses a range that begins at or after the end, and a length of 0 means "all" to the package.
        left = max(0, await self.stat(key) - offset)
        left = left if length is None else min(left, length)
        if not left:
            return
        response = await self._run(key, self._client.get_object, self._bucket, key, offset, left)
        try:
            while left:
                chunk = await self._run(key, response.read, min(_CHUNK, left))
                if not chunk:
                    raise ObjectStoreUnavailable("the server sent less than it promised")
                left -= len(chunk)
                yield chunk
        finally:
            # Both, or the pool drains: what was not read cannot be kept alive.
            response.close()
            response.release_conn()

    async def stat(self, key: str) -> int:
        found = await self._run(key, self._client.stat_object, self._bucket, checked_key(key))
        return int(found.size or 0)

    async def delete(self, key: str) -> None:
        try:
            await self._run(key, self._client.remove_object, self._bucket, checked_key(key))
        except ObjectMissing:
            return

    async def list(self, prefix: str) -> AsyncIterator[str]:
        for key in await self._run(prefix, self._keys, checked_prefix(prefix)):
            yield key

    async def begin(self, key: str) -> str:
        token: str = await self._run(
            key, self._client._create_multipart_upload, self._bucket, checked_key(key), {}
        )
        return token

    async def put_part(self, key: str, token: str, number: int, data: PartBytes) -> str:
        upload = self._client._upload_part
        tag: str = await self._run(
            key, upload, self._bucket, checked_key(key), bytes(data), {}, token, number
        )
        return tag

    async def complete(self, key: str, token: str, parts: Sequence[tuple[int, str]]) -> None:
        listed = [Part(number, tag) for number, tag in parts]
        finish = self._client._complete_multipart_upload
        await self._run(key, finish, self._bucket, checked_key(key), token, listed)

    async def abort(self, key: str, token: str) -> None:
        try:
            await self._run(key, self._client._abort_multipart_upload, self._bucket, checked_key(key), token)
        except ObjectMissing:
            return

    async def free(self) -> int | None:
        return None  # S3 has no such question; a full one answers the write

    async def health(self) -> None:
        if not await self._run("", self._client.bucket_exists, self._bucket):
            raise ObjectStoreUnavailable("the bucket does not exist")

    async def close(self) -> None:
        await asyncio.to_thread(self._threads.shutdown)
        self._pool.clear()

    def _keys(self, prefix: str) -> Sequence[str]:
        found = self._client.list_objects(self._bucket, prefix=prefix, recursive=True)
        return sorted(str(entry.object_name) for entry in found)

    async def _run(self, key: str, call: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """`call(…)` in a thread of this store, its failures translated."""

        def guarded() -> T:
            try:
                return call(*args, **kwargs)
            # SyntaxError is what the package's XML reader raises on an answer that is not XML.
            except (MinioException, urllib3.exceptions.HTTPError, OSError, SyntaxError) as error:
                _refuse(key, error)

        return await asyncio.get_running_loop().run_in_executor(self._threads, guarded)


def _refuse(key: str, error: Exception) -> NoReturn:
    """Raise what `error` means for the caller. The server's texts, which name hosts, stay in `__cause__`."""
    code = ""
    match error:
        case S3Error():
            code = error.code or ""
        case ServerError():
            code = str(error.status_code)
        case InvalidResponseError():
            # The package reads errors typed application/xml only; some servers send text/xml, or no body.
            said = _CODE.search(str(error)) or _STATUS.search(str(error))
            code = said[1] if said is not None else ""
    if code in _MISSING:
        raise ObjectMissing(key) from error
    if code in _FULL:
        raise ObjectStoreFull(key, code) from error
    raise ObjectStoreUnavailable(code or type(error).__name__) from error
