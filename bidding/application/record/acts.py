"""Every binding act: a certified device of the party said just this about this lot."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from bidding.application.record.export import acts
from bidding.application.record.format import Certificate
from bidding.application.record.read import Read, require, signed, step
from bidding.crypto.authority import Usage, verify_certificate
from bidding.crypto.canonical import unb64
from bidding.crypto.chain import issued, read_certificate, read_holder, verify_chain
from bidding.crypto.instant import parse_instant
from bidding.crypto.statement import read_statement, verify_statement
from bidding.crypto.suite import key_id
from bidding.domain.command import COMMANDS
from bidding.domain.opening.events import RollPublished
from bidding.domain.registration.erasure import NOTHING_SAID


def check_acts(
    read: Read,
    instants: Sequence[str],
    ca_roots: Sequence[bytes] = (),
    erased: frozenset[int] = frozenset(),
) -> Iterator[str]:
    """``instants``: when each event was recorded. ``ca_roots``: of licensed authorities that the reader trusts (DER);
    with none, the record's word is taken for which they are. ``erased``: the places of events whose statements went
    with personal data that they said; that they were erased on an order, the log says."""
    licensed: dict[str, Certificate] = {}
    with step("certificates"):
        _certified(read, licensed)
    yield f"certificates: {len(read.keys) - len(licensed)} devices certified by the enrolment authority"
    with step("acts"):
        count, used = _signed(read, [parse_instant(one) for one in instants], licensed, ca_roots, erased)
    if licensed:
        trust = (
            "a root that you gave" if ca_roots else "roots that the record names (--ca-root to give yours)"
        )
        yield (
            f"certificates: {len(licensed)} of licensed authorities, for the party's credit code, under {trust}; "
            f"each valid at the instant of its {used} acts"
        )
    yield f"acts: {count} binding acts signed by their authors' devices"


def _certified(read: Read, licensed: dict[str, Certificate]) -> None:
    authority = unb64(read.record.authority)
    instants = [parse_instant(one.recorded_at) for one in read.record.events]
    for one in read.record.certificates:
        where = f"the certificate of {one.credential[:12]}"
        if one.chain:
            public = _licensed_key(read, one, where)
            licensed[one.credential] = one
        else:
            # Devices are certified for years and revoked by event: any instant of the record will do.
            certified = verify_certificate(unb64(one.certificate), authority, instants[-1])
            require(
                certified.usage is Usage.SIGNING and certified.party == one.party,
                "certificates",
                f"{where} says something else",
            )
            public = certified.public
        require(key_id(public) == one.credential, "certificates", f"{where} says something else")
        read.keys[one.credential] = public
        read.owners[one.credential] = one.party


def _licensed_key(read: Read, one: Certificate, where: str) -> bytes:
    """R-SIGN-01: under its authorities, for signing, and for the unit whose credit code the roll has for this party."""
    holder = read_holder(unb64(one.certificate))
    authorities = [unb64(link) for link in one.chain]
    since = max(holder.not_before, *(read_certificate(link).not_valid_before_utc for link in authorities))
    found = verify_chain(unb64(one.certificate), authorities[:-1], authorities[-1:], since)
    root = read_certificate(authorities[-1])
    require(
        found == tuple(authorities) and issued(root, root), "certificates", f"{where}: its chain is not whole"
    )
    require(
        holder.signs and holder.usccs == {one.uscc}, "certificates", f"{where} is for another unit or use"
    )
    roll = read.last(RollPublished)
    entered = {entry.uscc for entry in roll.roll if entry.bidder == one.party} if roll else set()
    require(entered <= {one.uscc}, "certificates", f"{where}: the roll has another credit code")
    return holder.public


def _signed(
    read: Read,
    instants: list[datetime],
    licensed: dict[str, Certificate],
    ca_roots: Sequence[bytes],
    erased: frozenset[int],
) -> tuple[int, int]:
    """How many acts there are, and how many of them by a licensed authority's certificate."""
    count = used = 0
    for number, (event, instant) in enumerate(zip(read.events, instants, strict=True)):
        for act in acts(event):
            if number in erased and act == NOTHING_SAID:
                continue
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
            if statement.credential in licensed:
                _in_force(licensed[statement.credential], instant, ca_roots)
                used += 1
            count += 1
    return count, used


def _in_force(one: Certificate, at: datetime, ca_roots: Sequence[bytes]) -> None:
    """签名法 13: the authority's chain held at the instant of the act."""
    chain = [unb64(link) for link in one.chain]
    verify_chain(unb64(one.certificate), chain[:-1], ca_roots or chain[-1:], at)
