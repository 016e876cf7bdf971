"""The spare file: a whole bid unencrypted, kept by its bidder; its receipt commits to it (R-PAIN-05; 20号令 31).

An archive like those of the envelopes: `form.json`, and for every other envelope the archive that was sealed in it.
"""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path

from bidding.crypto.container import archive_blocks, extract, require_safe_names
from bidding.crypto.errors import Layer, OpeningError
from bidding.crypto.files import appearing, file_blocks
from bidding.crypto.form import OpeningForm, form_bytes
from bidding.crypto.manifest import Manifest, SpareFile
from bidding.crypto.opening import OpenedForm, checked_form
from bidding.crypto.padding import FORM
from bidding.crypto.pipeline import write_all

FORM_NAME = "form.json"
ARCHIVE_SUFFIX = ".zip"


def make_spare(form: OpeningForm, documents: Mapping[str, Mapping[str, Path]], path: Path) -> SpareFile:
    """Write the spare file of what is sealed (`documents` as for `seal_bid`) to `path`, mode 0600.

    It takes the bid's size twice for a while. Raises what sealing raises, and OSError.
    """
    require_safe_names([path.name])
    data = form_bytes(form)
    with tempfile.TemporaryDirectory(dir=path.absolute().parent, prefix=".spare-") as folder:
        files = {FORM_NAME: Path(folder, FORM_NAME)}
        files[FORM_NAME].write_bytes(data)
        for name in documents:
            archive = files[f"{name}{ARCHIVE_SUFFIX}"] = Path(folder, f"{name}{ARCHIVE_SUFFIX}")
            with appearing(archive) as sink:
                for block in archive_blocks(documents[name]):
                    write_all(sink, memoryview(block))
        digest = hashlib.sha256()
        with appearing(path) as sink:
            for block in archive_blocks(files):
                digest.update(block)
                write_all(sink, memoryview(block))
    return SpareFile(form=hashlib.sha256(data).hexdigest(), sha256=digest.hexdigest())


def file_sha256(path: Path) -> str:
    """Hex digest of a file of any size: what a spare is recognised by."""
    digest = hashlib.sha256()
    for block in file_blocks(path):
        digest.update(block)
    return digest.hexdigest()


def read_spare(path: Path, manifest: Manifest, directory: Path) -> tuple[OpenedForm, dict[str, Path]]:
    """The form and, by envelope, the archives of a spare file that has the committed digest, in the new `directory`.

    OpeningError(CONTAINER) if it is made otherwise than a spare file, FormError if its form is none.
    """
    directory.mkdir()
    extract(path, directory)
    others = [one.name for one in manifest.envelopes if one.name != FORM]
    wanted = {FORM_NAME, *(f"{name}{ARCHIVE_SUFFIX}" for name in others)}
    if {one.name for one in directory.iterdir()} != wanted:
        raise OpeningError(
            layer=Layer.CONTAINER, reason=f"a spare file holds just {', '.join(sorted(wanted))}"
        )
    opened = spare_form((directory / FORM_NAME).read_bytes(), manifest)
    return opened, {name: directory / f"{name}{ARCHIVE_SUFFIX}" for name in others}


def spare_form(data: bytes, manifest: Manifest) -> OpenedForm:
    """The form of a spare file: anyone repeats this from the published bytes. OpeningError, FormError."""
    committed = manifest.spare.form if isinstance(manifest.spare, SpareFile) else ""
    if hashlib.sha256(data).hexdigest() != committed:
        raise OpeningError(
            layer=Layer.FORM, envelope=FORM, reason="not the form that the manifest commits to"
        )
    return checked_form(data, manifest)
