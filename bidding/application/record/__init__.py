"""A lot's record: everything public about it in one file that anyone can verify without a server; and the archive
packages, which hold beside it what one duty holder may and must keep."""

from bidding.application.record.export import Records
from bidding.application.record.package import Archives
from bidding.application.record.package_format import ArchiveDuty
from bidding.application.record.package_verify import Rebuilt, rebuild, verify_package
from bidding.application.record.verify import Check, verify_record

__all__ = [
    "ArchiveDuty",
    "Archives",
    "Check",
    "Rebuilt",
    "Records",
    "rebuild",
    "verify_package",
    "verify_record",
]
