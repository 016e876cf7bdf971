"""What every object store does: one suite, run by the directory and by a real S3 server."""

import asyncio
import hashlib
import random
import secrets
from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

import pytest

from storage.objects import BadKey, ObjectMissing, ObjectStore, PartBytes

MIB = 1 << 20
PART = 5 * MIB  # what S3 wants at least of every part but the last
SIZE = 2 * MIB + 777


def made(size: int, seed: int = 0) -> bytes:
    return random.Random(seed).randbytes(size)


async def read(store: ObjectStore, key: str, offset: int = 0, length: int | None = None) -> bytes:
    chunks = [chunk async for chunk in store.get(key, offset, length)]
    assert all(0 < len(chunk) <= MIB for chunk in chunks)
    return b"".join(chunks)


async def listed(store: ObjectStore, prefix: str) -> list[str]:
    return [key async for key in store.list(prefix)]


# Whole objects


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
async def test_what_is_put_is_got(
    store: ObjectStore, prefix: str, kind: Callable[[bytes], PartBytes]
) -> None:
    await store.put(prefix + "a", kind(made(SIZE)))
    assert await store.stat(prefix + "a") == SIZE
    assert await read(store, prefix + "a") == made(SIZE)


async def test_an_empty_object_is_an_object(store: ObjectStore, prefix: str) -> None:
    await store.put(prefix + "empty", b"")
    assert await store.stat(prefix + "empty") == 0
    assert await read(store, prefix + "empty") == b""
    assert await read(store, prefix + "empty", 0, 10) == b""
    assert await listed(store, prefix) == [prefix + "empty"]


async def test_a_second_put_replaces_the_first(store: ObjectStore, prefix: str) -> None:
    await store.put(prefix + "a", made(1000, 1))
    await store.put(prefix + "a", made(10, 2))
    assert await read(store, prefix + "a") == made(10, 2)


@pytest.mark.parametrize(
    ("offset", "length"),
    [
        (0, 0),
        (0, 1),
        (0, SIZE),
        (0, SIZE + 1),
        (1, None),
        (5, 10),
        (MIB - 1, 2),
        (MIB, MIB),
        (SIZE - 1, None),
        (SIZE - 3, 100),
        (SIZE, None),
        (SIZE, 1),
        (SIZE + 5, 10),
    ],
)
async def test_a_range_is_cut_at_the_end(
    store: ObjectStore, prefix: str, offset: int, length: int | None
) -> None:
    await store.put(prefix + "a", made(SIZE))
    wanted = made(SIZE)[offset:] if length is None else made(SIZE)[offset : offset + length]
    assert await read(store, prefix + "a", offset, length) == wanted


async def test_what_is_not_there_is_missing(store: ObjectStore, prefix: str) -> None:
    with pytest.raises(ObjectMissing):
        await store.stat(prefix + "nothing")
    with pytest.raises(ObjectMissing):
        await read(store, prefix + "nothing")
    with pytest.raises(ObjectMissing):
        await read(store, prefix + "no/such/folder", 0, 1)


async def test_a_deleted_object_is_missing_and_may_be_deleted_again(store: ObjectStore, prefix: str) -> None:
    await store.put(prefix + "a", b"x")
    await store.delete(prefix + "a")
    await store.delete(prefix + "a")
    await store.delete(prefix + "never/was")
    with pytest.raises(ObjectMissing):
        await store.stat(prefix + "a")
    assert await listed(store, prefix) == []


# Listing


async def test_a_listing_is_ascending_and_holds_what_begins_with_the_prefix(
    store: ObjectStore, prefix: str
) -> None:
    names = ["b/2", "b/10", "b/1/z", "a-1", "a.1", "a/x", "a0/x", "B/1", "c/d/e/f/g", "c/d/e2"]
    await asyncio.gather(*(store.put(prefix + name, name.encode()) for name in names))
    assert await listed(store, prefix) == sorted(prefix + name for name in names)
    for asked in ("a", "a/", "b/", "b/1", "c/d/e", "c/d/e/", "B/"):
        wanted = sorted(prefix + name for name in names if name.startswith(asked))
        assert await listed(store, prefix + asked) == wanted, asked
    assert await listed(store, prefix + "nothing/") == []
    assert set(await listed(store, "")) >= {prefix + name for name in names}


# Multipart


async def begun(store: ObjectStore, key: str, *parts: bytes) -> tuple[str, list[tuple[int, str]]]:
    token = await store.begin(key)
    tags = [(n, await store.put_part(key, token, n, part)) for n, part in enumerate(parts, 1)]
    return token, tags


