"""Everything that sealing, opening, signing and certifying can refuse.

CryptoError
├── CanonicalError              bytes that are not the one canonical form of a value of the wanted shape
├── UnsupportedSuiteError       a suite this program does not speak
├── MalformedKeyError           a key, seed, key file or recovery code that cannot be one
│   └── WrongPassphraseError    the key file is sound, the passphrase (or the file's bytes) is not
├── SealingError                what was handed over cannot be sealed
│   ├── LengthMismatchError     the content is not as long as announced
│   ├── FormTooLongError        the opening form does not fit its fixed size
│   └── UnsafeFileNameError     a file name no recipient should have to write to disk
├── OpeningError                opening stopped; `layer` says which check, hence who has to answer for it
│   └── FormError               the opened form breaks its schema; `field` names where
├── SignatureError              a statement, manifest, receipt or release is not signed by that key
├── CertificateError            a certificate this authority does not stand behind at that instant
├── LogError                    what a verifiable log says does not hold; `what` says which
│   ├── NoteError               a note or checkpoint that is malformed or not signed by those who must
│   ├── ConsistencyError        a proof that does not lead from the tree seen before to the new one
│   └── WitnessConflictError    the log does not go on from what this witness saw last
├── SessionKeyError             the two offices' session keys do not fit together
├── DeliveryProofError          a proof of delivery is for another key or was moved to another place
├── SealError                   an electronic seal or a sealed document that does not hold; `reason` says what
├── TimestampError              a time-stamp token that says something else, or of an authority you do not trust
├── WorkerDiedError             a worker process ended inside a job (killed, out of memory)
└── WorkersClosedError          a job was handed to a pool that has been shut down

No error carries key material: texts are built from names, sizes and layers alone.
"""

from enum import StrEnum
from typing import Any

from bidding.crypto.printable import printable


class Layer(StrEnum):
    """The checks of an opening in their order; a vector names the one that must fail."""

    MANIFEST = "manifest"
    ROOT = "root"
    COMMITMENT = "commitment"
    AEAD = "aead"
    PADDING = "padding"
    CONTAINER = "container"
    FORM = "form"
    RELEASE = "release"
    ESCROW = "escrow"
    STATEMENT = "statement"
    RECEIPT = "receipt"


class CryptoError(Exception):
    """Base. Attributes are the data; the text is built when somebody asks for it.

    Keyword attributes only, so that an error crosses a process boundary unchanged.
    """

    def __init__(self, **data: Any) -> None:
        super().__init__()
        self.data = data

    def __str__(self) -> str:
        said = "; ".join(f"{name}={printable(str(value))}" for name, value in self.data.items())
        return f"{(self.__doc__ or '').partition('.')[0].strip()}" + (f" ({said})" if said else "")

    def __reduce__(self) -> tuple[Any, ...]:
        return _rebuilt, (type(self), self.data)


def _rebuilt(kind: type[CryptoError], data: dict[str, Any]) -> CryptoError:
    return kind(**data)


class CanonicalError(CryptoError):
    """Not the canonical JSON of the expected value. `reason` says what, `path` where."""

    def __init__(self, *, reason: str, path: str = "$") -> None:
        super().__init__(reason=reason, path=path)
        self.reason, self.path = reason, path


class UnsupportedSuiteError(CryptoError):
    """This program does not speak the cryptographic suite. Use one that the notice names."""

    def __init__(self, *, suite: str) -> None:
        super().__init__(suite=suite)
        self.suite = suite


class MalformedKeyError(CryptoError):
    """This cannot be a key. `what` names the kind and the reason, never the bytes."""

    def __init__(self, *, what: str) -> None:
        super().__init__(what=what)
        self.what = what


class WrongPassphraseError(MalformedKeyError):
    """The key file does not open with this passphrase. Try again, or use another enrolled key."""


class SealingError(CryptoError):
    """This content cannot be sealed."""


class LengthMismatchError(SealingError):
    """The content is not as long as announced; it changed while it was read. Seal again."""

    def __init__(self, *, announced: int, found: int) -> None:
        super().__init__(announced=announced, found=found)
        self.announced, self.found = announced, found


class FormTooLongError(SealingError):
    """The opening form is longer than its fixed size. Shorten the note or the extras."""

    def __init__(self, *, found: int, limit: int) -> None:
        super().__init__(found=found, limit=limit)
        self.found, self.limit = found, limit


class UnsafeFileNameError(SealingError):
    """A file name that is a path, a device, a duplicate or unprintable. Rename the file."""

    def __init__(self, *, name: str, reason: str) -> None:
        super().__init__(name=name[:120], reason=reason)
        self.name, self.reason = name, reason


class OpeningError(CryptoError):
    """A check of the opening failed. `layer` names it, `envelope` where it happened."""

    def __init__(self, *, layer: Layer, envelope: str | None = None, reason: str = "") -> None:
        super().__init__(layer=layer, envelope=envelope, reason=reason)
        self.layer, self.envelope, self.reason = layer, envelope, reason


class FormError(OpeningError):
    """The opened form does not follow its schema. `field` is the JSON path of the first fault."""

    def __init__(self, *, field: str, reason: str) -> None:
        super().__init__(layer=Layer.FORM, envelope="form", reason=reason)
        self.field = field
        self.data = {"field": field, "reason": reason}


class SignatureError(CryptoError):
    """Not signed by this key over these bytes. `label` names the kind of thing signed."""

    def __init__(self, *, label: str, reason: str) -> None:
        super().__init__(label=label, reason=reason)
        self.label, self.reason = label, reason


class CertificateError(CryptoError):
    """The certificate does not count here and now. Enrol the device again or ask the authority."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class SealError(CryptoError):
    """The sealed document does not hold. Ask its issuer for the original file."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class LogError(CryptoError):
    """The log does not prove it. Keep both files: they are the evidence."""

    def __init__(self, *, what: str) -> None:
        super().__init__(what=what)
        self.what = what


class NoteError(LogError):
    """A checkpoint that is not one, or not signed by this log and its witnesses."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(what=reason)
        self.reason = reason
        self.data = {"reason": reason}


class ConsistencyError(LogError):
    """The consistency proof does not hold: a second history, or a mistake. Keep both checkpoints."""

    def __init__(self, *, old: int, new: int) -> None:
        super().__init__(what=f"{new} leaves do not continue the {old} seen before")
        self.data = {"old": old, "new": new}


class WitnessConflictError(LogError):
    """This witness has seen something else. `size`: how many leaves it saw last, 0 before any."""

    def __init__(self, *, size: int, reason: str) -> None:
        super().__init__(what=reason)
        self.data = {"size": size, "reason": reason}
        self.size = size


class SessionKeyError(CryptoError):
    """The session keys of agency and supervisor cannot be used together."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class DeliveryProofError(CryptoError):
    """The proof of delivery was not sealed to this key for this place."""


class TimestampError(CryptoError):
    """The time-stamp token does not count. Ask the authority again, or check which roots you trust."""

    def __init__(self, *, reason: str) -> None:
        super().__init__(reason=reason)
        self.reason = reason


class WorkerDiedError(CryptoError):
    """The worker process ended inside the job; nothing half-done is left. Run the job again."""

    def __init__(self, *, job: str, exit_code: int | None) -> None:
        super().__init__(job=job, exit_code=exit_code)
        self.job, self.exit_code = job, exit_code


class WorkersClosedError(CryptoError):
    """The worker pool has been shut down."""
