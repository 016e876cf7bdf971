"""What the reading routes stand on, beside ``Services``."""

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from fastapi import Depends, Request

from bidding.application.admission import AdmissionDesk
from bidding.application.bids import BidDesk
from bidding.application.booking import BookingDesk
from bidding.application.broadcasts import BroadcastDesk
from bidding.application.commitments import CommitmentDesk
from bidding.application.credit import CreditDesk
from bidding.application.demonstration import Demonstration
from bidding.application.erasure import Erasures
from bidding.application.escrow import EscrowDesk
from bidding.application.evaluation import EvaluationDesk
from bidding.application.exchange.ports import Outbox
from bidding.application.experts import ExpertPool
from bidding.application.figures import StatisticsDesk
from bidding.application.keyring import Keyring
from bidding.application.lists import Lists
from bidding.application.log.reader import LogReader
from bidding.application.log.receipts import LogReceipts
from bidding.application.loterasure import LotErasures
from bidding.application.notice import NoticeDesk
from bidding.application.opening import OpeningDesk
from bidding.application.papers import Papers
from bidding.application.platform import Platform
from bidding.application.prequalification import PrequalificationDesk
from bidding.application.record import Archives, Bundles, Records
from bidding.application.trialopening import TrialOpening


@dataclass(frozen=True)
class Desks:
    platform: Platform
    admission: AdmissionDesk
    booking: BookingDesk
    notice: NoticeDesk
    prequalification: PrequalificationDesk
    bids: BidDesk
    opening: OpeningDesk
    broadcasts: BroadcastDesk
    trial: TrialOpening
    escrow: EscrowDesk
    evaluation: EvaluationDesk
    experts: ExpertPool
    credit: CreditDesk
    lists: Lists
    commitments: CommitmentDesk
    erasures: Erasures
    lot_erasures: LotErasures
    records: Records
    bundles: Bundles
    papers: Papers
    keyring: Keyring
    statistics: StatisticsDesk
    outbox: Outbox
    archives: Archives
    log: LogReader
    log_receipts: LogReceipts
    demonstration: Demonstration
    scratch: Path


def desks(request: Request) -> Desks:
    found = request.app.state.desks
    assert isinstance(found, Desks), "the application was made without desks: for its schema only"
    return found


AtDesks = Annotated[Desks, Depends(desks)]
