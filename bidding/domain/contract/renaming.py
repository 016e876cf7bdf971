"""A party's new name in its contract: a draft follows, what is signed is noted beside and never changed (R-NB-HS-01).

民法典 532: a contract in force is performed as it is, whatever name its party bears now. So a signed text keeps its
bytes, its hash and its signatures, and gets a notation; a text that nobody has signed is written anew.
"""

from collections.abc import Sequence

from bidding.domain.command import Facts
from bidding.domain.contract import events as e
from bidding.domain.contract.text import contract_hash, label, notation, party_named
from bidding.domain.event import Event
from bidding.domain.lot import Lot, Phase
from bidding.domain.registration.events import Carried, ChangeKind

#: From the award notice on there is a contract to be signed, or one that is signed.
UNDER_CONTRACT = (Phase.AWARDED, Phase.CONTRACTED)


def renamed(lot: Lot, party: str, changes: Sequence[Carried], facts: Facts) -> list[Event]:
    """Of ``changes`` those of the name, each from the one that the contract knows the party by. Before a draft they are
    kept for it."""
    known = party_named(lot, party)
    if known is None or lot.phase not in UNDER_CONTRACT or not lot.award.number:
        return []
    contract = lot.contract
    drafted = contract.award_number == lot.award.number
    text = contract.text if drafted else ""
    told = [one.change for one in contract.renamed if one.party == party]
    events: list[Event] = []
    for change in (one.change for one in changes):
        if change.kind is not ChangeKind.NAME or change.before != known or change in told:
            continue
        known = change.after
        if drafted and contract.signed_by:
            said = notation(lot, party, change)
            events.append(
                e.ContractNoted(
                    number=contract.number,
                    contract_hash=contract.contract_hash,
                    party=party,
                    change=change,
                    text=said,
                    sha256=contract_hash(said),
                    at=facts.now,
                )
            )
            continue
        line = label(lot, party)
        if line:
            text = text.replace(f"{line}{change.before}\n", f"{line}{change.after}\n", 1)
        events.append(
            e.ContractRenamed(
                party=party,
                change=change,
                text=text,
                contract_hash=contract_hash(text) if text else "",
                at=facts.now,
            )
        )
    return events
