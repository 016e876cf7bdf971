"""The bid deposit 投标保证金: only where it is asked for, never where it is waived (R-WAIVE-06, R-ENG-09).

Money is recorded here. A guarantee never is: it lies sealed in the bid, and nobody, the centre included, knows of
it before the opening (R-GUAR-01).
"""

from bidding.domain.bid import commands as c
from bidding.domain.bid import events as e
from bidding.domain.bid.state import Bid
from bidding.domain.command import Facts
from bidding.domain.credit.graded import Known, graded_deposit, grades
from bidding.domain.errors import Invalid, OutOfOrder
from bidding.domain.event import Event
from bidding.domain.given import regime_of, terms_of
from bidding.domain.lot import Lot, Phase
from bidding.domain.notice.terms import DepositForm
from bidding.domain.opening.windows import submission_over
from bidding.domain.order import require_phase
from bidding.domain.periods import on_time
from bidding.domain.regime import Regime
from bidding.domain.ruleset import Charged
from bidding.domain.waiver import Charge

CASH = "CASH"
#: On the roll: no money came, and a guarantee may lie in the bid.
SEALED = "SEALED"


def waived(lot: Lot) -> bool:
    return lot.notice.waiver is not None and lot.notice.waiver.bid_deposit is Charge.WAIVED


def deposit_state(lot: Lot, bid: Bid) -> str:
    """As it stands on the roll: what had come in by the deadline (R-OPEN-23)."""
    if waived(lot):
        return "WAIVED"
    asked = asked_fen(lot, bid)
    if not asked:
        return "NOT_ASKED"
    deadline = lot.notice.deadline
    paid = sum(one.amount_fen for one in bid.deposits if deadline is None or on_time(one.at, deadline))
    if paid >= asked:
        return "PAID"
    if paid:
        return "PARTIAL"
    return SEALED if admits_guarantees(lot) else "NOT_PAID"


def asked_fen(lot: Lot, bid: Bid) -> int:
    """In 分: what the document asks of everybody, or of this bidder by its credit (R-NB-SS-02)."""
    return terms_of(lot).bid_deposit_fen if bid.graded is None else bid.graded.asked_fen


def grade_deposit(lot: Lot, facts: Facts, *, bid: Bid, known: Known) -> list[Event]:
    """R-NB-SS-02: told to the bidder with its bid or its money, again if a repair or a member changes it, and until the
    deadline: then every amount stands as the roll will have it."""
    if not grades(lot, Charged.BID_DEPOSIT) or submission_over(lot, facts.now):
        return []
    graded = graded_deposit(lot, known, facts.now)
    if graded == bid.graded or (bid.graded is None and not graded.grounds):
        return []
    return [e.DepositGraded(lot=lot.lot_id, bidder=bid.bidder, graded=graded, at=facts.now)]


def admits_guarantees(lot: Lot) -> bool:
    """Always, where a deposit is asked: it may not be restricted to cash (R-GUAR-02; 款项条例 13; 营商条例 25)."""
    terms = terms_of(lot)
    return bool(terms.bid_deposit_fen) and (
        not terms.deposit_forms or DepositForm.GUARANTEE in terms.deposit_forms
    )


def record_deposit(lot: Lot, command: c.RecordDeposit, facts: Facts, *, bid: Bid) -> list[Event]:
    """Money came in. What comes late is recorded too: it has to go back (R-DEC-13)."""
    require_phase(lot, Phase.NOTICED, Phase.CLOSED, Phase.OPENING, rule="R-ENG-09")
    if waived(lot):
        raise Invalid("deposit-waived", rule="R-WAIVE-06")
    terms = terms_of(lot)
    if not terms.bid_deposit_fen:
        raise Invalid("deposit-not-asked", rule="R-WAIVE-06")
    if command.form == DepositForm.GUARANTEE:
        raise Invalid("guarantee-travels-sealed", rule="R-GUAR-01")
    if command.form == CASH and regime_of(lot) is Regime.GP:
        raise Invalid("deposit-in-cash", rule="R-GP-06")
    allowed = [form.value for form in terms.deposit_forms]
    if allowed and command.form not in allowed:
        raise Invalid("deposit-form-not-admitted", rule="R-GUAR-02", form=command.form, forms=allowed)
    missing = asked_fen(lot, bid) - bid.deposited_fen
    if command.amount_fen > missing:
        raise Invalid("deposit-exceeds-asked", rule="R-ENG-09", missing_fen=missing)
    return [
        e.DepositReceived(
            lot=lot.lot_id,
            bidder=command.bidder,
            amount_fen=command.amount_fen,
            form=command.form,
            reference=command.reference,
            at=facts.now,
        )
    ]


def return_deposit(lot: Lot, command: c.ReturnDeposit, facts: Facts, *, bid: Bid) -> list[Event]:
    """R-ENG-11/25, R-GP-07, R-BID-09. Never more than what is held; interest comes on top of it."""
    if not bid.deposited_fen:
        raise OutOfOrder("no-deposit-held", rule="R-ENG-25")
    if command.amount_fen > bid.deposited_fen:
        raise Invalid("return-exceeds-held", rule="R-ENG-25", held_fen=bid.deposited_fen)
    return [
        e.DepositReturned(
            lot=lot.lot_id,
            bidder=command.bidder,
            amount_fen=command.amount_fen,
            interest_fen=command.interest_fen,
            reason=command.reason,
            at=facts.now,
        )
    ]
