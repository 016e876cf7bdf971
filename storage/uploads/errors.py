"""What an upload can answer instead of going on.

UploadError
├── UploadUnknown       no such upload, or somebody else's: the two are never told apart
├── UploadGone          expired, terminated or refused; its bytes are deleted
├── OffsetMismatch      the bytes offered do not begin where the upload stands
├── UploadLocked        another request is writing to it
├── LengthExceeded      more bytes than the length declared at creation
├── ChecksumMismatch    the request's bytes do not have the checksum it states; none of them were kept
├── UploadRefused       the first bytes are not of the admitted kind; the upload is aborted
├── UploadTaken         the id given for a new upload is of another one
├── UploadIncomplete    asked for the result before the last byte
└── UploadFinished      complete: nothing more is written, and only the application may delete it

Errors of the object store (`storage.objects.errors`) and of the database (`storage.errors`) pass through.
"""

from typing import ClassVar


class UploadError(Exception):
    """Base of everything `storage.uploads` raises on purpose. Carries no upload id, which is a secret.

    `code` is stable: who may not import this package (the API) tells the cases apart by it.
    """

    code: ClassVar[str]


class UploadUnknown(UploadError):
    code = "upload-unknown"

    def __str__(self) -> str:
        return "no such upload"


class UploadGone(UploadError):
    code = "upload-gone"

    def __str__(self) -> str:
        return "the upload has expired or was ended; create a new one"


class OffsetMismatch(UploadError):
    """`found` is where the upload stands, `offered` where the request wanted to write (bytes)."""

    code = "upload-offset"

    def __init__(self, *, found: int, offered: int) -> None:
        self.found = found
        self.offered = offered
        super().__init__(found, offered)

    def __str__(self) -> str:
        return f"the upload stands at byte {self.found}, the request begins at {self.offered}"


class UploadLocked(UploadError):
    """`retry_after` is in seconds: by then a dead writer's lease has run out."""

    code = "upload-locked"

    def __init__(self, *, retry_after: int) -> None:
        self.retry_after = retry_after
        super().__init__(retry_after)

    def __str__(self) -> str:
        return "another request is writing to this upload"


class LengthExceeded(UploadError):
    """`length` is what was declared at creation (bytes)."""

    code = "upload-length"

    def __init__(self, length: int) -> None:
        self.length = length
        super().__init__(length)

    def __str__(self) -> str:
        return f"more bytes than the declared length of {self.length}"


class ChecksumMismatch(UploadError):
    code = "upload-checksum"

    def __str__(self) -> str:
        return "the bytes received do not have the stated checksum"


class UploadRefused(UploadError):
    """`reason` is what the injected `sniff` raised."""

    code = "upload-refused"

    def __init__(self, reason: Exception) -> None:
        self.reason = reason
        super().__init__(reason)

    def __str__(self) -> str:
        return f"the first bytes are refused: {self.reason}"


class UploadTaken(UploadError):
    code = "upload-taken"

    def __str__(self) -> str:
        return "this upload id is in use"


class UploadIncomplete(UploadError):
    """`received` of `length` bytes are there."""

    code = "upload-incomplete"

    def __init__(self, *, received: int, length: int) -> None:
        self.received = received
        self.length = length
        super().__init__(received, length)

    def __str__(self) -> str:
        return f"{self.received} of {self.length} bytes received"


class UploadFinished(UploadError):
    code = "upload-finished"

    def __str__(self) -> str:
        return "the upload is complete"
