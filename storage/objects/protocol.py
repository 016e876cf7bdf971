"""The object store as the rest of the program sees it.

An object is visible whole or not at all, and what a call has returned for is durable. Keys follow
`storage.objects.keys`. Every method may raise `ObjectStoreUnavailable`; every write may raise
`ObjectStoreFull`; every key is checked (`BadKey`).
"""

from collections.abc import AsyncIterator, Sequence
from typing import Protocol

# Whole parts travel as one buffer: 8 MiB, filled by the receiver and never copied again by a store.
PartBytes = bytes | bytearray | memoryview


class ObjectStore(Protocol):
    """Two implementations pass one contract suite: `DirectoryStore` and `S3Store`."""

    async def put(self, key: str, data: PartBytes) -> None:
        """Store or replace an object."""
        ...

    def get(self, key: str, offset: int = 0, length: int | None = None) -> AsyncIterator[bytes]:
        """The object's bytes from `offset`, at most `length` of them, in chunks of at most 1 MiB.

        A range that reaches past the end is cut there. Raises `ObjectMissing` at the first chunk.
        """
        ...

    async def stat(self, key: str) -> int:
        """Size in bytes. Raises `ObjectMissing`."""
        ...

    async def delete(self, key: str) -> None:
        """Remove an object; a missing one is no error (a repeated clean-up must succeed)."""
        ...

    def list(self, prefix: str) -> AsyncIterator[str]:
        """Keys beginning with `prefix`, ascending. Open multipart uploads are not listed."""
        ...

    async def begin(self, key: str) -> str:
        """Open a multipart upload for `key`; the token names it in the calls below."""
        ...

    async def put_part(self, key: str, token: str, number: int, data: PartBytes) -> str:
        """Store part `number` (1 to 10,000) durably and return its tag.

        Repeating a number replaces the part: the tags given to `complete` decide which bytes count.
        S3 wants every part but the last to hold at least 5 MiB. Raises `ObjectMissing` for an unknown token.
        """
        ...

    async def complete(self, key: str, token: str, parts: Sequence[tuple[int, str]]) -> None:
        """Make the object of these (number, tag) parts, ascending; copies no bytes.

        Raises `ObjectMissing` if the token or one of the parts is unknown. Some stores forget a token once
        it is completed: who repeats a call whose answer was lost checks `stat` on `ObjectMissing`.
        """
        ...

    async def abort(self, key: str, token: str) -> None:
        """Drop a multipart upload and its parts; an unknown token is no error."""
        ...

    async def free(self) -> int | None:
        """Bytes that can still be stored; None where the store does not say."""
        ...

    async def health(self) -> None:
        """Return if the store answers and can be written to, else raise `ObjectStoreUnavailable`."""
        ...

    async def close(self) -> None:
        """Release threads and connections."""
        ...
