"""Several files in one envelope: a plain ZIP, stored, written as a stream with nothing of the machine in it.

The same names and bytes give the same archive everywhere: fixed time stamp, no owners, no modes, ZIP64
fields in every entry, sizes in data descriptors. Names are checked on both sides.
"""

import hashlib
import unicodedata
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bidding.crypto.errors import Layer, OpeningError, UnsafeFileNameError
from bidding.crypto.files import appearing, file_blocks
from bidding.crypto.pipeline import BLOCK, Progress, write_all

MAX_FILES = 10_000
MAX_NAME_BYTES = 200
_INVISIBLE = frozenset({"Cc", "Cf", "Zl", "Zp"})
_EPOCH = (1980, 1, 1, 0, 0, 0)
_FORBIDDEN = frozenset('\\/:*?"<>|')
_DEVICES = frozenset(
    {"con", "prn", "aux", "nul"} | {f"{port}{n}" for port in ("com", "lpt") for n in range(1, 10)}
)


@dataclass(frozen=True)
class Member:
    """A file inside an envelope: its name and length in bytes."""

    name: str
    length: int


def require_safe_name(name: str) -> None:
    """UnsafeFileNameError unless `name` is one plain file name on every system a recipient may use."""
    reason = _unsafe(name)
    if reason:
        raise UnsafeFileNameError(name=name, reason=reason)


def require_safe_names(names: Sequence[str]) -> None:
    """Each name is safe, and no two are the same where letter case does not count."""
    seen: set[str] = set()
    for name in names:
        require_safe_name(name)
        folded = unicodedata.normalize("NFC", name).casefold()
        if folded in seen:
            raise UnsafeFileNameError(name=name, reason="occurs twice")
        seen.add(folded)


def archive_length(files: Mapping[str, int]) -> int:
    """Bytes of the archive of files with these names and lengths, known before a byte is read."""
    offset, directory = 0, 0
    for name in sorted(files):
        encoded, length = len(name.encode()), files[name]
        far = offset > zipfile.ZIP64_LIMIT
        big = length > zipfile.ZIP64_LIMIT
        extra = 8 * (2 * big + far)
        directory += 46 + encoded + (4 + extra if extra else 0)
        offset += 30 + encoded + 20 + length + 24
    zip64 = len(files) > zipfile.ZIP_FILECOUNT_LIMIT or max(offset, directory) > zipfile.ZIP64_LIMIT
    return offset + directory + 22 + (56 + 20) * zip64


def archive_blocks(files: Mapping[str, Path]) -> Iterator[bytes | memoryview]:
    """The archive of these files (name in the archive → file on disk), in blocks, sorted by name."""
    require_safe_names(list(files))
    if not 0 < len(files) <= MAX_FILES:
        raise UnsafeFileNameError(name="", reason=f"1 to {MAX_FILES} files in an envelope")
    sink = _Sink()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_STORED) as archive:
        for name in sorted(files):
            entry = zipfile.ZipInfo(name, _EPOCH)
            entry.create_system, entry.external_attr = 3, 0o100644 << 16
            with archive.open(entry, "w", force_zip64=True) as writer:
                for block in file_blocks(files[name]):
                    writer.write(block)
                    yield from sink.taken()
            yield from sink.taken()
    yield from sink.taken()


def members(archive: Path) -> list[Member]:
    """What the opened archive holds. OpeningError(CONTAINER) for anything but stored, safely named files."""
    with _read(archive) as opened:
        return [Member(entry.filename, entry.file_size) for entry in opened.infolist()]


def digests(archive: Path) -> dict[str, str]:
    """Name → hex SHA-256 of every file, none of them written anywhere. OpeningError(CONTAINER)."""
    found = {}
    with _read(archive) as opened:
        for entry in opened.infolist():
            digest = hashlib.sha256()
            try:
                with opened.open(entry) as source:
                    while block := source.read(BLOCK):
                        digest.update(block)
            except (zipfile.BadZipFile, EOFError) as error:
                raise _refused(f"{type(error).__name__} in a file") from None
            found[entry.filename] = digest.hexdigest()
    return found


def extract(archive: Path, directory: Path, progress: Progress | None = None) -> list[Path]:
    """Write every file into `directory` (which must exist); each appears whole or not at all."""
    written, done, total = [], 0, archive.stat().st_size
    with _read(archive) as opened:
        for entry in opened.infolist():
            path = directory / entry.filename
            try:
                with opened.open(entry) as source, appearing(path) as sink:
                    while block := source.read(BLOCK):
                        write_all(sink, memoryview(block))
                        done += len(block)
                        if progress:
                            progress(done, total)
            except (zipfile.BadZipFile, EOFError) as error:
                raise _refused(f"{type(error).__name__} in a file") from None
            written.append(path)
    return written


class _Sink:
    """A file that can only be appended to, handing out what was written since the last time."""

    def __init__(self) -> None:
        self._blocks: list[bytes] = []

    def write(self, data: bytes | memoryview) -> int:
        self._blocks.append(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """Nothing to release."""

    def taken(self) -> list[bytes]:
        blocks, self._blocks = self._blocks, []
        return blocks


def _read(archive: Path) -> zipfile.ZipFile:
    try:
        opened = zipfile.ZipFile(archive)
    except (zipfile.BadZipFile, NotImplementedError, ValueError, OverflowError) as error:
        raise _refused(f"not an archive: {type(error).__name__}") from None
    try:
        entries = opened.infolist()
        if not 0 < len(entries) <= MAX_FILES:
            raise _refused("no file, or too many")
        require_safe_names([entry.filename for entry in entries])
        if any(e.compress_type != zipfile.ZIP_STORED or e.flag_bits & 0x1 for e in entries):
            raise _refused("compressed or encrypted")
        if any(e.orig_filename != e.filename for e in entries):
            raise _refused("a file name was cut or rewritten")
        if any(e.compress_size != e.file_size for e in entries):
            raise _refused("sizes disagree")
        if sum(e.file_size for e in entries) > archive.stat().st_size:
            raise _refused("files overlap")
    except UnsafeFileNameError as error:
        opened.close()
        raise _refused(f"unsafe file name: {error.reason}") from None
    except BaseException:
        opened.close()
        raise
    return opened


def _refused(reason: str) -> OpeningError:
    return OpeningError(layer=Layer.CONTAINER, reason=reason)


def _unsafe(name: str) -> str | None:
    if not name or name in {".", ".."}:
        return "not a file name"
    try:
        encoded = name.encode()
    except UnicodeEncodeError:
        return "not Unicode text"
    if len(encoded) > MAX_NAME_BYTES:
        return f"longer than {MAX_NAME_BYTES} bytes"
    if _FORBIDDEN & set(name):
        return "contains a path or wildcard character"
    if any(unicodedata.category(character) in _INVISIBLE for character in name):
        return "contains an invisible character"
    if name[-1] in ". " or name[0] == " ":
        return "begins or ends with a space or dot"
    if name.partition(".")[0].rstrip().casefold() in _DEVICES:
        return "the name of a device"
    if unicodedata.normalize("NFC", name) != name:
        return "not in Unicode form NFC"
    return None
