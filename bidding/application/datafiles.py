"""Data files, read so that whatever is wrong with one is named by file, line and key."""

from collections.abc import Callable
from importlib import resources
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import TypeVar

from bidding.domain.datafile import DataFileError

T = TypeVar("T")


def shipped(parse: Callable[[str], T], package: str, *path: str) -> T:
    """What ``parse`` makes of a file that ``package`` ships. Raises ``DataFileError``, which names the file."""
    return parsed(parse, resources.files(package).joinpath(*path))


def parsed(parse: Callable[[str], T], file: Traversable | Path) -> T:
    """Raises ``DataFileError``, which names the file; ``OSError``."""
    try:
        return parse(file.read_text(encoding="utf-8"))
    except DataFileError as error:
        raise DataFileError(error.fault, line=error.line, key=error.key, file=file.name) from None
