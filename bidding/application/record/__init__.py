"""A lot's record: everything public about it in one file that anyone can verify without a server."""

from bidding.application.record.export import Records
from bidding.application.record.verify import Check, verify_record

__all__ = ["Check", "Records", "verify_record"]
