"""How each bid on the roll ended, and what the count makes of it (R-BID-10, R-OPEN-09)."""

from collections.abc import Iterable, Sequence
from datetime import datetime

import msgspec

from bidding.domain.bidcount import CountDecision, DecryptionCount, after_decryption
from bidding.domain.bidfate import CONSEQUENCES, BidOutcome, DepositFate, deposit_fate
from bidding.domain.event import Event
from bidding.domain.given import regime_of
from bidding.domain.lot import Lot
from bidding.domain.opening.entries import AnnouncedForm, RollEntry
from bidding.domain.opening.events import CountChecked, LotFailed
from bidding.domain.ruleset import RuleSet

DECRYPTION = "DECRYPTION"
#: Whose deposit there is to keep; everybody else's revocation has credit consequences only (R-WAIVE-09).
HELD_DEPOSITS = frozenset({"PAID", "PARTIAL"})
BIDDERS_DOING = frozenset({BidOutcome.REVOKED, BidOutcome.DEEMED_REVOKED})
OPENED = frozenset({BidOutcome.OPENED, BidOutcome.OPENED_BY_REMEDY})
FAILING = frozenset({CountDecision.VOID, CountDecision.NOTHING_TO_EVALUATE_RETENDER, CountDecision.RETENDER})


class RollOutcome(msgspec.Struct, frozen=True, kw_only=True):
    """Not final while HELD_FOR_ADJUDICATION; ``term``: the statute's word; ``layer``: what failed to open."""

    entry: RollEntry
    outcome: BidOutcome
    term: str
    deposit: DepositFate
    form: AnnouncedForm | None = None
    layer: str = ""

    @property
    def final(self) -> bool:
        return self.outcome is not BidOutcome.HELD_FOR_ADJUDICATION

    @property
    def opened(self) -> bool:
        """With its own key or by a remedy that the tender document provides (20号令 31)."""
        return self.outcome in OPENED

    @property
    def may_claim_loss(self) -> bool:
        return self.outcome is BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT

    @property
    def counts(self) -> bool:
        return bool(CONSEQUENCES[self.outcome][1])


def outcomes(lot: Lot) -> tuple[RollOutcome, ...]:
    """In the order of the roll. What a bidder was found to have kept shut from the evaluation is opened no more."""
    revoked = {one.bidder for one in lot.opening.revoked}
    faults = {one.bidder: BidOutcome(one.outcome) for one in lot.opening.faults}
    imported = {one.bidder: one for one in lot.opening.imported}
    found = []
    for entry in lot.opening.roll:
        result = imported.get(entry.bidder)
        if entry.bidder in revoked:
            outcome = BidOutcome.REVOKED
        elif result is not None and result.opened and entry.bidder not in faults:
            spared = entry.bidder in lot.opening.spared
            outcome = BidOutcome.OPENED_BY_REMEDY if spared else BidOutcome.OPENED
        else:
            outcome = faults.get(entry.bidder, BidOutcome.HELD_FOR_ADJUDICATION)
        found.append(
            RollOutcome(
                entry=entry,
                outcome=outcome,
                term=CONSEQUENCES[outcome][0],
                deposit=consequence(lot, entry, outcome),
                form=result.form if result is not None and outcome in OPENED else None,
                layer=result.layer if result is not None else "",
            )
        )
    return tuple(found)


def outcome_of(lot: Lot, bidder: str) -> RollOutcome | None:
    return next((one for one in outcomes(lot) if one.entry.bidder == bidder), None)


def consequence(lot: Lot, entry: RollEntry, outcome: BidOutcome) -> DepositFate:
    return deposit_fate(outcome, regime_of(lot), entry.deposit_state in HELD_DEPOSITS)


def releasing(lot: Lot) -> tuple[str, ...]:
    """The bidders whose bids are to be opened: keys released, or given by trustees, or a spare taken; not revoked, not
    decided."""
    released = _openable(lot)
    return tuple(one.entry.bidder for one in outcomes(lot) if not one.final and one.entry.bidder in released)


def unreleased(lot: Lot) -> tuple[str, ...]:
    """The bidders on the roll whose keys have not arrived and whose bids no decision has settled."""
    released = _openable(lot)
    return tuple(
        one.entry.bidder
        for one in outcomes(lot)
        if keys_wanted(lot, one) and one.entry.bidder not in released
    )


def keys_wanted(lot: Lot, one: RollOutcome) -> bool:
    """At the opening of every bid that is not decided on; run again for the evaluation, of those that were opened."""
    return one.opened if lot.opening.rerun else not one.final


def _openable(lot: Lot) -> frozenset[str]:
    return keyless(lot) | {one.bidder for one in lot.opening.released}


def keyless(lot: Lot) -> frozenset[str]:
    """The bidders whose bids need no session key: two trustees gave theirs, or a spare was taken."""
    return lot.escrow.recovered | lot.opening.spared


def tally(found: Sequence[RollOutcome], rules: RuleSet, promising: Iterable[str] = ()) -> DecryptionCount:
    """The count after decryption; the still held bids of ``promising`` bidders are taken as opened."""
    hoped = set(promising)
    kinds = [one.outcome for one in found if one.final or one.entry.bidder not in hoped]
    return after_decryption(
        rules,
        received=len(kinds) + sum(not one.final and one.entry.bidder in hoped for one in found),
        undecrypted_bidder=sum(kind in BIDDERS_DOING for kind in kinds),
        undecrypted_other=kinds.count(BidOutcome.DEEMED_WITHDRAWN_OTHER_FAULT),
        undecrypted_pending=kinds.count(BidOutcome.HELD_FOR_ADJUDICATION),
    )


def settle(lot: Lot, rules: RuleSet, now: datetime) -> list[Event]:
    """The gate after decryption, as soon as it can be known: a lot that cannot go on fails before any price
    is disclosed, and one that no rule settles is held for the supervisor (R-OPEN-09)."""
    count = expected(lot, rules)
    if count.decision in FAILING:
        return [checked(lot, count, now), failed(count.decision, now)]
    known = lot.opening.counts and lot.opening.counts[-1].decision == count.decision.value
    if count.decision is CountDecision.HELD_FOR_SUPERVISOR and not known:
        return [checked(lot, count, now)]
    return []


def expected(lot: Lot, rules: RuleSet) -> DecryptionCount:
    """The count; before the import every released bid is taken as one that will open."""
    return tally(outcomes(lot), rules, releasing(lot) if lot.opening.imported_at is None else ())


def checked(lot: Lot, count: DecryptionCount, now: datetime) -> CountChecked:
    return CountChecked(
        stage=DECRYPTION,
        decision=count.decision.value,
        received=lot.opening.received,
        counted=count.counted_for_three,
        opened=count.opened,
        at=now,
    )


def failed(decision: CountDecision, now: datetime) -> LotFailed:
    return LotFailed(reason="too-few-bids", decision=decision.value, rule="R-OPEN-09", at=now)
