"""The S3 store against servers that are slow, dead, full or no S3 at all."""

import asyncio
import contextlib
import dataclasses
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import pytest

from storage.objects import ObjectError, ObjectMissing, ObjectStoreFull, ObjectStoreUnavailable
from storage.objects.s3 import S3Settings, S3Store
from tests.storage.objects.conftest import settings_of
from tests.storage.objects.rclone import RcloneServer
from tests.storage.objects.test_contract import begun, listed, made, read

HANG = 60  # seconds after which a test gives up; nothing here is meant to come near


@pytest.fixture
def server() -> Iterator[RcloneServer]:
    own = RcloneServer()
    try:
        own.start()
        yield own
    finally:
        own.stop()


@asynccontextmanager
async def opened(settings: S3Settings) -> AsyncIterator[S3Store]:
    store = S3Store(settings)
    try:
        yield store
    finally:
        await store.close()


async def test_preparing_twice_is_one_bucket(server: RcloneServer) -> None:
    async with opened(settings_of(server)) as store:
        with pytest.raises(ObjectStoreUnavailable):
            await store.health()
        await store.prepare()
        await store.prepare()
        await store.health()


async def test_a_listing_goes_on_after_a_thousand_keys(server: RcloneServer) -> None:
    async with opened(settings_of(server)) as store:
        await store.prepare()
        folder = server.folder / "bidding-test" / "many"
        folder.mkdir()
        for number in range(1_203):
            (folder / f"{number:05d}").touch()
        assert await listed(store, "many/") == [f"many/{number:05d}" for number in range(1_203)]


async def test_a_killed_server_is_unavailable_and_comes_back(server: RcloneServer) -> None:
    async with opened(settings_of(server)) as store:
        await store.prepare()
        await store.put("a", made(1000))
        token, tags = await begun(store, "b", b"part")
        server.kill()
        async with asyncio.timeout(HANG):
            for call in (
                store.put("c", b"x"),
                store.stat("a"),
                read(store, "a"),
                store.delete("a"),
                listed(store, ""),
                store.begin("c"),
                store.put_part("b", token, 2, b"x"),
                store.complete("b", token, tags),
                store.abort("b", token),
                store.health(),
            ):
                with pytest.raises(ObjectStoreUnavailable) as down:
                    await call
                assert down.value.retry_after > 0
                assert server.endpoint not in str(down.value)
        await asyncio.to_thread(server.start)
        assert await read(store, "a") == made(1000)
        await store.health()


async def test_a_server_killed_in_the_middle_of_a_part_leaves_no_object(server: RcloneServer) -> None:
    async with opened(settings_of(server)) as store:
        await store.prepare()
        token = await store.begin("b")
        server.freeze()  # so that the part is certainly under way
        sending = asyncio.create_task(store.put_part("b", token, 1, bytes(64 << 20)))
        await asyncio.sleep(0)
        server.kill()
        async with asyncio.timeout(HANG):
            with pytest.raises(ObjectStoreUnavailable):
                await sending
        await asyncio.to_thread(server.start)
        assert await listed(store, "") == []
        with pytest.raises(ObjectMissing):
            await store.stat("b")


async def test_a_frozen_server_is_given_up_after_the_read_time_out(server: RcloneServer) -> None:
    hasty = settings_of(server, read_timeout=0.2)
    async with opened(settings_of(server)) as store, opened(hasty) as impatient:
        await store.prepare()
        server.freeze()
        async with asyncio.timeout(HANG):
            with pytest.raises(ObjectStoreUnavailable):
                await impatient.put("a", b"x")
        server.thaw()
        await store.put("b", b"y")  # under "a", the server may still carry out what it had received
        assert await read(store, "b") == b"y"


async def test_wrong_credentials_are_refused_without_being_told(server: RcloneServer) -> None:
    wrong = dataclasses.replace(settings_of(server), secret_key="a-secret-that-is-wrong")
    async with opened(wrong) as store:
        with pytest.raises(ObjectStoreUnavailable) as refused:
            await store.stat("a")
        assert wrong.secret_key not in str(refused.value)
    assert wrong.secret_key not in repr(wrong)
    assert wrong.access_key not in repr(wrong)


def xml(status: str, code: str, kind: str = "application/xml") -> bytes:
    body = f"<?xml version='1.0'?><Error><Code>{code}</Code><Message>m</Message></Error>".encode()
    return f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (xml("507 Insufficient Storage", "InsufficientStorage"), ObjectStoreFull),
        (xml("507 Insufficient Storage", "XMinioStorageFull"), ObjectStoreFull),
        (xml("403 Forbidden", "QuotaExceeded"), ObjectStoreFull),
        (xml("403 Forbidden", "QuotaExceeded", "text/xml"), ObjectStoreFull),
        (b"HTTP/1.1 507 Insufficient Storage\r\nContent-Length: 0\r\n\r\n", ObjectStoreFull),
        (xml("503 Service Unavailable", "SlowDown"), ObjectStoreUnavailable),
        (xml("500 Internal Server Error", "InternalError"), ObjectStoreUnavailable),
        (xml("403 Forbidden", "AccessDenied"), ObjectStoreUnavailable),
        (xml("404 Not Found", "NoSuchUpload"), ObjectMissing),
        (xml("404 Not Found", "NoSuchUpload", "text/xml"), ObjectMissing),
        (xml("404 Not Found", "NoSuchBucket"), ObjectStoreUnavailable),
        (
            b"HTTP/1.1 502 Bad Gateway\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
            ObjectStoreUnavailable,
        ),
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 2\r\n\r\nhi",
            ObjectStoreUnavailable,
        ),
        (b"SSH-2.0-OpenSSH_9.2\r\n", ObjectStoreUnavailable),
        (b"", ObjectStoreUnavailable),
    ],
)
async def test_every_answer_has_its_meaning(answer: bytes, error: type[ObjectError]) -> None:
    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            await reader.readuntil(b"\r\n\r\n")
            writer.write(answer)
            await writer.drain()
        writer.close()

    listening = await asyncio.start_server(serve, "127.0.0.1", 0)
    port = listening.sockets[0].getsockname()[1]
    settings = S3Settings(
        f"127.0.0.1:{port}", "bucket", "access", "secret-key", secure=False, read_timeout=20
    )
    async with listening, opened(settings) as store, asyncio.timeout(HANG):
        with pytest.raises(error):
            await store.put_part("a", "token", 1, b"")