async def test_parts_make_the_object_and_nothing_is_visible_before(store: ObjectStore, prefix: str) -> None:
    key, parts = prefix + "big", [made(PART, 1), made(PART, 2), made(99, 3)]
    token, tags = await begun(store, key, *parts)
    with pytest.raises(ObjectMissing):
        await store.stat(key)
    assert await listed(store, prefix) == []
    await store.complete(key, token, tags)
    assert await store.stat(key) == 2 * PART + 99
    assert hashlib.sha256(await read(store, key)).digest() == hashlib.sha256(b"".join(parts)).digest()
    assert await read(store, key, PART - 3, 6) == parts[0][-3:] + parts[1][:3]
    assert await read(store, key, 2 * PART - 1) == parts[1][-1:] + parts[2]
    assert await listed(store, prefix) == [key]


async def test_parts_count_by_number_not_by_arrival(store: ObjectStore, prefix: str) -> None:
    key, token = prefix + "a", await store.begin(prefix + "a")
    last = await store.put_part(key, token, 2, b"end")
    first = await store.put_part(key, token, 1, made(PART))
    await store.complete(key, token, [(1, first), (2, last)])
    assert await read(store, key) == made(PART) + b"end"


async def test_a_part_sent_again_replaces_the_first(store: ObjectStore, prefix: str) -> None:
    key, token = prefix + "a", await store.begin(prefix + "a")
    await store.put_part(key, token, 2, b"old end")
    again = await store.put_part(key, token, 2, b"new")
    first = await store.put_part(key, token, 1, made(PART))
    await store.complete(key, token, [(1, first), (2, again)])
    assert await read(store, key) == made(PART) + b"new"


