"""The fewer-than-three gates, from prequalification to review (R-OPEN-09, R-EVAL-11, R-GP-10, R-GP-19)."""

from enum import StrEnum

import msgspec

from bidding.domain.ruleset import EngRules, GpRules, RuleSet


class CountDecision(StrEnum):
    OPEN = "OPEN"
    NO_OPENING_RETENDER = "NO_OPENING_RETENDER"
    NO_OPENING_VOID = "NO_OPENING_VOID"
    CONTINUE = "CONTINUE"
    WAIT_FOR_ADJUDICATION = "WAIT_FOR_ADJUDICATION"
    HELD_FOR_SUPERVISOR = "HELD_FOR_SUPERVISOR"
    NOTHING_TO_EVALUATE_RETENDER = "NOTHING_TO_EVALUATE_RETENDER"
    VOID = "VOID"
    RETENDER = "RETENDER"
    REJECT_ALL_RETENDER = "REJECT_ALL_RETENDER"
    COMMITTEE_MUST_STATE_COMPETITION = "COMMITTEE_MUST_STATE_COMPETITION"


class DecryptionCount(msgspec.Struct, frozen=True, kw_only=True):
    counted_for_three: int
    opened: int
    decision: CountDecision


def at_deadline(rules: RuleSet, received: int) -> CountDecision:
    """At T0, on bids received complete and not withdrawn. This gate runs once.

    招投法 28, 招投条例 44: no opening, re-tender; 87号令 43: void.
    """
    if isinstance(rules, EngRules):
        return CountDecision.NO_OPENING_RETENDER if received < rules.counts.min_bids.n else CountDecision.OPEN
    return CountDecision.NO_OPENING_VOID if received < rules.counts.min_suppliers.n else CountDecision.OPEN


def after_decryption(
    rules: RuleSet,
    *,
    received: int,
    undecrypted_bidder: int = 0,
    undecrypted_other: int = 0,
    undecrypted_pending: int = 0,
) -> DecryptionCount:
    """Once the release window has closed; undecrypted bids are split by whose fault it was.

    ENG: the bidder's own failure still counts as one of three (R-DEC-08, 20号令 31), anybody else's not.
    GP: fewer than three opened can never become three qualified suppliers (采购法 36(一)), unless bids
    that failed by another's fault could still be restored.
    """
    opened = received - undecrypted_bidder - undecrypted_other - undecrypted_pending
    if min(opened, undecrypted_bidder, undecrypted_other, undecrypted_pending) < 0:
        raise ValueError(f"more bids undecrypted than the {received} received")
    counted = received - undecrypted_other
    if undecrypted_pending:
        decision = CountDecision.WAIT_FOR_ADJUDICATION
    elif isinstance(rules, EngRules):
        decision = _eng_after_decryption(rules, counted, opened)
    else:
        decision = _gp_after_decryption(rules, opened, undecrypted_other)
    return DecryptionCount(counted_for_three=counted, opened=opened, decision=decision)


def _eng_after_decryption(rules: EngRules, counted: int, opened: int) -> CountDecision:
    if counted < rules.counts.min_bids.n:
        return CountDecision.HELD_FOR_SUPERVISOR
    return CountDecision.CONTINUE if opened else CountDecision.NOTHING_TO_EVALUATE_RETENDER


def _gp_after_decryption(rules: GpRules, opened: int, restorable: int) -> CountDecision:
    needed = rules.counts.min_suppliers.n
    if opened >= needed:
        return CountDecision.CONTINUE
    return CountDecision.HELD_FOR_SUPERVISOR if opened + restorable >= needed else CountDecision.VOID


def after_review(rules: RuleSet, valid: int) -> CountDecision:
    """On bids still valid after review. R-EVAL-11 (招投法 42, 12号令 27); R-GP-19 (采购法 36(一))."""
    if isinstance(rules, GpRules):
        return CountDecision.VOID if valid < rules.counts.min_suppliers.n else CountDecision.CONTINUE
    if valid == 0:
        return CountDecision.REJECT_ALL_RETENDER
    if valid < rules.counts.min_valid_without_statement.n:
        return CountDecision.COMMITTEE_MUST_STATE_COMPETITION
    return CountDecision.CONTINUE


def after_qualification(rules: RuleSet, qualified: int) -> CountDecision:
    """ENG: prequalification fails, re-tender (R-ENG-05, 招投条例 19). GP: no evaluation (R-GP-10)."""
    if isinstance(rules, EngRules):
        short = qualified < rules.counts.min_prequalified.n
        return CountDecision.RETENDER if short else CountDecision.CONTINUE
    return CountDecision.VOID if qualified < rules.counts.min_suppliers.n else CountDecision.CONTINUE
