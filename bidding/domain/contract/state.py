"""The contract's part of the lot's state, and its fold."""

from datetime import datetime

import msgspec
from msgspec.structs import replace

from bidding.domain.contract import events as e
from bidding.domain.credit.grounds import Graded
from bidding.domain.event import Event
from bidding.domain.registration.events import Change


class Unsigned(msgspec.Struct, frozen=True, kw_only=True):
    """Who had not signed when the term of an award notice ended."""

    award_number: str
    parties: tuple[str, ...]


class Renamed(msgspec.Struct, frozen=True, kw_only=True):
    """``notation``: beside a signed text; "" where the text itself follows."""

    party: str
    change: Change
    notation: str = ""
    sha256: str = ""


class Contract(msgspec.Struct, frozen=True, kw_only=True):
    """``signed_by``: sides (``tenderer``, ``winner``) that signed the text with ``contract_hash``;
    ``overdue_for``: the award notice whose term to sign has passed; ``unsigned``: of every notice so far."""

    number: str = ""
    award_number: str = ""
    winner: str = ""
    price_fen: int = 0
    duration_days: int = 0
    quality: str = ""
    project_lead: str = ""
    performance_bond_fen: int = 0
    text: str = ""
    contract_hash: str = ""
    due: datetime | None = None
    signed_by: tuple[str, ...] = ()
    overdue_for: str = ""
    filed_at: datetime | None = None
    legal_review: bool = False
    graded: Graded | None = None
    unsigned: tuple[Unsigned, ...] = ()
    renamed: tuple[Renamed, ...] = ()


def evolve(contract: Contract, event: Event) -> Contract:
    match event:
        case e.ContractDrafted():
            # A new text needs both signatures anew.
            return Contract(
                number=event.number,
                award_number=event.award_number,
                winner=event.winner,
                price_fen=event.price_fen,
                duration_days=event.duration_days,
                quality=event.quality,
                project_lead=event.project_lead,
                performance_bond_fen=event.performance_bond_fen,
                text=event.text,
                contract_hash=event.contract_hash,
                due=event.due,
                overdue_for=contract.overdue_for,
                legal_review=event.legal_review,
                graded=event.graded,
                unsigned=contract.unsigned,
                renamed=contract.renamed,
            )
        case e.ContractRenamed():
            renamed = Renamed(party=event.party, change=event.change)
            return replace(
                contract,
                text=event.text or contract.text,
                contract_hash=event.contract_hash or contract.contract_hash,
                renamed=(*contract.renamed, renamed),
            )
        case e.ContractNoted():
            noted = Renamed(party=event.party, change=event.change, notation=event.text, sha256=event.sha256)
            return replace(contract, renamed=(*contract.renamed, noted))
        case e.ContractSigned(side=side):
            return replace(contract, signed_by=(*contract.signed_by, side))
        case e.ContractOverdue(award_number=award_number):
            missed = Unsigned(award_number=award_number, parties=event.parties)
            return replace(contract, overdue_for=award_number, unsigned=(*contract.unsigned, missed))
        case e.ContractFiled():
            return replace(
                contract,
                number=event.number,
                award_number=event.award_number,
                winner=event.winner,
                price_fen=event.price_fen,
                contract_hash=event.contract_hash,
                filed_at=event.signed_at,
            )
        case e.ContractRevoked():
            return Contract(unsigned=contract.unsigned, renamed=contract.renamed)
        case _:
            return contract