async def test_a_part_whose_answer_was_lost_may_be_repeated(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    token, _ = await begun(store, key, made(PART), b"end")
    again = [
        (1, await store.put_part(key, token, 1, made(PART))),
        (2, await store.put_part(key, token, 2, b"end")),
    ]
    await store.complete(key, token, again)
    assert await read(store, key) == made(PART) + b"end"


async def test_parts_may_be_sent_at_once(store: ObjectStore, prefix: str) -> None:
    key, token = prefix + "a", await store.begin(prefix + "a")
    sent = await asyncio.gather(*(store.put_part(key, token, n, made(PART, n)) for n in range(1, 5)))
    await store.complete(key, token, list(enumerate(sent, 1)))
    assert await read(store, key, 2 * PART, PART) == made(PART, 3)


async def test_an_unknown_token_is_missing(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    token, tags = await begun(store, key, b"part")
    for wrong in ("0" * 32, secrets.token_hex(16), "../../objects"):
        with pytest.raises(ObjectMissing):
            await store.put_part(key, wrong, 1, b"part")
        with pytest.raises(ObjectMissing):
            await store.complete(key, wrong, tags)
    await store.complete(key, token, tags)
    assert await read(store, key) == b"part"


@pytest.mark.parametrize("wrong", [[(1, "0123456789abcdef")], [(2, "0123456789abcdef")]])
async def test_a_part_that_was_not_stored_is_missing(
    store: ObjectStore, prefix: str, wrong: list[tuple[int, str]]
) -> None:
    token, _ = await begun(store, prefix + "a", b"part")
    with pytest.raises(ObjectMissing):
        await store.complete(prefix + "a", token, wrong)
    assert await listed(store, prefix) == []


async def test_a_token_serves_its_own_key_only(store: ObjectStore, prefix: str) -> None:
    token, tags = await begun(store, prefix + "mine", b"part")
    with pytest.raises(ObjectMissing):
        await store.put_part(prefix + "other", token, 1, b"part")
    with pytest.raises(ObjectMissing):
        await store.complete(prefix + "other", token, tags)
    await store.abort(prefix + "other", token)
    await store.complete(prefix + "mine", token, tags)
    assert await listed(store, prefix) == [prefix + "mine"]


async def test_a_completion_whose_answer_was_lost_may_be_repeated(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    token, tags = await begun(store, key, made(PART), b"end")
    await store.complete(key, token, tags)
    try:
        await store.complete(key, token, tags)
    except ObjectMissing:
        assert await store.stat(key) == PART + 3
    assert await read(store, key) == made(PART) + b"end"


async def test_a_completed_object_can_be_replaced_and_deleted(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    for seed in (1, 2):
        token, tags = await begun(store, key, made(PART, seed), b"end")
        await store.complete(key, token, tags)
        assert await read(store, key) == made(PART, seed) + b"end"
    await store.put(key, b"small")
    assert await read(store, key) == b"small"
    token, tags = await begun(store, key, b"once more")
    await store.complete(key, token, tags)
    await store.delete(key)
    with pytest.raises(ObjectMissing):
        await store.stat(key)


async def test_an_aborted_upload_leaves_nothing(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    token, tags = await begun(store, key, b"part")
    await store.abort(key, token)
    await store.abort(key, token)
    await store.abort(key, secrets.token_hex(16))
    for late in (store.put_part(key, token, 1, b"x"), store.complete(key, token, tags), store.stat(key)):
        with pytest.raises(ObjectMissing):
            await late
    assert await listed(store, prefix) == []


async def test_aborting_one_upload_of_a_key_leaves_the_other(store: ObjectStore, prefix: str) -> None:
    key = prefix + "a"
    first, _ = await begun(store, key, b"first")
    second, tags = await begun(store, key, b"second")
    assert first != second
    await store.abort(key, first)
    await store.complete(key, second, tags)
    await store.abort(key, second)  # completed: no longer an upload, and the object stays
    assert await read(store, key) == b"second"


# Keys

BAD_KEYS = [
    "",
    "/",
    "/etc/passwd",
    "a/",
    "a//b",
    ".",
    "..",
    "../a",
    "a/../b",
    "a/./b",
    "a/.hidden",
    "a\\..\\b",
    "a\x00b",
    "a\n",
    "a b",
    "a=",
    "a%2e%2e/b",
    "投标",
    "a?x",
    "a#x",
    "~" * 3,
    "x" * 201,
    "/".join(["x" * 100] * 6),
]


@pytest.mark.parametrize("key", BAD_KEYS, ids=repr)
async def test_a_bad_key_is_refused_by_every_call(store: ObjectStore, key: str) -> None:
    async def got() -> None:
        await anext(aiter(store.get(key)))

    calls: list[Callable[[], Coroutine[Any, Any, Any]]] = [
        lambda: store.put(key, b"x"),
        got,
        lambda: store.stat(key),
        lambda: store.delete(key),
        lambda: store.begin(key),
        lambda: store.put_part(key, "0" * 32, 1, b"x"),
        lambda: store.complete(key, "0" * 32, []),
        lambda: store.abort(key, "0" * 32),
    ]
    for call in calls:
        with pytest.raises(BadKey) as refused:
            await call()
        assert refused.value.key == key


@pytest.mark.parametrize("prefix_asked", ["/", "..", "../", "a//", "a/../", "a/.", "投标/"])
async def test_a_bad_prefix_is_refused(store: ObjectStore, prefix_asked: str) -> None:
    with pytest.raises(BadKey):
        await listed(store, prefix_asked)


async def test_the_longest_key_works(store: ObjectStore, prefix: str) -> None:
    key = prefix + "/".join(["x" * 200, "y" * 200, "z" * 80])
    await store.put(key, b"x")
    assert await read(store, key) == b"x"
    assert await listed(store, prefix) == [key]


# Readers


async def test_many_readers_at_once_all_get_all(store: ObjectStore, prefix: str) -> None:
    await store.put(prefix + "a", made(SIZE))
    offsets = [i * SIZE // 24 for i in range(24)]
    found = await asyncio.gather(*(read(store, prefix + "a", offset) for offset in offsets))
    assert [len(data) for data in found] == [SIZE - offset for offset in offsets]
    assert all(data == made(SIZE)[offset:] for data, offset in zip(found, offsets, strict=True))


async def test_readers_that_go_away_leave_room_for_others(store: ObjectStore, prefix: str) -> None:
    await store.put(prefix + "a", made(SIZE))
    for _ in range(20):  # more than the store has threads or connections
        reader = store.get(prefix + "a")
        assert isinstance(reader, AsyncGenerator)
        assert await anext(reader) == made(SIZE)[:MIB]
        await reader.aclose()
    assert await read(store, prefix + "a", 0, 1) == made(SIZE)[:1]


async def test_a_store_that_works_is_healthy(store: ObjectStore) -> None:
    await store.health()
    assert not [key for key in await listed(store, "") if "health" in key]


async def test_a_store_tells_what_can_still_be_stored_or_that_it_cannot(store: ObjectStore) -> None:
    free = await store.free()
    assert free is None or free > 0
