"""Money that goes back: the deposits held, from the bidders' own streams (R-LEDG-01)."""

from collections.abc import Mapping

from bidding.application.admission import Parties
from bidding.application.bids import all_bids
from bidding.application.guarantees import offered
from bidding.application.platform import Call, Handler, Plan, Platform
from bidding.crypto.guarantee import SignedGuarantee
from bidding.domain.bid.fate import fate
from bidding.domain.bid.state import Bid
from bidding.domain.bidfate import BidOutcome, deposit_fate
from bidding.domain.command import Command, Facts
from bidding.domain.given import regime_of
from bidding.domain.lot import Lot
from bidding.domain.money.commands import LodgeGuarantee, ScheduleReturns
from bidding.domain.money.decide import schedule_returns
from bidding.domain.money.guarantees import lodge
from bidding.domain.money.ledger import HeldDeposit


class MoneyDesk:
    def __init__(self, platform: Platform, parties: Parties) -> None:
        self._platform, self._parties = platform, parties

    @property
    def handlers(self) -> Mapping[type[Command], Handler]:
        return {ScheduleReturns: self._schedule, LodgeGuarantee: self._lodge}

    async def _schedule(self, lot: Lot, command: ScheduleReturns, call: Call, facts: Facts) -> Plan:
        bids = await all_bids(self._platform, lot.lot_id)
        held = [_held(lot, bid) for bid in bids if bid.deposited_fen]
        return Plan(events=schedule_returns(lot, command, facts, held=held))

    async def _lodge(self, lot: Lot, command: LodgeGuarantee, call: Call, facts: Facts) -> Plan:
        party = await self._parties.party(call.actor.party)
        said = SignedGuarantee(
            letter=command.letter,
            signature=command.signature,
            certificate=command.certificate,
            reference=command.reference,
        )
        return Plan(events=lodge(lot, command, facts, offered=offered(said), principal_uscc=party.uscc))


def _held(lot: Lot, bid: Bid) -> HeldDeposit:
    """A deposit that came without a bid goes back as from an incomplete one (R-DEC-13)."""
    judged = fate(lot, bid)
    incomplete = BidOutcome.DEEMED_WITHDRAWN_INCOMPLETE
    return HeldDeposit(
        bidder=bid.bidder,
        amount_fen=bid.deposited_fen,
        fate=judged.deposit if judged else deposit_fate(incomplete, regime_of(lot), deposit_held=True),
        since=bid.withdrawn_at,
    )
