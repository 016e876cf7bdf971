"""Object stores: immutable byte objects under a key, whole or assembled from parts."""

from storage.objects.errors import (
    BadKey,
    ObjectError,
    ObjectMissing,
    ObjectStoreFull,
    ObjectStoreUnavailable,
)
from storage.objects.protocol import ObjectStore, PartBytes

__all__ = [
    "BadKey",
    "ObjectError",
    "ObjectMissing",
    "ObjectStore",
    "ObjectStoreFull",
    "ObjectStoreUnavailable",
    "PartBytes",
]
