"""Every binding act: a certified device of the party said just this about this lot."""

from collections.abc import Iterator

from bidding.application.record.export import acts
from bidding.application.record.read import Read, require, signed, step
from bidding.crypto.authority import Usage, verify_certificate
from bidding.crypto.canonical import unb64
from bidding.crypto.instant import parse_instant
from bidding.crypto.statement import read_statement, verify_statement
from bidding.crypto.suite import key_id
from bidding.domain.command import COMMANDS


def check_acts(read: Read) -> Iterator[str]:
    with step("certificates"):
        _certified(read)
    yield f"certificates: {len(read.keys)} devices certified by the enrolment authority"
    with step("acts"):
        count = _signed(read)
    yield f"acts: {count} binding acts signed by their authors' devices"


def _certified(read: Read) -> None:
    authority = unb64(read.record.authority)
    instants = [parse_instant(one.recorded_at) for one in read.record.events]
    for one in read.record.certificates:
        # Devices are certified for years and revoked by event: any instant of the record will do.
        certified = verify_certificate(unb64(one.certificate), authority, instants[-1])
        require(
            certified.usage is Usage.SIGNING
            and certified.party == one.party
            and key_id(certified.public) == one.credential,
            "certificates",
            f"the certificate of {one.credential[:12]} says something else",
        )
        read.keys[one.credential] = certified.public
        read.owners[one.credential] = one.party


def _signed(read: Read) -> int:
    count = 0
    for event in read.events:
        for act in acts(event):
            said = signed(act.statement, act.signature)
            named = read_statement(said)
            require(named.credential in read.keys, "acts", f"no certificate for {named.credential[:12]}")
            statement = verify_statement(said, read.keys[named.credential])
            require(
                read.owners[statement.credential] == statement.by,
                "acts",
                f"{statement.act}: signed by another party's device",
            )
            require(statement.lot == read.record.lot, "acts", f"{statement.act}: said of another lot")
            require(
                statement.act in COMMANDS and COMMANDS[statement.act].BINDING,
                "acts",
                f"{statement.act}: not a binding act",
            )
            count += 1
    return count
