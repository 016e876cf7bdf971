"""The escrow's decisions, command by command."""

from collections.abc import Callable

from bidding.domain.command import Command
from bidding.domain.escrow import commands as c
from bidding.domain.escrow.remedy import agree, report, report_deposit
from bidding.domain.event import Event

DECIDERS: dict[type[Command], Callable[..., list[Event]]] = {
    c.Report: report,
    c.Agree: agree,
    c.ReportDeposit: report_deposit,
}
#: Command → the function and what it takes beside (lot, command, facts), as keyword arguments.
NEEDS_MORE: dict[type[Command], str] = {
    c.NameNotary: "ceremony.name_notary: name, of a party with the notary's role, else None",
    c.EnrolKey: "ceremony.enrol_key: finding, of the key against its suite",
    c.SealTrial: "ceremony.seal_trial: manifest and sealed, of a test bid",
    c.OpenTrial: "ceremony.open_trial: false, of the shares against their commitments; pairs that opened it",
    c.GiveShares: "remedy.give_shares: finding and lies, of the shares against the bid's manifest",
}
