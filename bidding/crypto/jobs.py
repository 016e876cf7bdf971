"""Work for the worker processes that is more than one call of sealing or opening."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bidding.crypto.errors import OpeningError
from bidding.crypto.files import file_blocks
from bidding.crypto.manifest import Manifest
from bidding.crypto.opening import OpenedForm, open_form
from bidding.crypto.parts import PartHasher, root
from bidding.crypto.pipeline import Progress


@dataclass(frozen=True)
class FormToOpen:
    """One bid's sealed form, its manifest, and the content key recovered from the release."""

    sealed: bytes = field(repr=False)
    manifest: Manifest
    cek: bytes = field(repr=False)


def open_forms(forms: Sequence[FormToOpen]) -> list[OpenedForm | OpeningError]:
    """Open all forms of a lot; one that fails is returned as its error and spoils no other."""
    outcomes: list[OpenedForm | OpeningError] = []
    for form in forms:
        try:
            outcomes.append(open_form(form.sealed, form.manifest, form.cek))
        except OpeningError as error:
            outcomes.append(error)
    return outcomes


def stored_root(path: Path, progress: Progress | None = None) -> bytes:
    """The root of a stored sealed body, hashed again: what the nightly check compares with the manifest."""
    hasher, total = PartHasher(), path.stat().st_size
    for block in file_blocks(path):
        hasher.update(block)
        if progress:
            progress(hasher.length, total)
    return root(hasher.hashes())
