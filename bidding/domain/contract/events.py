"""Facts of the contract. The text is for its parties and the supervisor; that it exists is for everyone."""

from datetime import datetime

from bidding.domain.credit.grounds import Graded
from bidding.domain.event import EVERYONE, Event, SignedAct
from bidding.domain.parties import Standing
from bidding.domain.registration.events import Change

PARTIES = frozenset({Standing.HOST, Standing.TENDERER, Standing.WINNER, Standing.SUPERVISOR})


class ContractDrafted(Event, topic="lot.contract-drafted.v1", audience=PARTIES):
    """``text`` is the whole contract, ``contract_hash`` the hex SHA-256 of its UTF-8 bytes; ``graded``: the bond as the
    winner's credit has it, None where that changes nothing (R-NB-SS-02)."""

    number: str
    award_number: str
    winner: str
    price_fen: int
    duration_days: int
    quality: str
    project_lead: str
    performance_bond_fen: int
    text: str
    contract_hash: str
    at: datetime
    due: datetime
    signed: SignedAct
    legal_review: bool = False
    graded: Graded | None = None


class ContractSigned(Event, topic="lot.contract-signed.v1", audience=PARTIES):
    party: str
    side: str
    contract_hash: str
    at: datetime
    late_reason: str
    signed: SignedAct


class ContractRenamed(Event, topic="lot.contract-renamed.v1", audience=PARTIES):
    """A party's new name, before anybody has signed (R-NB-HS-01): ``text`` and ``contract_hash`` as they are from now
    on, "" while nothing is drafted."""

    party: str
    change: Change
    text: str
    contract_hash: str
    at: datetime


class ContractNoted(Event, topic="lot.contract-noted.v1", audience=PARTIES):
    """A party's new name beside a signed text, which stays as it is (民法典 532). ``sha256``: hex, of ``text``;
    ``contract_hash``: of the contract that it belongs to."""

    number: str
    contract_hash: str
    party: str
    change: Change
    text: str
    sha256: str
    at: datetime


class ContractOverdue(Event, topic="lot.contract-overdue.v1", audience=PARTIES):
    """The thirty days are over and the contract is not signed by both (R-ENG-24, R-GP-16).

    ``unsigned``: the sides that have not signed; ``parties``: who they are, in the same order.
    """

    award_number: str
    due: datetime
    unsigned: tuple[str, ...]
    parties: tuple[str, ...] = ()


class ContractRevoked(Event, topic="lot.contract-revoked.v1", audience=EVERYONE):
    """A remedy took away the result that the contract stood on, before it was performed (94号令 31, 32 [M])."""

    number: str
    award_number: str
    rule: str
    at: datetime


class ContractFiled(Event, topic="lot.contract-filed.v1", audience=EVERYONE):
    """Both have signed the same text. ``number`` refers to the award notice (R-CONT-01)."""

    number: str
    award_number: str
    winner: str
    price_fen: int
    signed_at: datetime
    contract_hash: str
    late: bool
