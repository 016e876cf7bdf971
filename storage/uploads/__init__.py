"""Resumable uploads: state in PostgreSQL, bytes in an object store, 8 MiB parts hashed as they arrive."""

from storage.uploads.buffers import PART
from storage.uploads.errors import (
    ChecksumMismatch,
    LengthExceeded,
    OffsetMismatch,
    UploadError,
    UploadFinished,
    UploadGone,
    UploadIncomplete,
    UploadLocked,
    UploadRefused,
    UploadTaken,
    UploadUnknown,
)
from storage.uploads.rows import Upload
from storage.uploads.service import MAX_LENGTH, CompletedUpload, Uploads
from storage.uploads.writer import SNIFFED, Sniff, UploadWriter

__all__ = [
    "MAX_LENGTH",
    "PART",
    "SNIFFED",
    "ChecksumMismatch",
    "CompletedUpload",
    "LengthExceeded",
    "OffsetMismatch",
    "Sniff",
    "Upload",
    "UploadError",
    "UploadFinished",
    "UploadGone",
    "UploadIncomplete",
    "UploadLocked",
    "UploadRefused",
    "UploadTaken",
    "UploadUnknown",
    "UploadWriter",
    "Uploads",
]
