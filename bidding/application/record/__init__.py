"""A lot's record: everything public about it in one file that anyone can verify without a server; the bundle, which
adds what else was disclosed to whoever exports it; and the archive packages, which hold beside it what one duty holder
may and must keep."""

from bidding.application.record.bundle import Bundles
from bidding.application.record.bundle_verify import History, rebuild_bundle, verify_bundle
from bidding.application.record.disposal import Disposal
from bidding.application.record.export import Records
from bidding.application.record.package import Archives
from bidding.application.record.package_format import ArchiveDuty
from bidding.application.record.package_verify import Rebuilt, rebuild, verify_package
from bidding.application.record.steps import STEPS, Check
from bidding.application.record.verify import verify_record

__all__ = [
    "STEPS",
    "ArchiveDuty",
    "Archives",
    "Bundles",
    "Check",
    "Disposal",
    "History",
    "Rebuilt",
    "Records",
    "rebuild",
    "rebuild_bundle",
    "verify_bundle",
    "verify_package",
    "verify_record",
]
