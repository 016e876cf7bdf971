"""Errors of the storage package, under the PEP 249 tree of ``eventsourcing.persistence``.

PersistenceError
├── ProgrammingError
│   └── MigrationError          the migrations on disk and in the database differ
├── DatabaseError
│   ├── IntegrityError
│   │   ├── VersionConflict     a stream is not at the version that the commit expected
│   │   ├── StaleTracking       a projection has already processed this position
│   │   ├── IdempotencyMismatch one idempotency key, two different requests
│   │   └── AlreadyClaimed      a value that names one party names another already
│   ├── NotSupportedError
│   │   └── UnsupportedServer   not a PostgreSQL that this version was tested with
│   └── OperationalError
│       ├── StorageUnavailable  no answer from the store now; nothing is known to be half-done
│       └── StorageFull         the store has no room left

Texts carry neither DSN nor values: they may end up in a log or in an answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import asyncpg
from eventsourcing.persistence import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    OperationalError,
    PersistenceError,
    ProgrammingError,
)

__all__ = [
    "AlreadyClaimed",
    "DataError",
    "DatabaseError",
    "IdempotencyMismatch",
    "IntegrityError",
    "InterfaceError",
    "MigrationError",
    "NotSupportedError",
    "OperationalError",
    "PersistenceError",
    "ProgrammingError",
    "StaleTracking",
    "StorageFull",
    "StorageUnavailable",
    "UnsupportedServer",
    "VersionConflict",
    "translated_errors",
    "translation",
]


class VersionConflict(IntegrityError):
    """``stream`` is at version ``found``, not at ``expected`` (0: it does not exist)."""

    def __init__(self, stream: str, expected: int, found: int) -> None:
        self.stream, self.expected, self.found = stream, expected, found
        super().__init__(f"{stream} is at version {found}, expected {expected}")


class StaleTracking(IntegrityError):
    """Projection ``name`` already stands at ``position`` or beyond: what was asked is done."""

    def __init__(self, name: str, position: int) -> None:
        self.name, self.position = name, position
        super().__init__(f"{name} has already processed position {position}")


class IdempotencyMismatch(IntegrityError):
    """The key was used before, for a request with another hash."""

    def __init__(self, scope: str, key: str) -> None:
        self.scope, self.key = scope, key
        super().__init__("this idempotency key belongs to a different request")


class AlreadyClaimed(IntegrityError):
    """``value`` (of ``kind``, say a USCC) already names the party ``holder``."""

    def __init__(self, kind: str, value: str, holder: str) -> None:
        self.kind, self.value, self.holder = kind, value, holder
        super().__init__(f"this {kind} already belongs to another party")


class StorageUnavailable(OperationalError):
    """The store did not answer. Ask again after ``retry_after`` seconds, under the same idempotency key."""

    def __init__(self, reason: str = "the database does not answer", *, retry_after: int = 2) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(f"{reason}; retry after {retry_after} s")


class QueueFull(OperationalError):
    """More wait for their turn than this process keeps. The pause tells nothing of how many they are."""

    def __init__(self, *, retry_after: int = 3) -> None:
        self.retry_after = retry_after
        super().__init__(f"too many wait; retry after {retry_after} s")


class StorageFull(OperationalError):
    """The store has no room left; an operator has to make some."""

    def __init__(self, reason: str = "the database has no disk space left", *, retry_after: int = 60) -> None:
        self.reason, self.retry_after = reason, retry_after
        super().__init__(f"{reason}; retry after {retry_after} s")


class UnsupportedServer(NotSupportedError):
    """The server's version (``found``, for instance "14.9") is outside what is supported."""

    def __init__(self, found: str, oldest: int, newest: int) -> None:
        self.found, self.oldest, self.newest = found, oldest, newest
        super().__init__(f"PostgreSQL {found} is not supported: use version {oldest} to {newest}")


class MigrationError(ProgrammingError):
    """Migration ``number`` cannot be applied, or is not what was applied."""

    def __init__(self, number: int, reason: str) -> None:
        self.number, self.reason = number, reason
        super().__init__(f"migration {number:04d}: {reason}")


# Neither a shutdown nor a full disk is a PostgresConnectionError; each of these classes has to be named.
_UNAVAILABLE = (
    asyncpg.PostgresConnectionError,
    asyncpg.exceptions.OperatorInterventionError,  # AdminShutdown, CannotConnectNow, QueryCanceled
    asyncpg.exceptions.InsufficientResourcesError,  # too many connections, out of memory
    asyncpg.exceptions.TransactionRollbackError,  # deadlock detected: nothing was written
    asyncpg.exceptions.InvalidTransactionStateError,  # idle_in_transaction_session_timeout
    asyncpg.exceptions.ObjectInUseError,
    asyncpg.exceptions.LockNotAvailableError,
    asyncpg.exceptions.InternalClientError,  # the protocol was left in the middle of an answer
    OSError,  # refused, reset, no such socket, and TimeoutError
)


def translation(error: BaseException) -> BaseException:
    """The storage error that stands for ``error``; anything foreign is returned as it is."""
    translated: PersistenceError
    match error:
        case asyncpg.exceptions.DiskFullError():
            translated = StorageFull()
        case asyncpg.InvalidAuthorizationSpecificationError() | asyncpg.InvalidCatalogNameError():
            translated = OperationalError("the database refuses this user or has no such database")
        case _ if isinstance(error, _UNAVAILABLE):
            translated = StorageUnavailable()
        case asyncpg.InterfaceError():
            # Raised for a connection closed under our hands as well as for wrong arguments.
            text = str(error)
            lost = "clos" in text or "released" in text or "terminat" in text
            translated = StorageUnavailable("the connection was lost") if lost else InterfaceError(text)
        case asyncpg.IntegrityConstraintViolationError():
            translated = IntegrityError(f"constraint {error.constraint_name} refused the row")
        case asyncpg.DataError():
            translated = DataError("the database refuses a value")
        case asyncpg.exceptions.SyntaxOrAccessError():
            translated = ProgrammingError(error.args[0] if error.args else "refused statement")
        case asyncpg.PostgresError():
            translated = DatabaseError(f"SQLSTATE {error.sqlstate}")
        case _:
            return error
    return translated


@contextmanager
def translated_errors() -> Iterator[None]:
    """Raise errors of asyncpg and of the operating system as this package's own.

    The original stays reachable for a debugger as ``__cause__``; asyncpg's errors may hold values of rows
    in ``detail``, so a logger must render the storage error only.
    """
    try:
        yield
    except (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError) as error:
        raise translation(error) from error
