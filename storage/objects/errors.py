"""What an object store can answer instead of a result.

ObjectError
├── BadKey                  the key is not one this package writes; nothing was touched
├── ObjectMissing           no object, or no open multipart upload, of that name
├── ObjectStoreFull         no room (disk, quota or file size limit); nothing half-written is visible
└── ObjectStoreUnavailable  unreachable, timed out or failing; try again after `retry_after` seconds
"""

from typing import ClassVar


class ObjectError(Exception):
    """Base of everything an object store raises on purpose. `code` is stable, for those above who map it."""

    code: ClassVar[str]


class BadKey(ObjectError):
    """`key` does not match the key pattern (see `storage.objects.keys`)."""

    code = "object-key"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"not an object key: {self.key[:80]!r}"


class ObjectMissing(ObjectError):
    """No object `key`, or no open multipart upload for it."""

    code = "object-missing"

    def __init__(self, key: str) -> None:
        self.key = key
        super().__init__(key)

    def __str__(self) -> str:
        return f"no such object or open multipart upload: {self.key}"


class ObjectStoreFull(ObjectError):
    """The store has no room for `key`; `reason` is the store's own word (errno name or S3 code)."""

    code = "object-store-full"

    def __init__(self, key: str, reason: str) -> None:
        self.key = key
        self.reason = reason
        super().__init__(key, reason)

    def __str__(self) -> str:
        return f"object store is full ({self.reason}) while writing {self.key}"


class ObjectStoreUnavailable(ObjectError):
    """The store did not do it now. `retry_after` is in seconds, `reason` the underlying failure."""

    code = "object-store-unavailable"

    def __init__(self, reason: str, *, retry_after: int = 5) -> None:
        self.reason = reason
        self.retry_after = retry_after
        super().__init__(reason)

    def __str__(self) -> str:
        return f"object store unavailable ({self.reason}); retry after {self.retry_after} s"
