"""The request headers of tus 1.0.0, read strictly: what is not understood is a `TusProblem`."""

import base64
import binascii
import re

from fastapi import Request

from bidding.api.tus_problems import (
    TUS_VERSION,
    BadTusRequest,
    UnsupportedVersion,
    UploadTooLarge,
    WrongContentType,
)

_BODY_TYPE = "application/offset+octet-stream"
_NUMBER = re.compile(r"[0-9]{1,15}", re.ASCII)
_METADATA_KEY = re.compile(r"[!-+\--~]{1,100}", re.ASCII)
_MAX_METADATA = 4096
_SHA256_BYTES = 32


def require_version(request: Request) -> None:
    if request.headers.get("tus-resumable") != TUS_VERSION:
        raise UnsupportedVersion(version=True)


def require_body_type(request: Request) -> None:
    if request.headers.get("content-type") != _BODY_TYPE:
        raise WrongContentType


def body_follows(request: Request) -> bool:
    return request.headers.get("content-length", "0") != "0" or "transfer-encoding" in request.headers


def require_room(request: Request, room: int) -> None:
    if "content-length" in request.headers and number(request, "content-length") > room:
        raise UploadTooLarge(f"Content-Length > {room}")


def number(request: Request, name: str) -> int:
    text = request.headers.get(name, "")
    if _NUMBER.fullmatch(text) is None:
        raise BadTusRequest(name)
    return int(text)


def checksum(request: Request) -> bytes | None:
    """The SHA-256 that the whole body must have, from `Upload-Checksum: sha256 <base64>`."""
    header = request.headers.get("upload-checksum")
    if header is None:
        return None
    algorithm, _, encoded = header.partition(" ")
    if algorithm != "sha256":
        raise BadTusRequest("Upload-Checksum: sha256 only")
    try:
        digest = base64.b64decode(encoded, validate=True)
    except binascii.Error:
        digest = b""
    if len(digest) != _SHA256_BYTES:
        raise BadTusRequest("Upload-Checksum")
    return digest


def metadata(header: str) -> dict[str, str]:
    """`Upload-Metadata`: comma-separated pairs of a key and, unless empty, its value in base64."""
    found: dict[str, str] = {}
    if len(header) > _MAX_METADATA:
        raise BadTusRequest("Upload-Metadata")
    for pair in header.split(",") if header else ():
        key, _, encoded = pair.strip(" ").partition(" ")
        if _METADATA_KEY.fullmatch(key) is None or key in found:
            raise BadTusRequest("Upload-Metadata")
        try:
            found[key] = base64.b64decode(encoded, validate=True).decode()
        except ValueError:  # neither base64 nor UTF-8
            raise BadTusRequest("Upload-Metadata") from None
    return found
